import { stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** A stack with one zone needs one. */
export const natPerZone = stackRule({
  id: "nat-per-zone",
  family: "resilience",
  severity: "medium",
  what: "With more than one NAT gateway or zone, no zone goes out through another's.",
  why: "Losing one zone cuts the others off, and traffic between zones is paid for.",
  mend: "Make one NAT gateway a zone and route each private subnet to its own.",
  frameworks: { nist: ["CP-10", "SC-36"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  check(graph, report) {
    const gateways = graph.ofType(...T.natGateway);
    const zones = new Set(
      graph
        .ofType(...T.subnet)
        .map((subnet) => subnet.inputs.at("availabilityZone").text() ?? subnet.inputs.at("availabilityZoneId").text()),
    );
    if (gateways.length === 1 && zones.size > 1) {
      report.broken("", `is the only NAT gateway of ${zones.size} zones`, gateways[0]?.urn);
    }
  },
});
