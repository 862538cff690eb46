import { mustBeGiven, mustBeOn } from "../../model/expect.ts";
import { type Field, UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Endpoint services of others have names of their own. */
export const interfaceEndpointPrivate = resourceRule({
  id: "interface-endpoint-private",
  family: "privatelink",
  severity: "high",
  what: "An interface endpoint carries security groups of its own and, for AWS services, private DNS.",
  why: "Without a group it joins the VPC's default group; without private DNS, clients quietly go to the public endpoint.",
  mend: "Set securityGroupIds, and privateDnsEnabled to true for AWS services.",
  frameworks: { nist: ["AC-4", "SC-7"], pci: ["1.4.4"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.vpcEndpoint,
  check({ props }, report) {
    const type = props.at("vpcEndpointType").text();
    if (type === UNKNOWN) {
      report.cannotTell("vpcEndpointType");
    } else if (type === "Interface") {
      mustBeGiven(
        report,
        props.at("securityGroupIds"),
        "names no security group, so the VPC's default one applies",
        T.securityGroup,
      );
      if (isOfAws(props)) {
        mustBeOn(report, props.at("privateDnsEnabled"), "clients go to the service's public endpoint");
      }
    }
  },
});

/** Another account's service is named `com.amazonaws.vpce.<region>.vpce-svc-...`. */
function isOfAws(props: Field): boolean {
  const service = props.at("serviceName").text();
  return (
    typeof service === "string" && service.startsWith("com.amazonaws.") && !service.startsWith("com.amazonaws.vpce.")
  );
}
