-- KEYS: due, leases, fence | ARGV: now in ms, end of the lease in ms, most, last start, most last starts, most looked at,
-- then pairs: kind, most of it. For each job taken, earliest first: job, fence, starts with this one. What there are
-- enough of is passed over. Last starts beyond their most go to the end of what is due now, out of the way of others.
local room = {}
for i = 7, #ARGV, 2 do room[ARGV[i]] = tonumber(ARGV[i + 1]) end
local due, most = {}, tonumber(ARGV[3])
local first, page = 0, 250
repeat
  local found = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', first, page)
  for _, job in ipairs(found) do
    local kind = string.match(job, '^[^:]*')
    if #due < most and room[kind] ~= 0 then
      due[#due + 1] = job
      room[kind] = room[kind] and room[kind] - 1
    end
  end
  first = first + page
until #due == most or #found < page or first >= tonumber(ARGV[6])
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
