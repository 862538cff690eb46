import { mustBeOn } from "../../model/expect.ts";
import { containerDefinitions } from "../../model/ecs.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Every container of the task. */
export const ecsReadOnlyRoot = resourceRule({
  id: "ecs-read-only-root",
  family: "workloads",
  severity: "medium",
  what: "ECS containers have a read-only root file system.",
  why: "An intruder cannot leave programs behind.",
  mend: "Set readonlyRootFilesystem to true and mount a volume where the program writes.",
  frameworks: { fsbp: ["ECS.5"], nist: ["CM-5"], checkov: ["CKV_AWS_336"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.ecsTaskDefinition,
  check({ props }, report) {
    for (const container of containerDefinitions(props)) {
      mustBeOn(report, container.at("readonlyRootFilesystem"), "programs can be left behind");
    }
  },
});
