-- KEYS: due, leases | ARGV: end of the lease in ms, then for each lease: job, fence
-- How many were still held.
local held = 0
for i = 2, #ARGV, 2 do
  local lease = redis.call('HGET', KEYS[2], ARGV[i])
  if lease and string.match(lease, '^%d+') == ARGV[i + 1] then
    redis.call('ZADD', KEYS[1], ARGV[1], ARGV[i])
    held = held + 1
  end
end
return held
