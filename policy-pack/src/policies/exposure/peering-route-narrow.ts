import { isInternet, parseCidr } from "../../model/cidr.ts";
import { type Field, UNKNOWN } from "../../model/field.ts";
import { type Report, resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Inline routes and route resources alike. */
export const peeringRouteNarrow = resourceRule({
  id: "peering-route-narrow",
  family: "exposure",
  severity: "high",
  what: "A route to a VPC peering connection names the peer's ranges, never everything.",
  why: "The peer would see, and could answer, traffic that is meant for others.",
  mend: "Route the peer's own CIDR blocks.",
  frameworks: { cis: ["5.5"], nist: ["AC-4", "SC-7"], pci: ["1.3.2"], checkov: ["CKV2_AWS_44"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.route, ...T.routeTable],
  check({ type, props }, report) {
    if ((T.route as readonly string[]).includes(type)) {
      reportRoute(props, ["destinationCidrBlock", "destinationIpv6CidrBlock"], report);
    } else {
      for (const route of props.at("routes").items()) {
        reportRoute(route, ["cidrBlock", "ipv6CidrBlock"], report);
      }
    }
  },
});

function reportRoute(route: Field, destinations: readonly string[], report: Report): void {
  if (route.at("vpcPeeringConnectionId").isUnset) {
    return;
  }
  for (const destination of destinations) {
    const text = route.at(destination).text();
    const range = text === UNKNOWN || text === undefined ? undefined : parseCidr(text);
    if (text === UNKNOWN) {
      report.cannotTell(route.at(destination));
    } else if (range !== undefined && isInternet([range])) {
      report.broken(route.at(destination), "sends everything to a peer");
    }
  }
}
