import type { GraphNode } from "../../graph/graph.ts";
import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** A task without a role of its own has none, and is fine. */
export const ecsTwoRoles = resourceRule({
  id: "ecs-two-roles",
  family: "workloads",
  severity: "medium",
  what: "An ECS task's own role differs from its execution role.",
  why: "The execution role reads secrets and images for ECS; the program inside should not.",
  mend: "Give the task a role of its own with what the program needs.",
  frameworks: { nist: ["AC-5", "AC-6"], checkov: ["CKV_AWS_249"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.ecsTaskDefinition,
  check({ props }, report) {
    const execution = props.at("executionRoleArn").text();
    const task = props.at("taskRoleArn").text();
    if (execution !== undefined && execution !== "" && execution === task && execution !== UNKNOWN) {
      report.broken("taskRoleArn", "is the execution role");
    } else if ((execution === UNKNOWN && task !== undefined) || (task === UNKNOWN && execution !== undefined)) {
      // Two unknown ARNs may be one: the graph tells which roles they come from.
      report.cannotTell("taskRoleArn", "may be the execution role", comesFromOtherRole);
    }
  },
});

function comesFromOtherRole(node: GraphNode): boolean {
  const execution = node.sources("executionRoleArn").map(({ urn }) => urn);
  const task = node.sources("taskRoleArn").map(({ urn }) => urn);
  return execution.length + task.length > 0 && !task.some((urn) => execution.includes(urn));
}
