import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** With acceptance off, an allowed principal is connected the moment it asks. */
export const endpointServiceAcceptance = resourceRule({
  id: "endpoint-service-acceptance",
  family: "privatelink",
  severity: "high",
  what: "A VPC endpoint service accepts each connection by hand or by the tenant registry's automation.",
  why: "Without acceptance any principal on the list connects unseen, from any account of its own and in any number.",
  mend: "Set acceptanceRequired to true; the PrivateLinkService component accepts registered tenants by itself.",
  frameworks: { nist: ["AC-3", "AC-4"], pci: ["1.3.1"], hipaa: ["164.312(a)(1)"], checkov: ["CKV_AWS_123"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.endpointService,
  check({ props }, report) {
    mustBeOn(report, props.at("acceptanceRequired"), "connections are accepted unseen");
  },
});
