import { mustMatch } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** rds-ca-2015 ended in 2020, rds-ca-2019 in 2024. */
export const rdsCaCurrent = resourceRule({
  id: "rds-ca-current",
  family: "resilience",
  severity: "medium",
  what: "A database instance has a certificate of an authority that is valid.",
  why: "Clients that check certificates cannot connect once it has run out.",
  mend: "Leave caCertIdentifier out, or set it to rds-ca-rsa2048-g1, rds-ca-rsa4096-g1 or rds-ca-ecc384-g1.",
  frameworks: { nist: ["SC-8", "SC-17"], checkov: ["CKV_AWS_211"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.rdsInstance, ...T.rdsClusterInstance],
  check({ props }, report) {
    mustMatch(
      report,
      props.at("caCertIdentifier"),
      (name) => /^rds-ca-(rsa2048|rsa4096|ecc384)-g\d$/.test(name),
      "has run out",
      "fine",
    );
  },
});
