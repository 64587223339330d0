-- KEYS: due, dead | ARGV: for each job: due in ms, job
-- How many were neither owed nor dead, and are owed now.
local missing = 0
for i = 1, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[2], ARGV[i + 1]) == 0 then
    missing = missing + redis.call('ZADD', KEYS[1], 'NX', ARGV[i], ARGV[i + 1])
  end
end
return missing
