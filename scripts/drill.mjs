// npm run drill -- [az|region|subnet|region-without-failover]: what a tenant sees of a failure, simulated.
import { runNode, setUp } from "./setup.mjs";

process.exitCode = await runNode(["packages/components/src/drills/main.ts", ...process.argv.slice(2)], await setUp());
