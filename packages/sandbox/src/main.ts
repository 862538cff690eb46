#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// Before anything else is loaded: compiled modules, with their types already removed, come from the cache of the last run.
enableCompileCache();
const [{ makeCommandLine }, { UserError }] = await Promise.all([
  import("./commands/index.ts"),
  import("./engine/model.ts"),
]);

try {
  await makeCommandLine().parseAsync();
} catch (error) {
  // A user's mistake needs no stack trace; anything else is a fault of the sandbox and keeps its own.
  process.stderr.write(
    error instanceof UserError ? `error: ${error.message}\n` : `${(error as Error).stack ?? String(error)}\n`,
  );
  process.exitCode = 1;
}
