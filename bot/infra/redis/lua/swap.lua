-- KEYS: hash | ARGV: field, old ('' = absent), new
-- 1 if the field held `old` and holds `new` now; else 0 and nothing is changed.
local stands = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if stands ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
