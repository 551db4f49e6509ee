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
  if oneof then path = path .. "." .. oneof end
  if path and body then path = path:gsub("^" .. body .. "%.?", "") end
  return path ~= "" and path or nil
end

local function refusal(details, text, body)
  if details:find("{NOT_FOUND}", 1, true) then
    return {code = refusals.NOT_FOUND, reason = "UNKNOWN_PATH", message = "the API has no such path and method"}
  end
  local unknown = text:match('^Could not find field "([^"]*)"')
  if unknown then return {reason = "UNKNOWN_FIELD", field = unknown, message = "the API does not know this parameter"} end
  local bound = text:match("of the field ([%w_.]+) is conflicting with the value")
  if bound then return {reason = "INVALID_FIELD", field = bound, message = "the path and the body differ"} end
  -- Before the body is read, the transcoder can only have stumbled over the path and the query.
  local reason = details:find("^early") and "INVALID_FIELD" or "MALFORMED_BODY"
  return {reason = reason, field = field_of(text, body), message = expected(text)}
end

-- Returns HTTP status and JSON body for a refusal of the transcoder: `reply` is its response code details,
-- a space, and its text. `body` is the request's field that the body stands for, or nil.
function M.answer(reply, body)
  local details, text = reply:match("^(%S*) (.*)$")
  local answer = refusal(details, text, body)
  answer.code = answer.code or refusals.INVALID_ARGUMENT
  return refusals.http_status(answer.code), refusals.json(answer)
end

return M
