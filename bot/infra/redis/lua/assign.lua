-- KEYS: rounds, members, pairs, answers, duties
-- ARGV: rounds so far, then for each duty: author, reviewer, expected version, duty
-- How many duties were stored, or -1 (others were assigned since) and nothing is changed. A duty is left out when its
-- answer or its reviewer is gone, or another version stands.
if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then
  return -1
end
local stored = 0
for i = 2, #ARGV, 4 do
  local pair = ARGV[i] .. '|' .. ARGV[i + 1]
  local stands = redis.call('HGET', KEYS[5], pair)
  local version = stands and string.match(stands, '^%d+') or '0'
  local here = redis.call('HEXISTS', KEYS[4], ARGV[i]) + redis.call('HEXISTS', KEYS[2], ARGV[i + 1])
  if version == ARGV[i + 2] and here == 2 then
    redis.call('HSET', KEYS[5], pair, ARGV[i + 3])
    redis.call('HINCRBY', KEYS[3], pair, 1)
    stored = stored + 1
  end
end
redis.call('INCR', KEYS[1])
return stored
