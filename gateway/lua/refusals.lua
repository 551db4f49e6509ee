-- Builds error bodies: the JSON form of a google.rpc.Status, as the services' own errors have it.

local M = {}

M.INVALID_ARGUMENT, M.NOT_FOUND, M.PERMISSION_DENIED, M.INTERNAL = 3, 5, 7, 13

local HTTP_STATUS = {
  [M.INVALID_ARGUMENT] = "400",
  [M.NOT_FOUND] = "404",
  [M.PERMISSION_DENIED] = "403",
  [M.INTERNAL] = "500",
}

-- What it means that gRPC itself, and not a service's own code, ends a call: by gRPC code.
local FROM_GRPC = {
  [1] = {code = 14, reason = "SERVICE_UNAVAILABLE", message = "the service stopped in the middle of the call", retry = true},
  [4] = {code = 4, reason = "DEADLINE_PASSED", message = "the call was not finished in time"},
  [8] = {code = 8, reason = "REQUEST_TOO_LARGE", message = "the request is larger than the service takes"},
  [14] = {code = 14, reason = "SERVICE_UNAVAILABLE", message = "the service stopped in the middle of the call", retry = true},
}
local FAULT = {code = M.INTERNAL, reason = "INTERNAL_FAULT", message = "a fault of PersonaKit itself"}

local TYPE = '{"@type":"type.googleapis.com/google.rpc.'

-- A caller's own words are given back up to this length, in bytes.
local LONGEST = 200

local function escape(character)
  return string.format("\\u%04x", character:byte())
end

-- `text` is UTF-8; what is cut off is cut between characters.
local function quote(text)
  if #text > LONGEST then text = text:sub(1, LONGEST):gsub("[\192-\255][\128-\191]*$", "") .. "..." end
  return '"' .. text:gsub('[%c"\\]', escape) .. '"'
end

-- `refusal` is {code, reason, message, field = path or nil, metadata = strings by name or nil, retry = true
-- if it is worth trying again in a second}.
function M.json(refusal)
  local metadata = {}
  for name, value in pairs(refusal.metadata or {}) do
    metadata[#metadata + 1] = quote(name) .. ":" .. quote(value)
  end
  local details = TYPE .. 'ErrorInfo","reason":"' .. refusal.reason
    .. '","domain":"personakit","metadata":{' .. table.concat(metadata, ",") .. "}}"
  if refusal.field then
    details = details .. "," .. TYPE .. 'BadRequest","field_violations":[{"field":' .. quote(refusal.field)
      .. ',"description":' .. quote(refusal.message) .. "}]}"
  end
  if refusal.retry then details = details .. "," .. TYPE .. 'RetryInfo","retry_delay":"1s"}' end
  local message = refusal.field and refusal.field .. ": " .. refusal.message or refusal.message
  return '{"code":' .. refusal.code .. ',"message":' .. quote(message) .. ',"details":[' .. details .. "]}"
end

-- Returns the refusal to tell a caller of when gRPC ended the call with this code, a number.
function M.from_grpc(code)
  return FROM_GRPC[code] or FAULT
end

function M.http_status(code)
  return HTTP_STATUS[code]
end

return M
