// npm run rollout -- [command]: a release to all stacks, wave by wave, with everything set up.
import { runNode, setUp } from "./setup.mjs";

// Each release sets itself up, with the package manager that it asks for.
const prepare = `node --input-type=module --eval "import('./scripts/setup.mjs').then(({ setUp }) => setUp())"`;
const env = { ROLLOUT_PREPARE: prepare, ROLLOUT_COMMAND: "npm run rollout --", ...(await setUp()) };
process.exitCode = await runNode(["packages/rollout/src/main.ts", ...process.argv.slice(2)], env);
