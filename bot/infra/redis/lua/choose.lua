-- KEYS: posts | ARGV: day, the post up to its number, the post after it
-- The post of the day that stands now; a new one is numbered next.
local stands = redis.call('HGET', KEYS[1], ARGV[1])
if stands then
  return stands
end
local post = ARGV[2] .. (redis.call('HLEN', KEYS[1]) + 1) .. ARGV[3]
redis.call('HSET', KEYS[1], ARGV[1], post)
return post
