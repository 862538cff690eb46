// npm run drill -- [az|region|subnet|region-without-failover]: what a tenant sees of a failure, simulated.
// npm run drill -- --game-days [name ...] [--stack us-east-1] [--runs 50]: failures against the stack's recovery plan.
// npm run drill -- --sandbox [health-door|region-rebuilt]: failures in the sandbox, mended with its commands.
import { runNode, setUp } from "./setup.mjs";

const scripts = { "--game-days": "stacks/game-days.ts", "--sandbox": "packages/components/src/drills/sandbox-days.ts" };

const words = process.argv.slice(2);
const kind = Object.keys(scripts).find((word) => words.includes(word));
const script = kind === undefined ? "packages/components/src/drills/main.ts" : scripts[kind];

process.exitCode = await runNode([script, ...words.filter((word) => word !== kind)], await setUp());
