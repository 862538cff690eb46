// Pulumi loads a pack's `main` with ts-node on, which would take TypeScript sources as CommonJS and check their types at every
// start. From here on Node itself reads them.
import "./src/index.ts";
