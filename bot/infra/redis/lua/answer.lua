-- KEYS: event, answers, reviews, record
-- ARGV: event's life in s, member, expected version, answer ('' = remove), offset in the record,
--   bits of that byte to clear ('' = leave it as it is), bits to set then
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
  local byte = string.byte(redis.call('GETRANGE', KEYS[4], ARGV[5], ARGV[5])) or 0
  local kept = bit.band(byte, bit.bnot(tonumber(ARGV[6])))
  redis.call('SETRANGE', KEYS[4], ARGV[5], string.char(bit.bor(kept, tonumber(ARGV[7]))))
end
return 'done'
