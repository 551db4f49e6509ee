-- Reads a JSON body once, from left to right, for the first thing that the API would not take.
--
-- The transcoder behind it forgives: it drops unknown names, takes the last of two equal ones, an
-- object for a list, single quotes. Here a body is JSON by RFC 8259, in UTF-8, and has the
-- message's shape.

local byte, find, sub = string.byte, string.find, string.sub

local M = {}

-- Deeper than any message of the API; the limit keeps hostile nesting off the stack.
M.MAX_DEPTH = 32

local TAB, NEWLINE, RETURN, SPACE = 9, 10, 13, 32
local QUOTE, BACKSLASH, COMMA, COLON = 34, 92, 44, 58
local PLUS, MINUS, DOT, ZERO, NINE, UPPER_E, LOWER_E = 43, 45, 46, 48, 57, 69, 101
local OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT = 91, 93, 123, 125
local ANYTHING = {any = true}
local NULL = 110
local WORDS = {[116] = "true", [102] = "false", [NULL] = "null"}

local read_value -- objects and lists hold values

-- Faults end the reading from any depth; `check` catches them.
local function malformed(at, message)
  error({reason = "MALFORMED_BODY", at = at, message = message}, 0)
end

-- `reason` is MALFORMED_BODY unless given.
local function refuse_field(scan, message, reason)
  local field = scan.path[1]
  for level = 2, scan.depth do
    local step = scan.path[level]
    field = field .. (type(step) == "number" and "[" .. step .. "]" or "." .. step)
  end
  error({reason = reason or "MALFORMED_BODY", field = field, message = message}, 0)
end

-- Byte by byte, here and in strings and numbers: LuaJIT compiles that, but no patterns.
local function skip_space(text, at)
  local character = byte(text, at)
  while character == SPACE or character == NEWLINE or character == RETURN or character == TAB do
    at = at + 1
    character = byte(text, at)
  end
  return at
end

-- Returns how many bytes a character takes that begins with `first`, and the range of its second
-- byte; nil if none begins so (RFC 3629: no overlong form, no surrogate, nothing past U+10FFFF).
local function utf8_length(first)
  if first < 128 then return 1 end
  if first < 194 or first > 244 then return nil end
  if first < 224 then return 2, 128, 191 end
  if first < 240 then return 3, first == 224 and 160 or 128, first == 237 and 159 or 191 end
  return 4, first == 240 and 144 or 128, first == 244 and 143 or 191
end

-- Returns the place of the first character that is not UTF-8, or nil.
function M.not_utf8(text)
  local at = find(text, "[\128-\255]") or #text + 1
  while at <= #text do
    local length, low, high = utf8_length(byte(text, at))
    if not length then return at end
    for following = at + 1, at + length - 1 do
      local character = byte(text, following)
      if not character or character < low or character > high then return at end
      low, high = 128, 191
    end
    at = at + length
  end
end

-- Returns the place after the escape that begins at `at`. A surrogate must have its other half.
local function read_escape(text, at)
  if find(text, '^["\\/bfnrt]', at + 1) then return at + 2 end
  if find(text, "^u[dD][89abAB]%x%x\\u[dD][c-fC-F]%x%x", at + 1) then return at + 12 end
  local surrogate = find(text, "^u[dD][89a-fA-F]", at + 1)
  if not surrogate and find(text, "^u%x%x%x%x", at + 1) then return at + 6 end
  malformed(at, "not an escape that JSON knows")
end

-- Returns the place after the string whose opening quote is at `opened`.
local function read_string(text, opened)
  local at = opened + 1
  local character = byte(text, at)
  while character ~= QUOTE do
    if not character then malformed(opened, "the string has no end") end
    if character < SPACE then malformed(at, "a control character in a string") end
    at = character == BACKSLASH and read_escape(text, at) or at + 1
    character = byte(text, at)
  end
  return at + 1
end

-- Returns the place after the digits at `at`, of which there must be one at least.
local function read_digits(text, at)
  local digit = byte(text, at)
  if not digit or digit < ZERO or digit > NINE then malformed(at, "a value is expected") end
  while digit and digit >= ZERO and digit <= NINE do
    at = at + 1
    digit = byte(text, at)
  end
  return at
end

local function read_number(text, at)
  if byte(text, at) == MINUS then at = at + 1 end
  local after = byte(text, at) == ZERO and at + 1 or read_digits(text, at)
  if byte(text, after) == DOT then after = read_digits(text, after + 1) end
  local letter = byte(text, after)
  if letter ~= LOWER_E and letter ~= UPPER_E then return after end
  local sign = byte(text, after + 1)
  return read_digits(text, (sign == PLUS or sign == MINUS) and after + 2 or after + 1)
end

local function read_scalar(text, at)
  local character = byte(text, at)
  if character == QUOTE then return read_string(text, at) end
  local word = WORDS[character]
  if not word then return read_number(text, at) end
  if sub(text, at, at + #word - 1) ~= word then malformed(at, "a value is expected") end
  return at + #word
end

local function enter(scan, at)
  scan.depth = scan.depth + 1
  if scan.depth > M.MAX_DEPTH then malformed(at, "nested too deeply") end
end

local function leave(scan)
  scan.depth = scan.depth - 1
end

-- Returns the place of the next element after a comma; or nil, and the place after the end.
local function next_element(text, at, closing)
  at = skip_space(text, at)
  local character = byte(text, at)
  if character == closing then return nil, at + 1 end
  if character ~= COMMA then malformed(at, ", or " .. string.char(closing) .. " is expected") end
  return skip_space(text, at + 1)
end

local function read_list(scan, at, element)
  local text = scan.text
  enter(scan, at)
  local index, first = 0, skip_space(text, at + 1)
  local here, after = first, first + 1
  if byte(text, first) == CLOSE_LIST then here = nil end
  while here do
    scan.path[scan.depth] = index
    after = read_value(scan, here, element, true)
    here, after = next_element(text, after, CLOSE_LIST)
    index = index + 1
  end
  leave(scan)
  return after
end

-- Returns what the message says about the field that is named at `at`, and the place of its value.
local function read_name(scan, at, fields, seen)
  local text = scan.text
  if byte(text, at) ~= QUOTE then malformed(at, "a name in double quotes is expected") end
  local colon = read_string(text, at)
  local name = sub(text, at + 1, colon - 2)
  local field = fields and (fields[name] or false)
  if field then name = field.name end
  scan.path[scan.depth] = name
  if field == false then refuse_field(scan, "the API does not know this field", "UNKNOWN_FIELD") end
  if seen[name] then refuse_field(scan, "given twice") end
  seen[name] = true
  colon = skip_space(text, colon)
  if byte(text, colon) ~= COLON then malformed(colon, ": is expected") end
  return field, skip_space(text, colon + 1)
end

-- `fields` are the names that the object may have; without, it may have any, each worth `value`.
local function read_object(scan, at, fields, value)
  local text = scan.text
  enter(scan, at)
  local seen, first = {}, skip_space(text, at + 1)
  local here, after = first, first + 1
  if byte(text, first) == CLOSE_OBJECT then here = nil end
  while here do
    local field, start = read_name(scan, here, fields, seen)
    after = read_value(scan, start, field or value)
    here, after = next_element(text, after, CLOSE_OBJECT)
  end
  leave(scan)
  return after
end

local function read_anything(scan, at)
  local character = byte(scan.text, at)
  if character == OPEN_OBJECT then return read_object(scan, at, nil, ANYTHING) end
  if character == OPEN_LIST then return read_list(scan, at, ANYTHING) end
  return read_scalar(scan.text, at)
end

local function expect(scan, at, bracket, message)
  if byte(scan.text, at) ~= bracket then refuse_field(scan, message) end
end

local function read_map(scan, at, field)
  expect(scan, at, OPEN_OBJECT, "an object is expected")
  return read_object(scan, at, nil, {message = field.message, any = field.any})
end

local function read_one(scan, at, field)
  if field.message then
    expect(scan, at, OPEN_OBJECT, "an object is expected")
    return read_object(scan, at, scan.messages[field.message])
  end
  local character = byte(scan.text, at)
  if character == OPEN_OBJECT or character == OPEN_LIST then
    refuse_field(scan, "one value is expected")
  end
  return read_scalar(scan.text, at)
end

-- Reads what `field` takes: a map, a list, or one value; `listed` if it is one of a list.
-- null means "not given", which an element of a list cannot be.
function read_value(scan, at, field, listed)
  local several = (field.repeated or field.map) and not listed
  if field.any and not several then return read_anything(scan, at) end
  if byte(scan.text, at) == NULL then
    if listed then refuse_field(scan, "null is no element") end
    return read_scalar(scan.text, at)
  end
  if not several then return read_one(scan, at, field) end
  if field.map then return read_map(scan, at, field) end
  expect(scan, at, OPEN_LIST, "a list is expected")
  return read_list(scan, at, field)
end

local function read_body(scan, message)
  local bad = M.not_utf8(scan.text)
  if bad then malformed(bad, "not UTF-8") end
  local start = skip_space(scan.text, 1)
  if byte(scan.text, start) ~= OPEN_OBJECT then malformed(start, "an object is expected") end
  local after = skip_space(scan.text, read_object(scan, start, scan.messages[message]))
  if after <= #scan.text then malformed(after, "the body goes on after its end") end
end

-- Returns nil if `text` is an object that `message` (a name in `messages`) takes, else
-- {reason, message, field = path or nil, at = place in the text or nil}.
function M.check(text, message, messages)
  local scan = {text = text, messages = messages, path = {}, depth = 0}
  local taken, fault = pcall(read_body, scan, message)
  if taken then return nil end
  if type(fault) ~= "table" then error(fault, 0) end
  return fault
end

return M
