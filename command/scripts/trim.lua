-- Remove entries that are in the archive and behind the snapshot; never the last one, by which a
-- repeated commit is known. KEYS log epoch snapshot; ARGV epoch first_kept archived_to
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 'fenced' end
local kept = tonumber(ARGV[2])
local snapshot = tonumber(redis.call('HGET', KEYS[3], 'seq') or '0') or 0
if kept - 1 > snapshot or kept - 1 > tonumber(ARGV[3]) then return 'uncovered' end
local top = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not top or kept > tonumber(string.match(top[1], '^%d+')) then return 'uncovered' end
return redis.call('XTRIM', KEYS[1], 'MINID', '=', string.format('%.0f-0', kept))
