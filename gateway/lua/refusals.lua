-- Builds error bodies: the JSON form of a google.rpc.Status, as the services' own errors have it.

local M = {}

M.INVALID_ARGUMENT, M.NOT_FOUND, M.PERMISSION_DENIED, M.INTERNAL = 3, 5, 7, 13

local HTTP_STATUS = {
  [M.INVALID_ARGUMENT] = "400",
  [M.NOT_FOUND] = "404",
  [M.PERMISSION_DENIED] = "403",
  [M.INTERNAL] = "500",
}

M.UNKNOWN_PATH = {
  code = M.NOT_FOUND,
  reason = "UNKNOWN_PATH",
  message = "the API has no such path and method",
}
M.FAULT = {code = M.INTERNAL, reason = "INTERNAL_FAULT", message = "a fault of PersonaKit itself"}

local CUT_OFF = {
  code = 14,
  reason = "SERVICE_UNAVAILABLE",
  message = "the service stopped in the middle of the call",
  retry = true,
}
-- What it means that gRPC itself, and not a service's own code, ends a call: by gRPC code.
local FROM_GRPC = {
  [1] = CUT_OFF,
  [4] = {code = 4, reason = "DEADLINE_PASSED", message = "the call was not finished in time"},
  [8] = {
    code = 8,
    reason = "REQUEST_TOO_LARGE",
    message = "the request is larger than the service takes",
  },
  [14] = CUT_OFF,
}

local TYPE = '{"@type":"type.googleapis.com/google.rpc.'

-- A caller's own words are given back up to this length, in bytes.
local LONGEST = 200

local function escape(character)
  return string.format("\\u%04x", character:byte())
end

-- `text` is UTF-8; what is cut off is cut between characters.
local function quote(text)
  if #text > LONGEST then
    text = text:sub(1, LONGEST):gsub("[\192-\255][\128-\191]*$", "") .. "..."
  end
  return '"' .. text:gsub('[%c"\\]', escape) .. '"'
end

local function error_info(refusal)
  local metadata = {}
  for name, value in pairs(refusal.metadata or {}) do
    metadata[#metadata + 1] = quote(name) .. ":" .. quote(value)
  end
  return ('%sErrorInfo","reason":"%s","domain":"personakit","metadata":{%s}}'):format(
    TYPE, refusal.reason, table.concat(metadata, ","))
end

local function bad_request(refusal)
  return ('%sBadRequest","field_violations":[{"field":%s,"description":%s}]}'):format(
    TYPE, quote(refusal.field), quote(refusal.message))
end

-- `refusal` is {code, reason, message, field = path or nil, metadata = strings by name or nil,
-- retry = true if it is worth trying again in a second}.
function M.json(refusal)
  local details = {error_info(refusal)}
  local message = refusal.message
  if refusal.field then
    details[#details + 1] = bad_request(refusal)
    message = refusal.field .. ": " .. message
  end
  if refusal.retry then details[#details + 1] = TYPE .. 'RetryInfo","retry_delay":"1s"}' end
  return ('{"code":%d,"message":%s,"details":[%s]}'):format(
    refusal.code, quote(message), table.concat(details, ","))
end

-- Returns the refusal to tell a caller of when gRPC ended the call with this code, a number.
function M.from_grpc(code)
  return FROM_GRPC[code] or M.FAULT
end

function M.http_status(code)
  return HTTP_STATUS[code]
end

return M
