import { UNKNOWN } from "../../model/field.ts";
import { isSpotFleet, machinesOf } from "../../model/machines.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Metadata service version 2, or none at all. */
export const imdsv2 = resourceRule({
  id: "imdsv2",
  family: "hosts",
  severity: "high",
  what: "Machines answer metadata requests only with a session token (IMDSv2), or not at all.",
  why: "With version 1 a server-side request forgery reads the machine's credentials.",
  mend: 'Set metadataOptions.httpTokens to "required".',
  frameworks: {
    cis: ["5.6"],
    fsbp: ["EC2.8", "EC2.170", "AutoScaling.3"],
    nist: ["AC-3", "AC-6"],
    pci: ["2.2.6"],
    checkov: ["CKV_AWS_79"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.instance, ...T.launchTemplate, ...T.launchConfiguration, ...T.spotFleet],
  check({ type, props }, report) {
    if (isSpotFleet(type)) {
      for (const machine of machinesOf(type, props)) {
        report.broken(machine, "cannot ask for a token; a launch template (launchTemplateConfigs) can");
      }
      return;
    }
    const options = props.at("metadataOptions");
    const endpoint = options.at("httpEndpoint").text();
    const tokens = options.at("httpTokens").text();
    if (endpoint === "disabled" || tokens === "required") {
      return;
    }
    if (tokens === UNKNOWN || endpoint === UNKNOWN) {
      report.cannotTell(tokens === UNKNOWN ? options.at("httpTokens") : options.at("httpEndpoint"));
    } else {
      report.broken(options.at("httpTokens"), "is not required, so version 1 answers as well");
    }
  },
});
