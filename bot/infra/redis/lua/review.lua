-- KEYS: answers, reviews | ARGV: member, version of the answer it read, rank, review
-- 1 if kept; 0 if the answer is gone (withdrawn or forgotten), is older than that, or has a review of a higher rank.
local answer = redis.call('HGET', KEYS[1], ARGV[1])
if not answer or tonumber(string.match(answer, '^%d+')) < tonumber(ARGV[2]) then
  return 0
end
local stands = redis.call('HGET', KEYS[2], ARGV[1])
if stands and tonumber(string.match(stands, '^%d+')) > tonumber(ARGV[3]) then
  return 0
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3] .. ' ' .. ARGV[4])
return 1
