-- KEYS: posts, messages | ARGV: day, message id, then for each post that changes: its day, old, new
-- 1 if every post held its `old`: all are changed and the message is known; else 0 and nothing is changed.
for i = 3, #ARGV, 3 do
  if redis.call('HGET', KEYS[1], ARGV[i]) ~= ARGV[i + 1] then
    return 0
  end
end
for i = 3, #ARGV, 3 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[1])
return 1
