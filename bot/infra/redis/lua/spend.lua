-- KEYS: purse | ARGV: member's field, amount, most for all ('' = any), most for the member ('' = any), life in s
-- An amount without limits corrects an earlier one: it does not bring back the field of a member who was forgotten.
-- 1 if spent; 0, and nothing is spent, if a limit would be passed. Amounts are millionths of a dollar.
local all = tonumber(redis.call('HGET', KEYS[1], 'all') or 0)
local own = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0)
local amount = tonumber(ARGV[2])
if ARGV[3] ~= '' and (all + amount > tonumber(ARGV[3]) or own + amount > tonumber(ARGV[4])) then
  return 0
end
redis.call('HINCRBY', KEYS[1], 'all', amount)
if ARGV[3] ~= '' or redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  redis.call('HINCRBY', KEYS[1], ARGV[1], amount)
end
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
