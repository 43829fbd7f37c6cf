-- Hold the lease for longer; also one that ran out while the store was away, if nobody came in
-- between. KEYS epoch lease; ARGV epoch holder ttl_ms
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[2] then return 0 end
-- PEXPIRE first: a store whose memory is full lets it through, and refuses SET.
if not holder or redis.call('PEXPIRE', KEYS[2], ARGV[3]) == 0 then
  redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
end
return 1
