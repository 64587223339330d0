-- KEYS: due, leases, fence | ARGV: now in ms, end of the lease in ms, most
-- For each job taken, earliest first: job, fence, starts with this one.
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
if #due == 0 then
  return due
end
local held = redis.call('HMGET', KEYS[2], unpack(due))
local fence = redis.call('INCRBY', KEYS[3], #due) - #due
local taken, scores, leases = {}, {}, {}
for i, job in ipairs(due) do
  fence = fence + 1
  local tries = (held[i] and tonumber(string.match(held[i], '%d+$')) or 0) + 1
  for _, item in ipairs({job, fence, tries}) do taken[#taken + 1] = item end
  for _, item in ipairs({ARGV[2], job}) do scores[#scores + 1] = item end
  for _, item in ipairs({job, fence .. ' ' .. tries}) do leases[#leases + 1] = item end
end
redis.call('ZADD', KEYS[1], unpack(scores))
redis.call('HSET', KEYS[2], unpack(leases))
return taken
