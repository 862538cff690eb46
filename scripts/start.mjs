// npm start: the whole product in the sandbox, policies included.
import { runNode, setUp } from "./setup.mjs";

const command = ["packages/sandbox/src/main.ts", "up", "--all", "--policy-pack", "policy-pack"];
process.exitCode = await runNode([...command, ...process.argv.slice(2)], await setUp());
