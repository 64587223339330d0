-- KEYS: outbox | ARGV: key, now in ms
-- {owners, begun ms, message ('' until sent)}; one owner more unless it was sent.
local stands = redis.call('HGET', KEYS[1], ARGV[1])
local owners, begun, message = '0', ARGV[2], ''
if stands then
  owners, begun, message = string.match(stands, '^(%d+) (%d+) (.*)$')
end
if message == '' then
  owners = owners + 1
  redis.call('HSET', KEYS[1], ARGV[1], owners .. ' ' .. begun .. ' ')
end
return {tonumber(owners), tonumber(begun), message}
