import { mustBeOff } from "../../model/expect.ts";
import { containerDefinitions } from "../../model/ecs.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Container definitions are JSON text. */
export const ecsNotPrivileged = resourceRule({
  id: "ecs-not-privileged",
  family: "workloads",
  severity: "critical",
  what: "No ECS container is privileged.",
  why: "A privileged container is root on its host.",
  mend: "Remove privileged.",
  frameworks: { fsbp: ["ECS.4"], nist: ["AC-6"], pci: ["2.2.6"], checkov: ["CKV_AWS_334"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.ecsTaskDefinition,
  check({ props }, report) {
    for (const container of containerDefinitions(props)) {
      mustBeOff(report, container.at("privileged"), "the container owns its host");
      // A misspelling that AWS ignores and checkov looks for: whoever wrote it meant it.
      mustBeOff(report, container.at("privilege"), "the container is meant to own its host");
    }
  },
});
