import { mustBeGiven } from "../../model/expect.ts";
import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** TCP and TLS groups check the connection. */
export const targetGroupHealthCheck = resourceRule({
  id: "target-group-health-check",
  family: "resilience",
  severity: "low",
  what: "An HTTP or HTTPS target group checks a path of its own.",
  why: "The default asks for /, which many services answer in any state.",
  mend: "Set healthCheck.path.",
  frameworks: { nist: ["CP-10", "SI-13"], checkov: ["CKV_AWS_261"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.targetGroup,
  check({ props }, report) {
    const protocol = props.at("protocol").text();
    if (protocol === UNKNOWN) {
      report.cannotTell("protocol");
    } else if (protocol === "HTTP" || protocol === "HTTPS") {
      mustBeGiven(report, props.at("healthCheck", "path"), "is not set", ["*"]);
    }
  },
});
