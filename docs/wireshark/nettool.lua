-- Wireshark dissectors for the exercises of nettool: greeting, upper, sum, lookup, add, chat, file and UDP ping.
--
-- Try it:   tshark -X lua_script:nettool.lua -r FILE
-- Keep it:  copy it to the folder that Help > About Wireshark > Folders calls "Personal Lua Plugins".
--
-- The default ports of nettool are known, also where Wireshark takes them for something else; others are
-- preferences of each protocol (nettool.sum.tcp_ports, ...), or "Decode As". Inside TLS the same ports are known when
-- the capture holds the secrets. Answers are checked: look at the expert infos, or filter by "nettool.sum.wrong".

local MOST_SHOWN = 60

-- What one conversation has said so far, by protocol and stream; built on the first pass only.
local states = {}

-- Of the transport, to know one conversation from another.
local tcp_stream = Field.new("tcp.stream")
local udp_stream = Field.new("udp.stream")

local function shown(text)
    local printable = text:gsub("[%c\128-\255]", ".")
    if #printable > MOST_SHOWN then return printable:sub(1, MOST_SHOWN) .. "..." end
    return printable
end

local function trimmed(text)
    return (text:gsub("^[%s%z]+", ""):gsub("[%s%z]+$", ""))
end

-- Protocols ----------------------------------------------------------------------------------------------------

local protocols = {}

-- A protocol with the fields that all of them have.  `ports`: { tcp = "1234", udp = "" }.
local function protocol(name, title, ports)
    local proto = Proto("nettool." .. name, title)
    local made = { name = name, proto = proto, ports = ports, fields = {}, experts = {} }
    local prefix = "nettool." .. name .. "."
    function made.field(kind, key, text, ...)
        made.fields[key] = ProtoField[kind](prefix .. key, text, ...)
        return made
    end
    made.field("bool", "right", "Right")
    made.field("framenum", "request_in", "Request in", base.NONE, frametype.REQUEST)
    made.field("framenum", "answer_in", "Answer in", base.NONE, frametype.RESPONSE)
    made.field("relative_time", "time", "Time from request to answer")
    made.experts.wrong = ProtoExpert.new(prefix .. "wrong", "Wrong answer", expert.group.PROTOCOL,
                                         expert.severity.ERROR)
    made.experts.lost = ProtoExpert.new(prefix .. "lost", "No answer in this capture", expert.group.SEQUENCE,
                                        expert.severity.WARN)
    made.experts.refused = ProtoExpert.new(prefix .. "refused", "The server reports an error",
                                           expert.group.RESPONSE_CODE, expert.severity.NOTE)
    protocols[#protocols + 1] = made
    return made
end

local function state_of(made, pinfo)
    local stream = tcp_stream() or udp_stream()
    local key = made.name .. (tcp_stream() and " tcp " or " udp ") .. tostring(stream and stream.value or -1)
    if not states[key] then states[key] = { memory = {}, waiting = {}, first = 1 } end
    return states[key]
end

-- What was found out of this message when it was seen for the first time.
local function once(state, pinfo, offset, text, find)
    local key = pinfo.number .. ":" .. offset .. ":" .. #text
    if not pinfo.visited and not state.memory[key] then state.memory[key] = find() end
    return state.memory[key] or {}
end

-- Requests wait for their answers in order.
local function ask(state, pinfo, memory)
    memory.asked, memory.asked_at = pinfo.number, pinfo.abs_ts
    state.waiting[#state.waiting + 1] = memory
    return memory
end

local function take_request(state)
    local request = state.waiting[state.first]
    if request then
        state.waiting[state.first] = nil
        state.first = state.first + 1
        if not state.waiting[state.first] then state.waiting, state.first = {}, 1 end
    end
    return request
end

local function answered(pinfo, request, memory)
    if not request then return memory end
    request.answer_in = pinfo.number
    memory.request_in, memory.took = request.asked, pinfo.abs_ts - request.asked_at
    memory.expected = request.expected
    return memory
end

local function to_server(made, pinfo)
    local port = pinfo.match_uint
    if pinfo.dst_port == port and pinfo.src_port ~= port then return true end
    if pinfo.src_port == port and pinfo.dst_port ~= port then return false end
    return pinfo.dst_port < pinfo.src_port
end

-- Links to the other half of an exchange.
local function add_links(made, tree, memory)
    local fields = made.fields
    if memory.request_in then tree:add(fields.request_in, memory.request_in):set_generated() end
    if memory.answer_in then tree:add(fields.answer_in, memory.answer_in):set_generated() end
    if memory.took then
        local seconds = math.floor(memory.took)
        local time = NSTime.new(seconds, math.floor((memory.took - seconds) * 1e9 + 0.5))
        tree:add(fields.time, time):set_generated()
    end
end

local function judge(made, tree, item, memory, answer)
    if memory.expected == nil then return "" end
    local right = answer == memory.expected
    tree:add(made.fields.right, right):set_generated()
    if right then return ", right" end
    item:add_proto_expert_info(made.experts.wrong, "Wrong answer: not " .. shown(memory.expected))
    return ", wrong: not " .. shown(memory.expected)
end

local function append_info(pinfo, made, text, state_of_column)
    pinfo.cols.protocol = made.title
    if state_of_column.begun then
        pinfo.cols.info:append("; " .. text)
    else
        pinfo.cols.info = text
    end
    state_of_column.begun = true
end

-- Asks for the rest of a message from `offset` on.
local function want_more(pinfo, offset)
    pinfo.desegment_offset = offset
    pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
end

-- Gives the messages of a segment to `one(text, range, tree)`, as `length(text, at)` cuts them: nil for one whose
-- end has not come.
local function each_message(made, tvb, pinfo, tree, length, one)
    local text, at, column = tvb:raw(), 0, {}
    while at < #text do
        local size = length(text:sub(at + 1))
        if not size then
            want_more(pinfo, at)
            return tvb:len()
        end
        local range = tvb(at, size)
        local message = text:sub(at + 1, at + size)
        if #trimmed(message) > 0 then
            local subtree = tree:add(made.proto, range)
            append_info(pinfo, made, one(message, range, subtree, at), column)
        end
        at = at + size
    end
    return tvb:len()
end

-- Up to the line feed, or all of it: programs that send none send a message at a time.
local function line_length(text)
    local _, last = text:find("\n", 1, true)
    return last or #text
end

local function is_tls(tvb)
    return tvb:len() >= 3 and tvb(0, 1):uint() >= 20 and tvb(0, 1):uint() <= 23 and tvb(1, 1):uint() == 3
end

-- `dissect(tvb, pinfo, tree)` for what is not TLS.
local function over_tcp(made, dissect)
    function made.proto.dissector(tvb, pinfo, tree)
        if tvb:len() == 0 then return 0 end
        if is_tls(tvb) and pinfo.can_desegment > 0 and not made.inside[pinfo.number] then
            made.inside[pinfo.number] = true
            local used = Dissector.get("tls"):call(tvb, pinfo, tree)
            made.inside[pinfo.number] = nil
            return used
        end
        return dissect(tvb, pinfo, tree)
    end
    made.inside = {}
end

-- Decimal numbers of any size ------------------------------------------------------------------------------------

-- Adds texts like "12", "-0.5" without rounding; nil if one is no number.
local function exact_sum(numbers)
    local parts, scale = {}, 0
    for _, text in ipairs(numbers) do
        local sign, whole, fraction = text:match("^([+-]?)(%d+)%.?(%d*)$")
        if not whole or text:sub(-1) == "." then return nil end
        parts[#parts + 1] = { negative = sign == "-", whole = whole, fraction = fraction }
        scale = math.max(scale, #fraction)
    end
    local limb, width = 10000000, 7
    local sum = {}
    for _, part in ipairs(parts) do
        local digits = part.whole .. part.fraction .. ("0"):rep(scale - #part.fraction)
        local at = 1
        for last = #digits, 1, -width do
            local value = tonumber(digits:sub(math.max(1, last - width + 1), last))
            sum[at] = (sum[at] or 0) + (part.negative and -value or value)
            at = at + 1
        end
    end
    local function carried(sign)
        local carry, limbs = 0, {}
        for i, value in ipairs(sum) do
            local all = sign * value + carry
            limbs[i] = all % limb
            carry = math.floor(all / limb)
        end
        while carry > 0 do
            limbs[#limbs + 1] = carry % limb
            carry = math.floor(carry / limb)
        end
        return limbs, carry
    end
    local negative = false
    local limbs, carry = carried(1)
    if carry < 0 then
        negative = true
        limbs = carried(-1)
    end
    local text = ""
    for i = #limbs, 1, -1 do text = text .. ("%07d"):format(limbs[i]) end
    if #text <= scale then text = ("0"):rep(scale - #text + 1) .. text end
    local whole = text:sub(1, #text - scale):gsub("^0+", "")
    local fraction = scale > 0 and text:sub(#text - scale + 1):gsub("0+$", "") or ""
    if whole == "" then whole = "0" end
    local plain = fraction ~= "" and whole .. "." .. fraction or whole
    return negative and plain ~= "0" and "-" .. plain or plain
end

-- Sum: 1|2|3.5|. and the sum ---------------------------------------------------------------------------------------

local sum = protocol("sum", "nettool sum", { tcp = "1234" })
sum.title = "SUM"
sum.field("string", "number", "Number").field("uint32", "count", "Count of numbers").field("string", "answer", "Answer")

-- Up to the final dot, which stands where a number would begin, or right before the end of a line.
local function list_length(text)
    local at = 1
    while true do
        local _, blank = text:find("^[%s%z]*", at)
        at = blank + 1
        if at > #text then return nil end
        if text:sub(at, at) == "." then return at end
        local separator = text:find("|", at, true)
        local _, sloppy = text:sub(at):find("^[^|]*%d%.\r?\n")
        if sloppy and (not separator or at + sloppy - 1 < separator) then return at + sloppy - 1 end
        if not separator then return nil end
        at = separator + 1
    end
end

over_tcp(sum, function(tvb, pinfo, tree)
    local state = state_of(sum, pinfo)
    if to_server(sum, pinfo) then
        -- The line feed behind a list belongs to nobody.
        local function length(text)
            if #trimmed(text) == 0 then return #text end
            return list_length(text)
        end
        return each_message(sum, tvb, pinfo, tree, length, function(text, range, subtree, at)
            local numbers, count = {}, 0
            for token in text:gmatch("[^|]+") do
                local number = trimmed(token):gsub("%.$", "")
                if number ~= "" then
                    numbers[#numbers + 1] = number
                    count = count + 1
                    if count <= 100 then subtree:add(sum.fields.number, range, number) end
                end
            end
            subtree:add(sum.fields.count, count):set_generated()
            local memory = once(state, pinfo, at, text, function()
                return ask(state, pinfo, { expected = exact_sum(numbers) })
            end)
            add_links(sum, subtree, memory)
            return ("sum request: %d numbers: %s"):format(count, shown(table.concat(numbers, " + ")))
        end)
    end
    return each_message(sum, tvb, pinfo, tree, line_length, function(text, range, subtree, at)
        local answer = trimmed(text)
        local memory = once(state, pinfo, at, text, function() return answered(pinfo, take_request(state), {}) end)
        local item = subtree:add(sum.fields.answer, range, answer)
        add_links(sum, subtree, memory)
        if answer:find("^ERROR") then
            item:add_proto_expert_info(sum.experts.refused)
            return "sum error: " .. shown(answer)
        end
        return "sum answer: " .. shown(answer) .. judge(sum, subtree, item, memory, answer)
    end)
end)

-- Add: a name, "ack", two numbers in any dressing, their sum ---------------------------------------------------------

local add = protocol("add", "nettool add", { tcp = "5005" })
add.title = "ADD"
add.field("string", "name", "Name of the client").field("string", "numbers", "Numbers").field("string", "answer", "Answer")

over_tcp(add, function(tvb, pinfo, tree)
    local state = state_of(add, pinfo)
    local request = to_server(add, pinfo)
    return each_message(add, tvb, pinfo, tree, line_length, function(text, range, subtree, at)
        local said = trimmed(text)
        local memory = once(state, pinfo, at, text, function()
            if not request then
                if said == "ack" then return { kind = "ack" } end
                return answered(pinfo, take_request(state), { kind = "answer" })
            end
            if not state.named then
                state.named = true
                return { kind = "name" }
            end
            local numbers = {}
            for number in said:gmatch("[+-]?%d+") do numbers[#numbers + 1] = number end
            local expected = #numbers == 2 and exact_sum(numbers) or nil
            return ask(state, pinfo, { kind = "numbers", expected = expected })
        end)
        if memory.kind == "name" then
            subtree:add(add.fields.name, range, said)
            return "add name: " .. shown(said)
        end
        if memory.kind == "numbers" then
            subtree:add(add.fields.numbers, range, said)
            add_links(add, subtree, memory)
            return "add request: " .. shown(said)
        end
        local item = subtree:add(add.fields.answer, range, said)
        if said:find("^ERROR") then item:add_proto_expert_info(add.experts.refused) end
        add_links(add, subtree, memory)
        if memory.kind ~= "answer" or said:find("^ERROR") then return "add: " .. shown(said) end
        return "add answer: " .. shown(said) .. judge(add, subtree, item, memory, said)
    end)
end)

-- Look-up: a dictionary and a key as JSON, and the value --------------------------------------------------------------

local lookup = protocol("lookup", "nettool look-up", { tcp = "5004" })
lookup.title = "LOOKUP"
lookup.field("string", "key", "Key").field("bool", "found", "Found").field("string", "value", "Value")
      .field("string", "error", "Error")

-- Behind the JSON value that begins at `at`; nil if it has no end.
local function behind_value(text, at)
    local first = text:sub(at, at)
    if first == '"' then
        local i = at + 1
        while i <= #text do
            local c = text:sub(i, i)
            if c == "\\" then
                i = i + 1
            elseif c == '"' then
                return i + 1
            end
            i = i + 1
        end
        return nil
    end
    if first ~= "{" and first ~= "[" then
        local last = text:match("^[^,%]}%s]+()", at)
        return last
    end
    local depth, i = 0, at
    while i <= #text do
        local c = text:sub(i, i)
        if c == '"' then
            i = behind_value(text, i)
            if not i then return nil end
        else
            if c == "{" or c == "[" then depth = depth + 1 end
            if c == "}" or c == "]" then depth = depth - 1 end
            i = i + 1
            if depth == 0 then return i end
        end
    end
    return nil
end

-- The text of a member of an object, the last one of that name.
local function member(object, name)
    local at, found = object:match("^%s*{%s*()"), nil
    while at and object:sub(at, at) == '"' do
        local behind_name = behind_value(object, at)
        local value = behind_name and object:match("^%s*:%s*()", behind_name)
        local behind = value and behind_value(object, value)
        if not behind then return found end
        if object:sub(at + 1, behind_name - 2) == name then found = object:sub(value, behind - 1) end
        at = object:match("^%s*,%s*()", behind)
    end
    return found
end

local function json_length(text)
    local begin = text:match("^%s*()[{%[]")
    if not begin then return line_length(text) end
    local behind = behind_value(text, begin)
    if not behind then return nil end
    local _, line = text:find("^[ \t]*\r?\n", behind)
    return line or behind - 1
end

local function show_json(tvb, pinfo, tree)
    local info, name = tostring(pinfo.cols.info), tostring(pinfo.cols.protocol)
    Dissector.get("json"):call(tvb, pinfo, tree)
    pinfo.cols.info, pinfo.cols.protocol = info, name
end

over_tcp(lookup, function(tvb, pinfo, tree)
    local state = state_of(lookup, pinfo)
    local request = to_server(lookup, pinfo)
    return each_message(lookup, tvb, pinfo, tree, json_length, function(text, range, subtree, at)
        local said = trimmed(text)
        if said:find("^[{%[]") then show_json(range:tvb(), pinfo, subtree) end
        if request then
            local dictionary = member(said, "dictionary") or member(said, "dict") or member(said, "data")
            local key = dictionary and member(said, "key")
            local memory = once(state, pinfo, at, text, function()
                if not key then return {} end
                local name = key:match('^"(.*)"$') or key
                return ask(state, pinfo, { expected = member(dictionary, name) or "(nothing)" })
            end)
            if key then subtree:add(lookup.fields.key, range, (key:gsub('^"(.*)"$', "%1"))) end
            add_links(lookup, subtree, memory)
            return "look-up request" .. (key and ": key " .. shown((key:gsub('^"(.*)"$', "%1"))) or "")
        end
        local memory = once(state, pinfo, at, text, function() return answered(pinfo, take_request(state), {}) end)
        add_links(lookup, subtree, memory)
        local found = member(said, "found")
        if not found then return "look-up answer: " .. shown(said) end
        subtree:add(lookup.fields.found, range, found == "true")
        if found == "true" then
            local value = member(said, "value") or ""
            local item = subtree:add(lookup.fields.value, range, value)
            return "look-up answer: " .. shown(value) .. judge(lookup, subtree, item, memory, value)
        end
        local reason = (member(said, "error") or ""):gsub('^"(.*)"$', "%1")
        local item = subtree:add(lookup.fields.error, range, reason)
        return "look-up answer: " .. shown(reason) .. judge(lookup, subtree, item, memory, "(nothing)")
    end)
end)

-- Greeting: time, address and port of the client -----------------------------------------------------------------------

local greet = protocol("greet", "nettool greeting", { tcp = "5010" })
greet.title = "GREET"
greet.field("string", "connected", "Time of connection").field("string", "address", "Address of the client")
     .field("uint16", "port", "Port of the client")
greet.experts.translated = ProtoExpert.new("nettool.greet.translated", "The server sees another address or port",
                                           expert.group.PROTOCOL, expert.severity.NOTE)

over_tcp(greet, function(tvb, pinfo, tree)
    return each_message(greet, tvb, pinfo, tree, line_length, function(text, range, subtree)
        local time, address, port = text:match("^(%d+%-%d+%-%d+ [%d:]+ [+-]%d+) (%S+) (%d+)")
        if not time then return "greeting: " .. shown(trimmed(text)) end
        subtree:add(greet.fields.connected, range, time)
        local item = subtree:add(greet.fields.address, range, address)
        subtree:add(greet.fields.port, range, tonumber(port))
        if address ~= tostring(pinfo.dst) or tonumber(port) ~= pinfo.dst_port then
            item:add_proto_expert_info(greet.experts.translated)
        end
        return "greeting: " .. shown(trimmed(text))
    end)
end)

-- Upper: text, and the same in capitals ---------------------------------------------------------------------------------

local upper = protocol("upper", "nettool upper", { tcp = "5001", udp = "5001" })
upper.title = "UPPER"
upper.field("string", "text", "Text").field("string", "answer", "Answer")

-- Letters beyond ASCII may change their length, and are not judged.
local function upper_expected(state, answer)
    local asked = state.asked or ""
    if state.unjudged or #asked < #answer or (asked .. answer):find("[\128-\255]") then
        state.unjudged = true
        return nil
    end
    state.asked = asked:sub(#answer + 1)
    return asked:sub(1, #answer):upper()
end

local function dissect_upper(tvb, pinfo, tree)
    local state, text = state_of(upper, pinfo), tvb:raw()
    local subtree = tree:add(upper.proto, tvb())
    if to_server(upper, pinfo) then
        local memory = once(state, pinfo, 0, text, function()
            state.asked = (pinfo.can_desegment > 0 and state.asked or "") .. text
            return ask(state, pinfo, {})
        end)
        subtree:add(upper.fields.text, tvb(), trimmed(text))
        add_links(upper, subtree, memory)
        append_info(pinfo, upper, "upper request: " .. shown(trimmed(text)), {})
        return tvb:len()
    end
    local memory = once(state, pinfo, 0, text, function()
        local expected = upper_expected(state, text)
        local memory = answered(pinfo, take_request(state), {})
        memory.expected = expected
        return memory
    end)
    local item = subtree:add(upper.fields.answer, tvb(), trimmed(text))
    add_links(upper, subtree, memory)
    append_info(pinfo, upper, "upper answer: " .. shown(trimmed(text)) .. judge(upper, subtree, item, memory, text), {})
    return tvb:len()
end
over_tcp(upper, dissect_upper)

-- Chat: a question, an identification, and what everybody says --------------------------------------------------------------

local chat = protocol("chat", "nettool chat", { tcp = "5002" })
chat.title = "CHAT"
chat.field("string", "identification", "Identification").field("string", "speaker", "Speaker")
    .field("string", "message", "Message").field("string", "notice", "Notice")

over_tcp(chat, function(tvb, pinfo, tree)
    local state = state_of(chat, pinfo)
    local request = to_server(chat, pinfo)
    return each_message(chat, tvb, pinfo, tree, line_length, function(text, range, subtree, at)
        local said = trimmed(text)
        local memory = once(state, pinfo, at, text, function()
            local side = request and "client" or "server"
            local first = not state[side]
            state[side] = true
            return { first = first }
        end)
        if request then
            if memory.first then
                subtree:add(chat.fields.identification, range, said)
                return "chat identification: " .. shown(said)
            end
            subtree:add(chat.fields.message, range, said)
            return "chat message: " .. shown(said)
        end
        local speaker, message = said:match("^([^:]+): (.*)$")
        if memory.first or said:find("^%* ") or said:find("^Welcome") or not speaker then
            subtree:add(chat.fields.notice, range, said)
            return "chat notice: " .. shown(said)
        end
        subtree:add(chat.fields.speaker, range, speaker)
        subtree:add(chat.fields.message, range, message)
        return "chat message of " .. shown(said)
    end)
end)

-- File: a request of HTTP, or a bare name and the bytes of the file --------------------------------------------------------

local file = protocol("file", "nettool file", { tcp = "9089" })
file.title = "FILE"
file.field("string", "name", "Name").field("uint32", "bytes", "Bytes of the file").field("string", "error", "Error")

over_tcp(file, function(tvb, pinfo, tree)
    local state, text = state_of(file, pinfo), tvb:raw()
    local request = to_server(file, pinfo)
    if not pinfo.visited and request and not state.dialect then
        state.dialect = text:find("^%u+ [^\n]* HTTP/1%.") and "http" or "name"
    end
    if state.dialect == "http" or text:find("^HTTP/1%.") then return Dissector.get("http"):call(tvb, pinfo, tree) end
    local subtree = tree:add(file.proto, tvb())
    if request then
        local memory = once(state, pinfo, 0, text, function() return ask(state, pinfo, {}) end)
        subtree:add(file.fields.name, tvb(), trimmed(text))
        add_links(file, subtree, memory)
        append_info(pinfo, file, "file request: " .. shown(trimmed(text)), {})
        return tvb:len()
    end
    local memory = once(state, pinfo, 0, text, function() return answered(pinfo, take_request(state), {}) end)
    add_links(file, subtree, memory)
    if text:find("^ERROR: ") then
        subtree:add(file.fields.error, tvb(), trimmed(text)):add_proto_expert_info(file.experts.refused)
        append_info(pinfo, file, "file error: " .. shown(trimmed(text)), {})
    else
        subtree:add(file.fields.bytes, tvb(), tvb:len())
        append_info(pinfo, file, "bytes of the file: " .. tvb:len(), {})
    end
    return tvb:len()
end)

-- UDP ping: Ping N TIME, and the same or Pong back ---------------------------------------------------------------------------

local ping = protocol("ping", "nettool UDP ping", { udp = "12000" })
ping.title = "PING"
ping.field("string", "word", "Word").field("uint32", "seq", "Number").field("string", "sent", "Time of sending")
ping.experts.unexpected = ProtoExpert.new("nettool.ping.unexpected", "Answers no probe of this capture, or one twice",
                                          expert.group.SEQUENCE, expert.severity.WARN)

local function dissect_ping(tvb, pinfo, tree)
    local text = tvb:raw()
    local word, seq, sent = text:match("^(%a+) (%d+) ([%d.]+)")
    local subtree = tree:add(ping.proto, tvb())
    if not word or (word:lower() ~= "ping" and word:lower() ~= "pong") then
        append_info(pinfo, ping, "no probe: " .. shown(text), {})
        return tvb:len()
    end
    local state, probe = state_of(ping, pinfo), to_server(ping, pinfo)
    local memory = once(state, pinfo, 0, text, function()
        local key = seq .. " " .. sent
        if probe then
            state[key] = { asked = pinfo.number, asked_at = pinfo.abs_ts, probe = true }
            return state[key]
        end
        local request = state[key]
        if not request or request.answer_in then return { unexpected = true } end
        return answered(pinfo, request, {})
    end)
    local item = subtree:add(ping.fields.word, tvb(0, #word), word)
    subtree:add(ping.fields.seq, tvb(#word + 1, #seq), tonumber(seq) % 2 ^ 32)
    subtree:add(ping.fields.sent, tvb(#word + #seq + 2, #sent), sent)
    add_links(ping, subtree, memory)
    if memory.unexpected then item:add_proto_expert_info(ping.experts.unexpected) end
    -- Whether an answer comes is known on the second pass.
    local lost = probe and pinfo.visited and not memory.answer_in
    if lost then item:add_proto_expert_info(ping.experts.lost) end
    local info = (probe and "probe " or "answer to probe ") .. seq
    if memory.took then info = info .. (" after %.3f ms"):format(memory.took * 1000) end
    append_info(pinfo, ping, info .. (lost and ", lost" or ""), {})
    return tvb:len()
end

function ping.proto.dissector(tvb, pinfo, tree) return dissect_ping(tvb, pinfo, tree) end

-- Registration ------------------------------------------------------------------------------------------------------------------

local function each_port(text, take)
    for first, last in text:gmatch("(%d+)%-?(%d*)") do
        for port = tonumber(first), tonumber(last) or tonumber(first) do take(port) end
    end
end

local tables = { tcp = { "tcp.port", "tls.port" }, udp = { "udp.port" } }

local function register(made, transport, ports)
    for _, name in ipairs(tables[transport]) do
        -- Instead of what Wireshark takes the port for.
        each_port(ports, function(port) DissectorTable.get(name):set(port, made.proto) end)
    end
end

for _, made in ipairs(protocols) do
    local fields, experts = {}, {}
    for _, field in pairs(made.fields) do fields[#fields + 1] = field end
    for _, info in pairs(made.experts) do experts[#experts + 1] = info end
    made.proto.fields, made.proto.experts = fields, experts
    local transports = {}
    for transport, ports in pairs(made.ports) do
        local key = transport .. "_ports"
        transports[transport] = ports
        made.proto.prefs[key] = Pref.string(transport:upper() .. " ports", ports, "Such as 1234,5000-5003")
        register(made, transport, ports)
    end
    function made.proto.prefs_changed()
        for transport, before in pairs(transports) do
            local after = made.proto.prefs[transport .. "_ports"]
            if after ~= before then
                for _, name in ipairs(tables[transport]) do
                    each_port(before, function(port) DissectorTable.get(name):remove(port, made.proto) end)
                end
                register(made, transport, after)
                transports[transport] = after
            end
        end
    end
    function made.proto.init() states = {} end
end
