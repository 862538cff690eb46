import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Public addresses by default belong on subnets that say they are public, and nowhere else. */
export const subnetNoPublicIp = resourceRule({
  id: "subnet-no-public-ip",
  family: "private-placement",
  severity: "high",
  what: "A subnet gives no public IPv4 or IPv6 address to what is launched in it, unless it is declared public.",
  why: "One instance launched in the wrong subnet is on the internet, and nobody asked for it.",
  mend: "Set mapPublicIpOnLaunch and assignIpv6AddressOnCreation to false; a subnet for load balancers and NAT gateways carries the tag SubnetType: Public.",
  frameworks: { fsbp: ["EC2.15"], nist: ["AC-4", "SC-7"], pci: ["1.4.4"], checkov: ["CKV_AWS_130"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: {
      publicTag: {
        type: "string",
        default: "SubnetType",
        description: "Tag whose value Public declares a subnet public.",
      },
    },
  },
  types: T.subnet,
  check({ props }, report, config) {
    const declared = props.at("tags", String(config["publicTag"])).text();
    if (declared !== UNKNOWN && declared?.toLowerCase() === "public") {
      return;
    }
    for (const [property, address] of [
      ["mapPublicIpOnLaunch", "public IPv4 address"],
      ["assignIpv6AddressOnCreation", "globally routable IPv6 address"],
      ["mapCustomerOwnedIpOnLaunch", "customer-owned public address"],
    ] as const) {
      const field = props.at(property);
      const flag = field.flag();
      if (flag === UNKNOWN) {
        report.cannotTell(field);
      } else if (flag === true) {
        report.broken(field, `is true: every instance launched there gets a ${address}`);
      }
    }
  },
});
