import { mustMatch } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Not in baseline: a cache behind a seed load balancer must not lose a machine that is only slow to answer. */
export const asgHealthChecks = resourceRule({
  id: "asg-health-checks",
  family: "resilience",
  severity: "medium",
  what: "An Auto Scaling group behind a load balancer believes its health checks.",
  why: "A machine that runs but does not answer stays in service.",
  mend: "Set healthCheckType to ELB.",
  frameworks: { fsbp: ["AutoScaling.1"], nist: ["CP-10", "SI-13"] },
  presets: ["strict"],
  types: T.autoScalingGroup,
  check({ props }, report) {
    const attached = [props.at("targetGroupArns"), props.at("loadBalancers"), props.at("trafficSources")].some(
      (list) => list.items().length > 0,
    );
    if (attached) {
      mustMatch(report, props.at("healthCheckType"), (type) => /\bELB\b/.test(type), "is not ELB");
    }
  },
});
