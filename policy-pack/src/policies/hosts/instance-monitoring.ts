import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Costs a few dollars a month and instance. */
export const instanceMonitoring = resourceRule({
  id: "instance-monitoring",
  family: "hosts",
  severity: "low",
  what: "An instance is monitored by the minute.",
  why: "Five minutes hide the spikes that alarms are for.",
  mend: "Set monitoring to true.",
  frameworks: { nist: ["AU-6", "SI-4"], checkov: ["CKV_AWS_126"] },
  presets: ["strict"],
  types: T.instance,
  check({ props }, report) {
    mustBeOn(report, props.at("monitoring"), "metrics come every five minutes");
  },
});
