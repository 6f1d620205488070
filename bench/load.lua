-- Requests from a file, one a line: method, path, headers as `Name: value` joined by `|`, and body, apart by tabs.
-- `{unique}` in a header becomes another text each time. Says at the end, in JSON, what came of them.

local lines, ready, at, count, run = {}, {}, 0, 0, ""

local function made(line)
  local method, path, given, body = line:match("([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)")
  local headers = {}
  for name, value in given:gmatch("([^|:]+): ([^|]*)") do headers[name] = value end
  return wrk.format(method, path, headers, body ~= "" and body or nil)
end

function init(arguments)
  for line in io.lines(arguments[1]) do lines[#lines + 1] = line end
  at, run = tonumber(arguments[2]), arguments[3]
end

function request()
  at = at % #lines + 1
  ready[at] = ready[at] or made(lines[at])
  if not lines[at]:find("{unique}", 1, true) then return ready[at] end
  count = count + 1
  return (ready[at]:gsub("{unique}", run .. "-" .. count))
end

function done(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout))
end
