import { mustBeOff } from "../../model/expect.ts";
import { UNKNOWN } from "../../model/field.ts";
import { machinesOf } from "../../model/machines.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Instances, launch templates (every network interface, not the first alone), launch configurations and spot fleets. */
export const instanceNoPublicIp = resourceRule({
  id: "instance-no-public-ip",
  family: "private-placement",
  severity: "critical",
  what: "No instance, launch template, launch configuration or spot fleet asks for a public IPv4 or IPv6 address, on any network interface.",
  why: "A public address makes a machine reachable, or lets it send data out, past the load balancers and NAT gateways.",
  mend: "Set associatePublicIpAddress to false, give no ipv6AddressCount or ipv6Addresses, and put the machine behind an internal load balancer.",
  frameworks: {
    fsbp: ["EC2.9", "EC2.25", "AutoScaling.5"],
    nist: ["AC-4", "SC-7"],
    pci: ["1.4.4"],
    checkov: ["CKV_AWS_88", "CKV_AWS_389"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.instance, ...T.launchTemplate, ...T.launchConfiguration, ...T.spotFleet],
  check({ type, props }, report) {
    const places = [
      ...machinesOf(type, props),
      ...props.at("networkInterfaces").items(),
      ...props.at("primaryNetworkInterface").items(),
    ];
    for (const place of places) {
      mustBeOff(report, place.at("associatePublicIpAddress"), "the machine gets a public IPv4 address");
      const count = place.at("ipv6AddressCount").number();
      if (count === UNKNOWN) {
        report.cannotTell(place.at("ipv6AddressCount"));
      } else if (count !== undefined && count > 0) {
        report.broken(
          place.at("ipv6AddressCount"),
          "gives the machine IPv6 addresses, which are public where the VPC's range is",
        );
      }
      const addresses = place.at("ipv6Addresses");
      if (addresses.isUnknown) {
        report.cannotTell(addresses);
      } else if (addresses.items().length > 0) {
        report.broken(addresses, "gives the machine IPv6 addresses, which are public where the VPC's range is");
      }
    }
  },
});
