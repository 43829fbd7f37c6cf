-- Keep a snapshot. It may not be ahead of the log, nor older than the one that the log may have
-- been trimmed behind. KEYS log epoch snapshot; ARGV epoch seq digest data
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 'fenced' end
local old = tonumber(redis.call('HGET', KEYS[3], 'seq') or '0') or 0
local last = 0
if redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then last = tonumber(string.match(info[i + 1], '^%d+')) end
  end
end
local seq = tonumber(ARGV[2])
if seq > last then return 'ahead' end
if old > seq and old <= last then return 'older' end
redis.call('HSET', KEYS[3], 'seq', ARGV[2], 'digest', ARGV[3], 'data', ARGV[4])
return 'done'
