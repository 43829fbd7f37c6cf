-- Take a lease that is free, or one's own again; either way with a new epoch, which fences
-- whoever wrote before. KEYS epoch lease; ARGV holder ttl_ms
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[1] then return false end
local epoch = redis.call('INCR', KEYS[1])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return epoch
