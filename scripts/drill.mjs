// npm run drill -- ...: failures, simulated or played in the sandbox. The usage below says which.
import { runNode, setUp } from "./setup.mjs";

const usage = `npm run drill -- [az|region|subnet|region-without-failover ...]
  What a tenant sees of a failure, simulated. Without a name: all of them.
npm run drill -- --game-days [name ...] [--stack us-east-1] [--runs 50]
  Failures in virtual time, against the recovery plan of a stack. Without a name: all of them.
npm run drill -- --sandbox [health-door|region-rebuilt ...]
  Failures in the sandbox, mended with its commands; some minutes.

Exit codes: 0 all is as the plan says, 1 something is not, 2 a mistake in the call. See docs/drills.md.`;

const scripts = { "--game-days": "stacks/game-days.ts", "--sandbox": "packages/components/src/drills/sandbox-days.ts" };

const words = process.argv.slice(2);
if (words.includes("--help") || words.includes("-h")) {
  process.stdout.write(`${usage}\n`);
} else {
  const kind = Object.keys(scripts).find((word) => words.includes(word));
  const script = kind === undefined ? "packages/components/src/drills/main.ts" : scripts[kind];
  process.exitCode = await runNode([script, ...words.filter((word) => word !== kind)], await setUp());
}
