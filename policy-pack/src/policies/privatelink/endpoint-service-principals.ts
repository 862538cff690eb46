import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** `*` as a principal publishes the service to every AWS account. */
export const endpointServicePrincipals = resourceRule({
  id: "endpoint-service-principals",
  family: "privatelink",
  severity: "critical",
  what: "A VPC endpoint service names the principals that may connect, never everybody.",
  why: "With * every AWS account in the world may ask for a connection.",
  mend: "List the tenants' account or role ARNs, such as arn:aws:iam::111122223333:root.",
  frameworks: { fsbp: ["EC2.21"], nist: ["AC-3", "AC-6"], pci: ["7.2.1"], hipaa: ["164.312(a)(1)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.endpointService, ...T.endpointServiceAllowedPrincipal],
  check({ props }, report) {
    for (const principal of [...props.at("allowedPrincipals").items(), ...props.at("principalArn").items()]) {
      const text = principal.text();
      if (text === UNKNOWN) {
        report.cannotTell(principal);
      } else if (text !== undefined && (text.trim() === "*" || /^arn:[^:]*:iam::\*/.test(text))) {
        report.broken(principal, "stands for everybody");
      }
    }
  },
});
