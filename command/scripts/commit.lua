-- One batch, whole or not at all. Redis does not roll a script back: all that can fail is asked
-- before the first write, and every command below that fails does so before it, too.
-- KEYS log epoch lease quarantine
-- ARGV epoch holder seq data quarantine_keep, then five for each message: id topic reason at raw
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 'fenced' end
local holder = redis.call('GET', KEYS[3])
if holder and holder ~= ARGV[2] then return 'fenced' end
if #ARGV > 5 then
  local kind = redis.call('TYPE', KEYS[4]).ok
  if kind ~= 'none' and kind ~= 'stream' then
    return redis.error_reply('WRONGTYPE ' .. KEYS[4] .. ' holds a ' .. kind .. ', not a stream')
  end
end

-- The last sequence ever written, which trimming and deleting leave as it is.
local function last_sequence()
  if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then return tonumber(string.match(info[i + 1], '^%d+')) end
  end
end

-- Was this very entry written before, and its reply lost?
local function same(id)
  local found = redis.call('XRANGE', KEYS[1], id, id)[1]
  return found and #found[2] == 2 and found[2][1] == 'd' and found[2][2] == ARGV[4]
end

local seq = tonumber(ARGV[3])
local id = string.format('%.0f-0', seq)
-- The usual case asks for the top entry only: XINFO would carry the first and the last one here.
local top = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not top or top[1] ~= string.format('%.0f-0', seq - 1) then
  local last = last_sequence()
  if last == seq and same(id) then return 'done' end
  if last ~= seq - 1 then return 'gap' end
end

redis.call('XADD', KEYS[1], id, 'd', ARGV[4])
for i = 6, #ARGV, 5 do
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[5], '*', 'id', ARGV[i], 'topic', ARGV[i + 1],
    'reason', ARGV[i + 2], 'at', ARGV[i + 3], 'raw', ARGV[i + 4])
end
return 'done'
