-- KEYS: given, reactions, inbox | ARGV: pair, reaction, at in ms, entry's id ('' = none), its old value ('' = absent), new
-- 1 if the review stands and the reaction is new; 0 if not and -1 if the entry moved, and nothing is changed.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 or redis.call('HEXISTS', KEYS[2], ARGV[2]) == 1 then
  return 0
end
if ARGV[4] ~= '' then
  if (redis.call('HGET', KEYS[3], ARGV[4]) or '') ~= ARGV[5] then
    return -1
  end
  redis.call('HSET', KEYS[3], ARGV[4], ARGV[6])
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return 1
