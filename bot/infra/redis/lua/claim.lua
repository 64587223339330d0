-- KEYS: due, leases, fence | ARGV: now in ms, end of the lease in ms, most, last start, most last starts
-- For each job taken, earliest first: job, fence, starts with this one. Last starts beyond their most go to the end of
-- what is due now, so that they do not stand in the way of others.
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
if #due == 0 then
  return due
end
local held = redis.call('HMGET', KEYS[2], unpack(due))
local fence = redis.call('INCRBY', KEYS[3], #due) - #due
local last_starts = tonumber(ARGV[5])
local taken, scores, leases = {}, {}, {}
for i, job in ipairs(due) do
  local tries = (held[i] and tonumber(string.match(held[i], '%d+$')) or 0) + 1
  local is_last = tries == tonumber(ARGV[4])
  if is_last and last_starts == 0 then
    for _, item in ipairs({ARGV[1], job}) do scores[#scores + 1] = item end
  else
    last_starts = last_starts - (is_last and 1 or 0)
    fence = fence + 1
    for _, item in ipairs({job, fence, tries}) do taken[#taken + 1] = item end
    for _, item in ipairs({ARGV[2], job}) do scores[#scores + 1] = item end
    for _, item in ipairs({job, fence .. ' ' .. tries}) do leases[#leases + 1] = item end
  end
end
redis.call('ZADD', KEYS[1], unpack(scores))
if #leases > 0 then
  redis.call('HSET', KEYS[2], unpack(leases))
end
return taken
