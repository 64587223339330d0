-- KEYS: given, reactions, inbox | ARGV: pair, reaction, at in ms, entry's id ('' = none), entry
-- 1 if the review stands and the reaction is new; else 0 and nothing is changed. An entry that is there stays as it is.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 or redis.call('HEXISTS', KEYS[2], ARGV[2]) == 1 then
  return 0
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
if ARGV[4] ~= '' and redis.call('HEXISTS', KEYS[3], ARGV[4]) == 0 then
  redis.call('HSET', KEYS[3], ARGV[4], ARGV[5])
end
return 1
