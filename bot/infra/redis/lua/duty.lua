-- KEYS: duties | ARGV: pair, expected version, duty
-- 1 if that version stood and the duty stands now; else 0 and nothing is changed.
local stands = redis.call('HGET', KEYS[1], ARGV[1])
if not stands or string.match(stands, '^%d+') ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
