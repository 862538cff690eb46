import { mustMatch } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** gp3 costs a fifth less than gp2 for the same size, and its speed does not hang on it. */
export const ebsGp3 = resourceRule({
  id: "ebs-gp3",
  family: "cost",
  severity: "low",
  what: "General purpose volumes are gp3, not gp2.",
  why: "gp2 costs 25 % more, and is slow where it is small.",
  mend: "Set the volume's type to gp3.",
  frameworks: {},
  presets: ["strict"],
  types: [...T.ebsVolume, ...T.launchTemplate, ...T.instance, ...T.launchConfiguration],
  check({ type, props }, report) {
    const volumes = type.startsWith("aws:ebs/")
      ? [props.at("type")]
      : [
          props.at("rootBlockDevice", "volumeType"),
          ...props
            .at("ebsBlockDevices")
            .items()
            .map((device) => device.at("volumeType")),
          ...props
            .at("blockDeviceMappings")
            .items()
            .map((mapping) => mapping.at("ebs", "volumeType")),
        ];
    for (const volume of volumes) {
      mustMatch(report, volume, (name) => name !== "gp2", "is gp2", "fine");
    }
  },
});
