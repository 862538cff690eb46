import { containerDefinitions } from "../../model/ecs.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** The log router itself (firelensConfiguration) too. */
export const ecsLogs = resourceRule({
  id: "ecs-logs",
  family: "workloads",
  severity: "medium",
  what: "ECS containers send their logs somewhere.",
  why: "When a task stops, what it printed is gone.",
  mend: "Set logConfiguration (awslogs or awsfirelens).",
  frameworks: { fsbp: ["ECS.9"], nist: ["AU-2", "AU-12"], pci: ["10.2.1"], hipaa: ["164.312(b)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.ecsTaskDefinition,
  check({ props }, report) {
    for (const container of containerDefinitions(props)) {
      const logs = container.at("logConfiguration");
      if (logs.isUnknown) {
        report.cannotTell(logs);
      } else if (logs.isUnset || logs.at("logDriver").isUnset || logs.at("logDriver").text() === "none") {
        report.broken(logs, "is not set");
      }
    }
  },
});
