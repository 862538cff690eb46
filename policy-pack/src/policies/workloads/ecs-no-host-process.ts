import { mustMatch } from "../../model/expect.ts";
import { containerDefinitions } from "../../model/ecs.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** On the task, and in container definitions, where people write it by mistake. */
export const ecsNoHostProcess = resourceRule({
  id: "ecs-no-host-process",
  family: "workloads",
  severity: "high",
  what: "No ECS task or container shares the host's processes.",
  why: "It sees, and may stop, whatever runs on the host.",
  mend: "Leave pidMode out, or set it to task.",
  frameworks: { fsbp: ["ECS.3"], nist: ["AC-6"], checkov: ["CKV_AWS_335"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.ecsTaskDefinition,
  check({ props }, report) {
    mustMatch(report, props.at("pidMode"), (mode) => mode !== "host", "is host", "fine");
    for (const container of containerDefinitions(props)) {
      mustMatch(report, container.at("pidMode"), (mode) => mode !== "host", "is host", "fine");
    }
  },
});
