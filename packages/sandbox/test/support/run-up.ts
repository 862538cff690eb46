/** `up` of a workspace in a process that a test can kill: `run-up.ts DIRECTORY PORT`. */
import { fileURLToPath } from "node:url";
import { runStacks } from "../../src/engine/stack-set.ts";
import { ReportBuilder } from "../../src/display/summary.ts";
import { readProject } from "../../src/project/project.ts";
import { join } from "node:path";

const [directory = fileURLToPath(new URL(".", import.meta.url)), port = "0"] = process.argv.slice(2);
await runStacks({
  kind: "up",
  project: readProject(directory),
  stacks: ["dev"],
  stateDirectory: join(directory, ".sandbox"),
  concurrency: 1,
  parallel: 4,
  targets: [],
  policyPacks: [],
  policyConfig: {},
  endpoints: Promise.resolve({ test: `127.0.0.1:${port}` }),
  events: (stack) => new ReportBuilder(stack, { diagnostic: ({ message }) => process.stderr.write(`${message}\n`) }),
  finished: (_stack, result) => {
    if (!result.succeeded) process.exitCode = 1;
  },
});
