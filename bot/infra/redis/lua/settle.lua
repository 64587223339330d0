-- KEYS: due, leases, fence, dead
-- ARGV: job, fence, due again in ms ('' = done), tries to go on from ('' = as they are), why it is dead ('' = it is not)
-- 1 if the lease was still held; else 0 and nothing is changed.
local lease = redis.call('HGET', KEYS[2], ARGV[1])
local fence, tries = string.match(lease or '', '^(%d+) (%d+)$')
if fence ~= ARGV[2] then
  return 0
end
if ARGV[3] ~= '' then
  local moved = redis.call('INCR', KEYS[3])
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
  redis.call('HSET', KEYS[2], ARGV[1], moved .. ' ' .. (ARGV[4] ~= '' and ARGV[4] or tries))
  return 1
end
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[4], ARGV[1], ARGV[5])
end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return 1
