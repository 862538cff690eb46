import { mustCount } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { matchesName } from "../../model/names.ts";
import { T } from "../../tokens.ts";

/** One is the default of EC2. */
export const metadataHopLimit = resourceRule({
  id: "metadata-hop-limit",
  family: "hosts",
  severity: "medium",
  what: "Metadata answers travel one hop: a container on the machine cannot fetch the machine's credentials.",
  why: "With two hops a pod or container gets the role of its host.",
  mend: "Set metadataOptions.httpPutResponseHopLimit to 1, or name the template in the rule's setting where pods need it.",
  frameworks: { fsbp: ["EC2.170", "AutoScaling.4"], nist: ["AC-6", "CM-2"], checkov: ["CKV_AWS_341"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: {
      twoHops: {
        type: "array",
        items: { type: "string" },
        default: ["*-nodes"],
        description:
          "Logical names of templates of Kubernetes nodes, whose pods (CSI drivers among them) ask for metadata; * at either end stands for anything.",
      },
    },
  },
  types: [...T.launchTemplate, ...T.launchConfiguration, ...T.instance],
  check({ props, name }, report, config) {
    const most = (config["twoHops"] as string[]).some((pattern) => matchesName(pattern, name)) ? 2 : 1;
    mustCount(
      report,
      props.at("metadataOptions", "httpPutResponseHopLimit"),
      (hops) => hops <= most,
      `is more than ${most}`,
      "fine",
    );
  },
});
