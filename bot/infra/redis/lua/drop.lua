-- KEYS: due, leases, dead | ARGV: job
-- 1 if it was owed or dead.
local found = redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return math.max(found, redis.call('HDEL', KEYS[3], ARGV[1]))
