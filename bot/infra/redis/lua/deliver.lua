-- KEYS: outbox | ARGV: key, message
-- The message that stands: the first one that was recorded.
local stands = redis.call('HGET', KEYS[1], ARGV[1]) or '1 0 '
local head, message = string.match(stands, '^(%d+ %d+ )(.*)$')
if message ~= '' then
  return message
end
redis.call('HSET', KEYS[1], ARGV[1], head .. ARGV[2])
return ARGV[2]
