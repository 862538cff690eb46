// Loaded before a program that Node runs as it is. The SDK maps every frame of every stack trace through source maps, and
// it takes a trace for each promise: a third of a preview's processor time. Type stripping keeps lines and columns, so
// there is nothing to map.
const Module = require("node:module");

const load = Module._load;
Module._load = function (request, ...rest) {
  return request === "source-map-support/register" ? {} : load.call(this, request, ...rest);
};
