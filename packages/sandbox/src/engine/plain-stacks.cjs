// Loaded before a program that Node runs as it is. The SDK takes a stack trace for each promise and maps its frames through
// source maps: half of a preview's processor time. Type stripping keeps lines and columns, so there is nothing to map, and
// nobody reads a promise's trace unless PULUMI_DEBUG_PROMISE_LEAKS asks for it.
const Module = require("node:module");

const load = Module._load;
const patched = new WeakSet();

function withoutTraces(debuggable) {
  if (patched.has(debuggable) || debuggable.debugPromiseLeaks) return debuggable;
  patched.add(debuggable);
  const { debuggablePromise } = debuggable;
  debuggable.debuggablePromise = (promise, context) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
  return debuggable;
}

Module._load = function (request, ...rest) {
  if (request === "source-map-support/register") return {};
  const loaded = load.call(this, request, ...rest);
  return typeof loaded?.debuggablePromise === "function" ? withoutTraces(loaded) : loaded;
};
