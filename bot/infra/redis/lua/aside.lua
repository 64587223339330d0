-- KEYS: asides | ARGV: message id, text, life in s
-- 1 if nothing was kept before.
local first = 1 - redis.call('EXISTS', KEYS[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return first
