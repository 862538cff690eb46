import { mustMatch } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Mutable by default. */
export const ecrImmutableTags = resourceRule({
  id: "ecr-immutable-tags",
  family: "workloads",
  severity: "medium",
  what: "An image repository keeps a tag's image.",
  why: "A tag that can be moved makes yesterday's review worthless.",
  mend: "Set imageTagMutability to IMMUTABLE.",
  frameworks: { fsbp: ["ECR.2"], nist: ["CM-2", "SI-7"], checkov: ["CKV_AWS_51"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.ecrRepository,
  check({ props }, report) {
    mustMatch(report, props.at("imageTagMutability"), (mode) => mode === "IMMUTABLE", "lets a tag be moved");
  },
});
