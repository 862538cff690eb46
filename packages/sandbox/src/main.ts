#!/usr/bin/env node
import { makeCommandLine } from "./commands/index.ts";
import { UserError } from "./engine/model.ts";

try {
  await makeCommandLine().parseAsync();
} catch (error) {
  // A user's mistake needs no stack trace; anything else is a fault of the sandbox and keeps its own.
  process.stderr.write(
    error instanceof UserError ? `error: ${error.message}\n` : `${(error as Error).stack ?? String(error)}\n`,
  );
  process.exitCode = 1;
}
