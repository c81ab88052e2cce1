#!lua name=superchat_VERSION
-- What has to happen in one step inside Redis. VERSION is replaced by a digest of this file when it is loaded, so that
-- two versions of Superchat can share a Redis while one replaces the other. Why it is made like this: docs/adr/0006.

-- A room's tail: the newest events, as JSON without their offsets, bounded in number and in bytes.
local max_tail_events = 500
local max_tail_bytes = 1048576
-- A tail nobody adds to goes after a day: the store has its events.
local tail_kept_ms = 24 * 3600 * 1000
-- Counters and unconfirmed ids go after 30 days, which must be longer than the log keeps an event.
local unconfirmed_kept_ms = 30 * 24 * 3600 * 1000
-- A confirmed id is remembered for this long, so that a sender's retries meet it.
local confirmed_kept_ms = 10 * 60 * 1000
-- After a loss a room is left to the writer for this long at least. By then gateways that were slower to find Redis again
-- have marked the room themselves; calls that were sent before are late.
local settle_ms = 3 * 1000
-- A connection without a heartbeat for this long is gone.
local connection_timeout_ms = 60 * 1000
-- Whoever writes a text and is silent for this long has lost the pen.
local pen_timeout_ms = 6 * 1000
-- A text nobody writes in any more goes after ten minutes.
local text_kept_ms = 10 * 60 * 1000
-- Keys that count time live this much longer than they are needed, so that unlike clocks lose nothing.
local slack_ms = 60 * 1000
-- Deletions that a room remembers for replies that were on their way meanwhile: the ids of message and author, one after the other.
local gone_bytes = 64 * (36 + 1 + 36 + 1)
-- Rate limits count from here, so that time multiplied by a burst stays an exact integer. 2025-01-01.
local origin_ms = 1735689600000

local function integer(number)
  return string.format('%.0f', number)
end

local function now_micros()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- Milliseconds since 1970: what the caller says, or else this server's clock.
local function now_ms(given)
  return tonumber(given) or math.floor(now_micros() / 1000)
end

-- Names this server as the source of its data: another one after a restart, a failover, a move of the slot. Such a server
-- may have been given an older copy of the data.
local function source_id()
  return string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
end

-- The life of the slot's data: it ends when the data is lost, or when another source serves it.
local function life_of(key)
  local id, source = string.match(redis.call('GET', key) or '', '^(%S+) (%S+)$')
  return source ~= nil and source == source_id() and id or nil
end

local function begin_life(key)
  local source = source_id()
  local id = integer(now_micros()) .. '-' .. string.sub(source, 1, 8)
  redis.call('SET', key, id .. ' ' .. source)
  return id
end

-- KEYS life. Answers the epoch that a room made now will have.
local function new_epoch(keys)
  return life_of(keys[1]) or begin_life(keys[1])
end

-- Leaves the room to the writer until it has published to an end of the log that was seen after the time in the mark.
local function set_behind(head, since)
  local behind = math.max(tonumber(redis.call('HGET', head, 'behind')) or 0, since)
  redis.call('HSET', head, 'behind', integer(behind))
  redis.call('PEXPIRE', head, unconfirmed_kept_ms)
  return behind
end

-- KEYS head. ARGV `lost` or `late`. Who calls has left events of the room unpublished, which are in the log: since Redis
-- was away, or since the writer took so long that they have been there for a while.
local function leave_to_writer(keys, args)
  set_behind(keys[1], now_micros() + (args[1] == 'lost' and settle_ms * 1000 or 0))
  return 1
end

-- KEYS head. ARGV how many microseconds ago the log ended, at the latest, where the writer has published to, and until when this
-- may be believed. Answers whether the room is free of the mark.
local function caught_up(keys, args)
  if now_micros() > tonumber(args[2]) then
    return 0
  end
  local behind = tonumber(redis.call('HGET', keys[1], 'behind'))
  if behind and behind >= now_micros() - tonumber(args[1]) then
    return 0
  end
  redis.call('HDEL', keys[1], 'behind')
  return 1
end

-- JSON of what is left of an event of a deleted message, as domain/erased.ts says.
local function blank(told)
  local parts = {}
  for _, name in ipairs({ 'id', 'room', 'author', 'at', 'type', 'message', 'answer' }) do
    if told[name] then
      parts[#parts + 1] = '"' .. name .. '":' .. cjson.encode(told[name])
    end
  end
  return '{' .. table.concat(parts, ',') .. ',"text":"","mentions":[],"deleted":true}'
end

-- An event without the words that it quotes. All else stays as it is, to the letter: what is read as JSON and written again here
-- would lose its empty lists. Within a text every quotation mark has a backslash before it, so no text is taken for a field.
local function without_quote(event)
  local from = string.find(event, '"replyTo":{', 1, true)
  local _, before = string.find(event, '"text":"', from, true)
  local mark, slashes = before, ''
  repeat
    mark = string.find(event, '"', mark + 1, true)
    slashes = string.match(string.sub(event, before + 1, mark - 1), '\\*$')
  until #slashes % 2 == 0
  return string.sub(event, 1, before) .. '","deleted":true' .. string.sub(event, mark + 1)
end

-- Deletions: who deleted each message, and the id alone where there is one. Noted one after the other.
local function note_deletion(deletions, message, author)
  local before = deletions.of[message]
  deletions.only = deletions.count == 0 and '"' .. message .. '"' or nil
  deletions.count = deletions.count + 1
  deletions.of[message] = before or {}
  deletions.of[message][author] = true
end

-- The event without the words that these deletions take from it; itself where they take none. One deletion is looked for as text first, many
-- are not: what each event says is read once, whatever their number.
local function erased(event, deletions)
  if deletions.count == 0 or (deletions.only and not string.find(event, deletions.only, 1, true)) then
    return event
  end
  local _, told = pcall(cjson.decode, event)
  if type(told) ~= 'table' then
    return event
  end
  local own = told.type == 'message.posted' and told.id or told.type == 'message.edited' and told.message
  local by = own and deletions.of[own]
  if by and by[told.author.id] then
    return blank(told)
  end
  local quote = told.replyTo
  local quoted_by = quote and not quote.deleted and deletions.of[quote.id]
  return quoted_by and quoted_by[quote.author.id] and without_quote(event) or event
end

-- KEYS life, head, tail, an id per event. ARGV channel, the store's epoch and offset or two empty strings, until when this
-- may be done ahead of the writer or an empty string when the writer calls, which of the events delete, edit or quote a message
-- as numbers from 1, then time and author, and JSON, per event. Answers
-- the epoch, whether the room is left to the writer, then per event its offset, or what is known of its id, or an empty string
-- when it is the writer's to publish. Answers an empty epoch, and has done nothing, when it has to be told where the store
-- stands.
local function publish(keys, args)
  local channel, stored_epoch, stored_offset = args[1], args[2], tonumber(args[3])
  local ahead = args[4] ~= ''
  -- This server was silent for so long that gateways may have given it up, and acked what it was to publish.
  local late = ahead and now_micros() > tonumber(args[4])
  local epoch = new_epoch(keys)
  local head = redis.call('HMGET', keys[2], 'epoch', 'offset', 'bytes', 'behind')
  local offset, bytes, behind = tonumber(head[2]) or 0, tonumber(head[3]) or 0, tonumber(head[4])
  local renewed = head[1] ~= epoch
  local refused = late or (ahead and behind)
  if renewed and not refused then
    if not stored_offset then
      return { '' }
    end
    if stored_epoch == epoch then
      -- The counter went because everything was stored for long, or never was: the store has every offset there is.
      offset = stored_offset
    else
      -- Offsets of an earlier life may be unwritten yet. Counting goes on at the time in microseconds, which they
      -- can't have reached. Events before these may be in the log: only the writer knows.
      offset = math.max(stored_offset, offset, now_micros())
      behind = set_behind(keys[2], now_micros() + settle_ms * 1000)
      refused = ahead
    end
    bytes = 0
  end

  local answers, fresh = { epoch, behind and 1 or 0 }, {}
  local first, left = offset + 1, false
  local deletions, remembered, noted = { of = {}, count = 0 }, { of = {}, count = 0 }, {}
  local gone = args[5] ~= '' and redis.call('HGET', keys[2], 'gone') or ''
  for number in string.gmatch(args[5], '%d+') do
    noted[tonumber(number) + 3] = true
  end
  for message, author in string.gmatch(gone, '(%S+) (%S+)') do
    note_deletion(remembered, message, author)
  end
  for index = 4, #keys do
    local author, event = args[index * 2 - 2], args[index * 2 - 1]
    local known = redis.call('GET', keys[index])
    -- Also one that is known: a version before may have published it.
    if noted[index] and (known and string.sub(known, -36) == string.sub(author, -36) or not known and not refused) then
      local _, told = pcall(cjson.decode, event)
      if type(told) == 'table' and told.type == 'message.deleted' then
        note_deletion(deletions, told.message, told.author.id)
        if not string.find(gone, told.message .. ' ' .. told.author.id, 1, true) then
          gone = gone .. told.message .. ' ' .. told.author.id .. ' '
        end
      elseif not known then
        event = erased(event, remembered)
      end
    end
    if known then
      answers[#answers + 1] = known
    elseif refused then
      answers[#answers + 1] = ''
      left = true
    else
      offset = offset + 1
      local value = epoch .. ' ' .. integer(offset) .. ' ' .. author
      redis.call('SET', keys[index], value, 'PX', unconfirmed_kept_ms)
      answers[#answers + 1] = offset
      fresh[#fresh + 1] = event
      bytes = bytes + #event
    end
  end
  if late and left then
    set_behind(keys[2], now_micros())
  end
  if deletions.count > 0 and not renewed then
    for at, event in ipairs(redis.call('LRANGE', keys[3], 0, -1)) do
      local rest = erased(event, deletions)
      if rest ~= event then
        redis.call('LSET', keys[3], at - 1, rest)
        bytes = bytes + #rest - #event
      end
    end
    if #fresh == 0 then
      redis.call('HSET', keys[2], 'bytes', bytes)
    end
  end
  if deletions.count > 0 and (#fresh > 0 or not renewed) then
    redis.call('HSET', keys[2], 'gone', string.sub(gone, -gone_bytes))
  end
  if #fresh == 0 then
    return answers
  end
  for at, event in ipairs(fresh) do
    fresh[at] = erased(event, deletions)
    bytes = bytes + #fresh[at] - #event
  end

  if renewed then
    redis.call('DEL', keys[3])
  end
  local size = redis.call('RPUSH', keys[3], unpack(fresh))
  if size == #fresh then
    bytes = 0
    for _, event in ipairs(fresh) do
      bytes = bytes + #event
    end
  end
  while size > max_tail_events or bytes > max_tail_bytes do
    bytes = bytes - #redis.call('LPOP', keys[3])
    size = size - 1
  end
  redis.call('HSET', keys[2], 'epoch', epoch, 'offset', integer(offset), 'bytes', bytes)
  redis.call('PEXPIRE', keys[2], unconfirmed_kept_ms)
  redis.call('PEXPIRE', keys[3], tail_kept_ms)
  local run_head = '{"epoch":"' .. epoch .. '","first":' .. integer(first) .. ',"events":['
  redis.call('SPUBLISH', channel, run_head .. table.concat(fresh, ',') .. ']}')
  return answers
end

-- KEYS life, head, tail. ARGV the offset to read after, how many, how many bytes or an empty string, and spans of offsets that are
-- known: from, to, from, to. Answers the epoch, the newest offset, whether the tail reaches back to that offset, and the events
-- after it up to the one that fills the bytes, an empty text in place of a known one. An empty epoch: only the store knows.
local function read(keys, args)
  local epoch = life_of(keys[1])
  local head = redis.call('HMGET', keys[2], 'epoch', 'offset')
  if not epoch or head[1] ~= epoch then
    return { '' }
  end
  local newest, after, limit = tonumber(head[2]), tonumber(args[1]), tonumber(args[2])
  local before = newest - redis.call('LLEN', keys[3])
  local answer = { epoch, newest, after >= before and 1 or 0 }
  if after >= before and after < newest and limit > 0 then
    local events = redis.call('LRANGE', keys[3], integer(after - before), integer(after - before + limit - 1))
    for span = 4, #args, 2 do
      for offset = tonumber(args[span]), math.min(tonumber(args[span + 1]), after + #events) do
        events[offset - after] = ''
      end
    end
    local left = tonumber(args[3]) or math.huge
    for index, event in ipairs(events) do
      answer[index + 3] = event
      left = left - #event
      if left <= 0 then
        break
      end
    end
  end
  return answer
end

-- KEYS head, tail. ARGV an offset. Answers of each deletion after it in the tail its offset and its JSON. Within a text every quotation mark has a backslash before it.
local function read_deletions(keys, args)
  local before = (tonumber(redis.call('HGET', keys[1], 'offset')) or 0) - redis.call('LLEN', keys[2])
  local first, answer = math.max(before, tonumber(args[1])), {}
  local events = redis.call('LRANGE', keys[2], integer(first - before), -1)
  for at, event in ipairs(events) do
    if string.find(event, '"type":"message.deleted"', 1, true) then
      answer[#answer + 1] = integer(first + at)
      answer[#answer + 1] = event
    end
  end
  return answer
end

-- KEYS ids. ARGV the author of each. Another author's event of the same id confirms nothing.
local function confirm(keys, args)
  for index, key in ipairs(keys) do
    local known = redis.call('GET', key)
    if known and string.sub(known, -#args[index]) == args[index] then
      redis.call('PEXPIRE', key, confirmed_kept_ms, 'LT')
    end
  end
  return #keys
end

-- KEYS the limit's key. ARGV time or empty, burst, per ms. Answers how many ms to wait, 0 when one was taken; how many are
-- left; in how many ms all are. By the generic cell rate algorithm: the value is when all that was taken will be refilled,
-- in 1/burst ms.
local function take(keys, args)
  local burst, per_ms = tonumber(args[2]), tonumber(args[3])
  local now, capacity = (now_ms(args[1]) - origin_ms) * burst, per_ms * burst
  local before = tonumber(redis.call('GET', keys[1]) or now)
  local start = math.min(math.max(before, now), now + capacity)
  local after = start + per_ms
  if after - now > capacity then
    return { math.ceil((after - now - capacity) / burst), 0, math.ceil((start - now) / burst) }
  end
  redis.call('SET', keys[1], integer(after), 'PX', integer(math.ceil((after - now) / burst) + slack_ms))
  return { 0, math.floor((capacity - (after - now)) / per_ms), math.ceil((after - now) / burst) }
end

-- KEYS the limit's key. ARGV per ms. Returns one that was taken. A key that is gone has nothing to return.
local function give_back(keys, args)
  local before = tonumber(redis.call('GET', keys[1]))
  if before then
    redis.call('SET', keys[1], integer(before - tonumber(args[1])), 'KEEPTTL')
  end
  return 1
end

local function forget_silent(key, now)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', integer(now - connection_timeout_ms))
end

-- KEYS people, also more than once. ARGV time or empty, and a connection for each. Answers for each 1 when the person was away.
local function enter(keys, args)
  local now = now_ms(args[1])
  local answer = {}
  for index, key in ipairs(keys) do
    forget_silent(key, now)
    answer[index] = redis.call('ZCARD', key) == 0 and 1 or 0
    redis.call('ZADD', key, integer(now), args[index + 1])
    redis.call('PEXPIRE', key, connection_timeout_ms + slack_ms)
  end
  return answer
end

-- KEYS the person. ARGV time or empty, connection. Answers 1 when that was the last one.
local function leave(keys, args)
  forget_silent(keys[1], now_ms(args[1]))
  local left = redis.call('ZREM', keys[1], args[2])
  return left == 1 and redis.call('ZCARD', keys[1]) == 0 and 1 or 0
end

-- KEYS the person. ARGV time or empty. Answers how many connections there are.
local function count(keys, args)
  return redis.call('ZCOUNT', keys[1], '(' .. integer(now_ms(args[1]) - connection_timeout_ms), '+inf')
end

-- KEYS people. ARGV time or empty. Answers 1 or 0 for each.
local function online(keys, args)
  local since = '(' .. integer(now_ms(args[1]) - connection_timeout_ms)
  local answer = {}
  for index, key in ipairs(keys) do
    answer[index] = redis.call('ZCOUNT', key, since, '+inf') > 0 and 1 or 0
  end
  return answer
end

-- KEYS the text. ARGV time or empty, pen. Answers the text and its note, or 0 while another holds the pen.
local function claim_pen(keys, args)
  local now = now_ms(args[1])
  local sheet = redis.call('HMGET', keys[1], 'pen', 'heard', 'text', 'note')
  if sheet[1] and sheet[1] ~= args[2] and now - tonumber(sheet[2]) < pen_timeout_ms then
    return 0
  end
  redis.call('HSET', keys[1], 'pen', args[2], 'heard', integer(now))
  redis.call('PEXPIRE', keys[1], text_kept_ms)
  return { sheet[3] or '', sheet[4] or '' }
end

-- KEYS the text. ARGV time or empty, pen, position, piece, length with it, note, channel, signal. Answers 1 if it was written.
local function grow(keys, args)
  local sheet = redis.call('HMGET', keys[1], 'pen', 'text', 'length', 'note')
  if sheet[1] ~= args[2] or (args[3] ~= '0' and args[3] ~= (sheet[3] or '0')) then
    return 0
  end
  local before = sheet[2] or ''
  local text = (args[3] == '0' and '' or before) .. args[4]
  local is_news = text ~= before or args[6] ~= (sheet[4] or '')
  redis.call('HSET', keys[1], 'heard', integer(now_ms(args[1])), 'text', text, 'length', args[5], 'note', args[6])
  redis.call('PEXPIRE', keys[1], text_kept_ms)
  if is_news then
    redis.call('SPUBLISH', args[7], args[8])
  end
  return 1
end

-- KEYS texts. ARGV time or empty. Answers text and note of each, or 0 for one that nobody writes.
local function read_texts(keys, args)
  local since, answer = now_ms(args[1]) - pen_timeout_ms, {}
  for index, key in ipairs(keys) do
    local sheet = redis.call('HMGET', key, 'heard', 'text', 'note')
    local written = sheet[1] and tonumber(sheet[1]) > since
    answer[index] = written and { sheet[2] or '', sheet[3] or '' } or 0
  end
  return answer
end

redis.register_function('claim_pen_VERSION', claim_pen)
redis.register_function('grow_VERSION', grow)
redis.register_function({ function_name = 'read_texts_VERSION', callback = read_texts, flags = { 'no-writes' } })
redis.register_function('new_epoch_VERSION', new_epoch)
redis.register_function('publish_VERSION', publish)
redis.register_function('confirm_VERSION', confirm)
redis.register_function('leave_to_writer_VERSION', leave_to_writer)
redis.register_function('caught_up_VERSION', caught_up)
redis.register_function('take_VERSION', take)
redis.register_function('give_back_VERSION', give_back)
redis.register_function('enter_VERSION', enter)
redis.register_function('leave_VERSION', leave)
redis.register_function({ function_name = 'read_VERSION', callback = read, flags = { 'no-writes' } })
redis.register_function({ function_name = 'read_deletions_VERSION', callback = read_deletions, flags = { 'no-writes' } })
redis.register_function({ function_name = 'count_VERSION', callback = count, flags = { 'no-writes' } })
redis.register_function({ function_name = 'online_VERSION', callback = online, flags = { 'no-writes' } })
