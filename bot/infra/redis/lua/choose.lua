-- KEYS: posts | ARGV: day, post, number of posts that stand
-- The post of the day that stands now; nil if there is none and the number of posts has moved.
local stands = redis.call('HGET', KEYS[1], ARGV[1])
if stands then
  return stands
end
if redis.call('HLEN', KEYS[1]) ~= tonumber(ARGV[3]) then
  return nil
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return ARGV[2]
