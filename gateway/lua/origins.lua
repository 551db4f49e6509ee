-- Tells a request of this machine's own programs and pages from one of a page elsewhere.
--
-- Without tokens, the browser is the way in: a page elsewhere can name this port by DNS rebinding
-- (then the Host is foreign) or post to it unasked (then the Origin is, or Sec-Fetch-Site says so).

local refusals = require("refusals")

local M = {}

local LOOPBACK = {["localhost"] = true, ["127.0.0.1"] = true, ["[::1]"] = true}
local function foreign(message)
  return {code = refusals.PERMISSION_DENIED, reason = "FOREIGN_ORIGIN", message = message}
end

local FOREIGN_HOST = foreign("this gateway answers on this machine only, as localhost")
local FOREIGN_PAGE = foreign("pages of this origin are not allowed")
local FOREIGN_SITE = foreign("pages of other sites are not allowed")
local OWN_SITE = {["same-origin"] = true, ["none"] = true}

-- Returns the port of a loopback authority ("" when it names none), or nil for any other.
local function loopback_port(authority)
  local host, port = authority:lower():match("^(%[[%x:]+%]):?(%d*)$")
  if not host then host, port = authority:lower():match("^([^:]+):?(%d*)$") end
  return LOOPBACK[host] and port
end

local function foreign_origin(origin, port, allowed)
  local own = origin:match("^http://(.+)$")
  return not allowed[origin] and not (own and loopback_port(own) == port)
end

-- Returns why the request is refused, or nil. `allowed` has the named origins as its keys.
function M.refusal(headers, allowed)
  local port = loopback_port(headers:get(":authority") or "")
  if not port then return FOREIGN_HOST end
  local origin = headers:get("origin")
  if origin then return foreign_origin(origin, port, allowed) and FOREIGN_PAGE or nil end
  return not OWN_SITE[headers:get("sec-fetch-site") or "none"] and FOREIGN_SITE or nil
end

return M
