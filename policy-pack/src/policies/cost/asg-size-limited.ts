import { mustCount } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** What an alarm in a loop can start is what the maximum says. */
export const asgSizeLimited = resourceRule({
  id: "asg-size-limited",
  family: "cost",
  severity: "medium",
  what: "No Auto Scaling group or node group may grow beyond the configured number of machines.",
  why: "A wrong metric starts machines until the maximum is reached, and they are paid for.",
  mend: "Lower maxSize, or raise the rule's setting `machines` with whoever pays.",
  frameworks: { nist: ["SC-5", "SC-6"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: { machines: { type: "integer", minimum: 1, default: 1000, description: "Most machines a group." } },
  },
  types: [...T.autoScalingGroup, ...T.eksNodeGroup],
  check({ type, props }, report, config) {
    const most = Number(config["machines"]);
    const isNodeGroup = (T.eksNodeGroup as readonly string[]).includes(type);
    const size = isNodeGroup ? props.at("scalingConfig", "maxSize") : props.at("maxSize");
    mustCount(report, size, (machines) => machines <= most, `is more than ${most}`, "fine");
  },
});
