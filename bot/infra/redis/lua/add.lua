-- KEYS: due, leases, fence, dead | ARGV: due in ms, job
-- The job's new fence if it was not owed, else 0. A lease that somebody holds ends: its fence has moved.
local new = redis.call('ZSCORE', KEYS[1], ARGV[2]) == false
local fence = redis.call('INCR', KEYS[3])
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[2], fence .. ' 0')
redis.call('HDEL', KEYS[4], ARGV[2])
return new and fence or 0
