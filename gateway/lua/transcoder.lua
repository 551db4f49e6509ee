-- Puts the transcoder's refusals into the API's words: its own are one line of text.

local refusals = require("refusals")

local M = {}

-- What local replies of the transcoder are marked with on their way here (see gateway/replies.py).
M.CONTENT_TYPE = "application/x-transcoder-refusal"

local EXPECTED = {
  {"for type TYPE_U?INT", "a whole number in range is expected"},
  {"for type TYPE_DOUBLE", "a number is expected"},
  {"for type TYPE_BOOL", "true or false is expected"},
  {"for type TYPE_STRING", "a string is expected"},
  {"google%.protobuf%.Timestamp", "a time such as 2026-01-15T13:30:00Z is expected"},
  {"google%.protobuf%.Duration", "a duration such as 1.5s is expected"},
  {"for type oneof", "only one field of this kind may be given"},
  {"for type type%.googleapis%.com/personakit%.", "not one of the values of this field"},
}

local function expected(text)
  for _, known in ipairs(EXPECTED) do
    if text:find(known[1]) then return known[2] end
  end
  return text
end

-- Returns the field's path, from the body on if the body is one field of the request.
local function field_of(text, body)
  local path = text:match("^([%w_.%[%]]*): ")
  local oneof = text:match("Cannot set '([%w_]+)' for type oneof")
  if path and oneof then path = path .. "." .. oneof end
  if path and body then path = path:gsub("^" .. body .. "%.?", "") end
  return path ~= "" and path or nil
end

-- Returns reason, field (or nil) and message.
local function parts(details, text, body)
  local unknown = text:match('^Could not find field "([^"]*)"')
  if unknown then return "UNKNOWN_FIELD", unknown, "the API does not know this parameter" end
  local bound = text:match("of the field ([%w_.]+) is conflicting with the value")
  if bound then return "INVALID_FIELD", bound, "the path and the body differ" end
  -- Before the body is read, only the path and the query can be wrong.
  local reason = details:find("^early") and "INVALID_FIELD" or "MALFORMED_BODY"
  return reason, field_of(text, body), expected(text)
end

-- Returns what to tell the caller when the transcoder has refused a request. `reply` is its
-- response code details, a space, and its text; `body` is the field that the body is, or nil.
function M.refusal(reply, body)
  local details, text = reply:match("^(%S*) (.*)$")
  if details:find("{NOT_FOUND}", 1, true) then return refusals.UNKNOWN_PATH end
  local reason, field, message = parts(details, text, body)
  return {code = refusals.INVALID_ARGUMENT, reason = reason, field = field, message = message}
end

return M
