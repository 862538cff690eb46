// Loaded before every program and policy pack. It takes out of @pulumi/pulumi what no run of the embedded engine shows or uses,
// and what took more than half of a preview's processor time.
const Module = require("node:module");
const { env } = require("node:process");

const load = Module._load;
const changed = new WeakSet();

/** What is needed for serialized closures, the Automation API and awsx's old components only, and who asks for it at the start. */
const rarelyUsed = new Map([
  ["@npmcli/arborist", /@pulumi[\\/]pulumi[\\/]runtime[\\/]closure[\\/]codePaths\.js$/],
  ["typescript", /@pulumi[\\/]pulumi[\\/]typescript-shim\.js$/],
  ["./automation", /@pulumi[\\/]pulumi[\\/]index\.js$/],
  ["./classic", /@pulumi[\\/]awsx[\\/]index\.js$/],
]);

/** Stands in for a module, and loads it when something of it is used. */
function whenUsed(loadModule) {
  let loaded;
  const real = () => (loaded ??= loadModule());
  return new Proxy(
    {},
    {
      // Compiled imports look for this mark: what has none is copied, and so loaded, at once.
      get: (_, key) => (key === "__esModule" ? true : real()[key]),
      has: (_, key) => key in real(),
      ownKeys: () => Reflect.ownKeys(real()),
      getOwnPropertyDescriptor: (_, key) => {
        const descriptor = Object.getOwnPropertyDescriptor(real(), key);
        return descriptor && { ...descriptor, configurable: true };
      },
    },
  );
}

/**
 * The SDK takes a stack trace for each promise. Nobody reads it unless PULUMI_DEBUG_PROMISE_LEAKS asks for it.
 */
function withoutTraces(debuggable) {
  if (debuggable.debugPromiseLeaks) return;
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
}

/** The SDK sends about four debug messages a resource, each after the answer to the one before. No display shows them. */
function withoutDebugMessages(log) {
  log.debug = () => Promise.resolve();
}

/** How the SDK's own modules ask for those that are changed, and by which export they are told from others of that name. */
const changes = [
  { request: /\/debuggable$/, exports: "debuggablePromise", change: withoutTraces },
  { request: /\/log$/, exports: "hasErrors", change: withoutDebugMessages },
];

Module._load = function (request, parent, ...rest) {
  // Plain programs are run as they are written: type stripping keeps lines and columns, so there is nothing to map.
  if (request === "source-map-support/register" && env.PULUMI_NODEJS_TYPESCRIPT !== "true") return {};
  if (rarelyUsed.get(request)?.test(parent?.filename ?? "")) {
    Module._resolveFilename(request, parent); // what is not installed is missed at once, as it would be
    return whenUsed(() => load.call(this, request, parent, ...rest));
  }
  const loaded = load.call(this, request, parent, ...rest);
  const change = changes.find((candidate) => candidate.request.test(request));
  // In a circle of imports a module is seen before it has its exports.
  if (change && loaded?.[change.exports] && !changed.has(loaded)) {
    changed.add(loaded);
    change.change(loaded);
  }
  return loaded;
};
