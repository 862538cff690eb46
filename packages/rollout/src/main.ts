#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// Before anything else is loaded: compiled modules, with their types already removed, come from the cache of the last run.
enableCompileCache();
const [
  { makeCommandLine },
  { RefusedRequest },
  { ExitCode },
  { WavePlanError },
  { BrokenLog },
  { LockedError },
  { ReleaseError },
  { UsageError },
  { UserError },
] = await Promise.all([
  import("./commands/index.ts"),
  import("./core/machine.ts"),
  import("./core/summary.ts"),
  import("./core/wave-plan.ts"),
  import("./durable/audit-log.ts"),
  import("./durable/lock.ts"),
  import("./release/git.ts"),
  import("./commands/options.ts"),
  import("@mrgc/sandbox/host"),
]);

const mistakes = [RefusedRequest, WavePlanError, BrokenLog, LockedError, ReleaseError, UsageError, UserError];

try {
  await makeCommandLine().parseAsync();
} catch (error) {
  // A mistake needs no stack trace; anything else is a fault of this program and keeps its own.
  const expected = mistakes.some((kind) => error instanceof kind);
  process.stderr.write(
    expected ? `error: ${(error as Error).message}\n` : `${(error as Error).stack ?? String(error)}\n`,
  );
  process.exitCode = error instanceof LockedError ? ExitCode.Locked : ExitCode.Error;
}
