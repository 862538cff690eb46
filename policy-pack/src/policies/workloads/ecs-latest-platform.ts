import { mustMatch } from "../../model/expect.ts";
import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** For the launch type FARGATE. */
export const ecsLatestPlatform = resourceRule({
  id: "ecs-latest-platform",
  family: "workloads",
  severity: "low",
  what: "Fargate services run on the latest platform version.",
  why: "Older ones miss security patches and, in the end, start no tasks.",
  mend: "Leave platformVersion out, or set it to LATEST.",
  frameworks: { fsbp: ["ECS.10"], nist: ["SI-2"], checkov: ["CKV_AWS_332"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.ecsService,
  check({ props }, report) {
    const launchType = props.at("launchType").text();
    if (launchType === UNKNOWN) {
      report.cannotTell("launchType");
    } else if (launchType === "FARGATE") {
      mustMatch(
        report,
        props.at("platformVersion"),
        (version) => version === "LATEST",
        "is pinned to an older version",
        "fine",
      );
    }
  },
});
