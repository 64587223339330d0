-- KEYS: event, answers, reviews, record
-- ARGV: event's life in s, member, expected version, answer ('' = remove), offset in the record, byte ('' = leave it)
-- 'done', 'seen' (the event has taken effect before) or 'moved' (another version stands); the last two change nothing.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 'seen'
end
local stands = redis.call('HGET', KEYS[2], ARGV[2])
local version = stands and string.match(stands, '^%d+') or '0'
if version ~= ARGV[3] then
  return 'moved'
end
redis.call('SET', KEYS[1], 1, 'EX', ARGV[1])
if ARGV[4] == '' then
  redis.call('HDEL', KEYS[2], ARGV[2])
  redis.call('HDEL', KEYS[3], ARGV[2])
else
  redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
end
if ARGV[6] ~= '' then
  redis.call('SETRANGE', KEYS[4], ARGV[5], ARGV[6])
end
return 'done'
