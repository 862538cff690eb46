// npm run sandbox -- <command>: the sandbox's command line with everything set up.
import { runNode, setUp } from "./setup.mjs";

process.exitCode = await runNode(["packages/sandbox/src/main.ts", ...process.argv.slice(2)], await setUp());
