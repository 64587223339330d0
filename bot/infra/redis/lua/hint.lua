-- KEYS: hints | ARGV: member id, level
-- The higher of what stood and the level; that stands now.
local seen = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
if tonumber(ARGV[2]) > seen then
  seen = tonumber(ARGV[2])
  redis.call('HSET', KEYS[1], ARGV[1], seen)
end
return seen
