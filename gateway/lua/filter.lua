-- What the gateway does to requests ahead of the transcoder, and to responses after it.

local fields = require("fields")
local origins = require("origins")
local refusals = require("refusals")
local strict_json = require("strict_json")
local transcoder = require("transcoder")

local M = {}

local METADATA = "personakit"
local LARGE = 262144

-- What the gateway answers from files; see the routes in envoy.yaml.
local PAGES = {
  ["/openapi.json"] = true,
  ["/docs"] = true,
  ["/docs/start.js"] = true,
  ["/docs/swagger-ui-bundle.js"] = true,
  ["/docs/swagger-ui.css"] = true,
}
local PATH_NOT_UTF8 = {
  code = refusals.INVALID_ARGUMENT,
  reason = "INVALID_FIELD",
  message = "the path is not UTF-8",
}
local NO_BODY_TAKEN = {
  code = refusals.INVALID_ARGUMENT,
  reason = "MALFORMED_BODY",
  message = "this path and method take no body",
}

local function random_seed()
  local source = assert(io.open("/dev/urandom", "rb"))
  local a, b, c, d = source:read(4):byte(1, 4)
  source:close()
  return ((a * 256 + b) * 256 + c) * 256 + d
end

math.randomseed(random_seed())

-- Envoy makes the id of a request that brings none; one that is no plain word is made anew here.
local function check_request_id(headers)
  local id = headers:get("x-request-id")
  if id and #id <= 128 and id:find("^[%w._:-]+$") then return end
  local parts = {}
  for part = 1, 4 do parts[part] = string.format("%08x", math.random(0, 0xffffffff)) end
  headers:replace("x-request-id", table.concat(parts))
end

local function is_grpc(headers)
  local content_type = headers:get("content-type") or ""
  return content_type == "application/grpc" or content_type:find("^application/grpc[+;]") ~= nil
end

local function unescape(path)
  return (path:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- Returns what is known of the path and method, or nil.
local function rule_for(method, path)
  if method == "GET" and PAGES[path] then return {} end
  for _, rule in ipairs(fields.rules[method] or {}) do
    if path:find(rule.pattern) then return rule end
  end
end

-- Returns where in the text `at` is, for a person: {line = ..., column = ...}, in bytes.
local function place(text, at)
  local line, start = 1, 1
  local newline = text:find("\n", 1, true)
  while newline and newline < at do
    line, start = line + 1, newline + 1
    newline = text:find("\n", start, true)
  end
  return {line = tostring(line), column = tostring(at - start + 1)}
end

local function check_text(text, rule)
  local fault = strict_json.check(text, rule.message, fields.messages)
  if not fault then return nil end
  fault.code = refusals.INVALID_ARGUMENT
  if fault.at then
    local found = place(text, fault.at)
    fault.message = ("malformed JSON at line %s, column %s: %s"):format(
      found.line, found.column, fault.message)
    fault.metadata = found
  end
  return fault
end

local function check_body(handle, rule)
  local body = handle:body()
  local length = body and body:length() or 0
  if length == 0 then return nil end
  if not rule.body then return NO_BODY_TAKEN end
  local refusal = check_text(body:getBytes(0, length), rule)
  -- Lua would keep dozens of large copies before it looks what may go.
  if length > LARGE then collectgarbage() end
  return refusal
end

-- Returns why the request is refused, or nil.
local function check_json(handle, headers)
  local path = headers:get(":path")
  local rule = rule_for(headers:get(":method"), path:match("^[^?]*"))
  if not rule then return refusals.UNKNOWN_PATH end
  if strict_json.not_utf8(unescape(path)) then return PATH_NOT_UTF8 end
  if rule.body and rule.body ~= "*" then
    handle:streamInfo():dynamicMetadata():set(METADATA, "body", rule.body)
  end
  return check_body(handle, rule)
end

-- Answers a JSON caller, and ends the request.
local function refuse(handle, refusal)
  handle:respond({[":status"] = refusals.http_status(refusal.code)}, refusals.json(refusal))
end

local function check(handle, settings)
  local headers = handle:headers()
  check_request_id(headers)
  local grpc = is_grpc(headers)
  local foreign = settings.local_only and origins.refusal(headers, settings.allowed_origins)
  -- What Envoy makes of this for gRPC is in gateway/replies.py.
  if foreign and grpc then return handle:respond({[":status"] = "403"}, foreign.message) end
  local refusal = foreign or not grpc and check_json(handle, headers)
  if refusal then refuse(handle, refusal) end
end

-- Returns what this filter needs to know of the set-up. `named_origins` are separated by spaces;
-- `too_large` is what a gRPC caller is told of a message that is too large: {message, details in
-- base 64}.
function M.settings(local_only, named_origins, too_large)
  local allowed = {}
  for origin in named_origins:gmatch("%S+") do allowed[origin] = true end
  return {local_only = local_only, allowed_origins = allowed, too_large = too_large}
end

function M.on_request(handle, settings)
  local done, fault = pcall(check, handle, settings)
  if done then return end
  -- Envoy lets a request pass whose script failed.
  handle:logErr(tostring(fault))
  refuse(handle, refusals.FAULT)
end

local function say_degraded(headers)
  headers:remove("x-personakit-status")
  if not is_grpc(headers) then headers:replace(":status", "503") end
end

local function translate(handle)
  local body = handle:body()
  local about = handle:streamInfo():dynamicMetadata():get(METADATA) or {}
  local refusal = transcoder.refusal(body:getBytes(0, body:length()), about.body)
  body:setBytes(refusals.json(refusal))
  -- Headers that were asked for before the body are out of date here.
  local headers = handle:headers()
  headers:replace(":status", refusals.http_status(refusal.code))
  headers:replace("content-type", "application/json")
end

-- An error without details is gRPC's own: the service was cut off, or failed outside of its code.
-- What it says is for a log, and a caller of this API is owed a reason.
local function give_reason(handle)
  local body = handle:body()
  local code = body and body:getBytes(0, body:length()):match('^{"code":(%d+),.*"details":%[%]}$')
  if code then body:setBytes(refusals.json(refusals.from_grpc(tonumber(code)))) end
end

-- The same for gRPC, which refuses a message by itself, before any service's code, for its size only.
local function give_grpc_reason(headers, too_large)
  local bare = headers:get("grpc-status") == "8" and not headers:get("grpc-status-details-bin")
  if not bare then return end
  headers:replace("grpc-message", too_large.message)
  headers:add("grpc-status-details-bin", too_large.details)
end

function M.on_response(handle, settings)
  local headers = handle:headers()
  if is_grpc(headers) then give_grpc_reason(headers, settings.too_large) end
  if headers:get("x-personakit-status") then say_degraded(headers) end
  local content_type = headers:get("content-type")
  if content_type == transcoder.CONTENT_TYPE then return translate(handle) end
  local failed = headers:get(":status"):find("^[45]")
  if failed and content_type == "application/json" then give_reason(handle) end
end

return M
