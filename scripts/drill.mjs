// npm run drill -- [az|region|subnet|region-without-failover]: what a tenant sees of a failure, simulated.
// npm run drill -- --game-days [name ...] [--stack us-east-1] [--runs 50]: failures against the stack's recovery plan.
import { runNode, setUp } from "./setup.mjs";

const gameDays = process.argv.includes("--game-days");
const script = gameDays ? "stacks/game-days.ts" : "packages/components/src/drills/main.ts";
const rest = process.argv.slice(2).filter((word) => word !== "--game-days");

process.exitCode = await runNode([script, ...rest], await setUp());
