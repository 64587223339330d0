-- KEYS: event, duties, given, record, reviewers, drafts, answers
-- ARGV: event's life in s, pair, expected version of the duty, duty, review, bit of the record ('' = leave it),
--   field of the reviewer's good reviews ('' = it is not counted), author
-- 'done', 'seen' (the event has taken effect before) or 'moved' (another version stands, or a volunteer's answer is
-- gone); the last two change nothing.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 'seen'
end
local stands = redis.call('HGET', KEYS[2], ARGV[2])
if (stands and string.match(stands, '^%d+') or '0') ~= ARGV[3] then
  return 'moved'
end
if ARGV[3] == '0' and redis.call('HEXISTS', KEYS[7], ARGV[8]) == 0 then
  return 'moved'
end
redis.call('SET', KEYS[1], 1, 'EX', ARGV[1])
redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
redis.call('HSET', KEYS[3], ARGV[2], ARGV[5])
redis.call('HDEL', KEYS[6], ARGV[2])
if ARGV[6] ~= '' then
  redis.call('SETBIT', KEYS[4], ARGV[6], 1)
end
if ARGV[7] ~= '' then
  redis.call('HINCRBY', KEYS[5], ARGV[7], 1)
end
return 'done'
