-- KEYS: outbox | ARGV: key
-- Removes the entry of a sole owner that did not send; what had two owners stays, for one of them may have sent.
local stands = redis.call('HGET', KEYS[1], ARGV[1])
if stands and string.match(stands, '^1 %d+ $') then
  redis.call('HDEL', KEYS[1], ARGV[1])
end
