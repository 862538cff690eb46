import { mustBeOff } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Where each type that starts tasks says whether they get an address. */
const places: readonly { types: readonly string[]; path: string[] }[] = [
  { types: [...T.ecsService, "aws:ecs/taskSet:TaskSet"], path: ["networkConfiguration"] },
  { types: T.eventTarget, path: ["ecsTarget", "networkConfiguration"] },
  { types: T.schedule, path: ["target", "ecsParameters", "networkConfiguration"] },
  {
    types: T.pipe,
    path: ["targetParameters", "ecsTaskParameters", "networkConfiguration", "awsVpcConfiguration"],
  },
];

/** Tasks have network interfaces of their own, and a public subnet alone does not give them an address. */
export const ecsServiceNoPublicIp = resourceRule({
  id: "ecs-service-no-public-ip",
  family: "private-placement",
  severity: "high",
  what: "An ECS service, task set, schedule, event rule or pipe assigns no public IP address to its tasks.",
  why: "A task with a public address is reachable past the load balancer in front of it.",
  mend: "Set networkConfiguration.assignPublicIp to false and reach AWS through VPC endpoints or a NAT gateway.",
  frameworks: { fsbp: ["ECS.2"], nist: ["AC-4", "SC-7"], pci: ["1.4.4"], checkov: ["CKV_AWS_333"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: places.flatMap(({ types }) => types),
  check({ type, props }, report) {
    const { path = [] } = places.find(({ types }) => types.includes(type)) ?? {};
    const field = props.at(...path, "assignPublicIp");
    if (field.text() === "ENABLED") {
      report.broken(field, "is ENABLED, so every task gets a public address");
      return;
    }
    mustBeOff(report, field, "every task gets a public address");
  },
});
