#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// Before anything else is loaded: compiled modules, with their types already removed, come from the cache of the last run.
enableCompileCache();
const [{ makeCommandLine }, { asUserError }] = await Promise.all([
  import("./commands/index.ts"),
  import("./engine/system-errors.ts"),
]);

// A reader that has seen enough (`| head`) ends no run: its state still has to be written.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

try {
  await makeCommandLine().parseAsync();
} catch (error) {
  // A user's mistake needs no stack trace; anything else is a fault of the sandbox and keeps its own.
  const mistake = asUserError(error);
  process.stderr.write(mistake ? `error: ${mistake.message}\n` : `${(error as Error).stack ?? String(error)}\n`);
  process.exitCode = 1;
}
