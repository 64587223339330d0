-- KEYS: shelf | ARGV: field that must be absent ('' = none), new stamp, then field and value ('' = remove it), ...
-- 1 if all was written; 0 and nothing is changed if that field is there.
if ARGV[1] ~= '' and redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  return 0
end
for i = 3, #ARGV, 2 do
  if ARGV[i + 1] == '' then
    redis.call('HDEL', KEYS[1], ARGV[i])
  else
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
redis.call('HSET', KEYS[1], 'stamp', ARGV[2])
return 1
