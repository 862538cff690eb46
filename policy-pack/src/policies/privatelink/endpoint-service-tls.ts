import { UNKNOWN } from "../../model/field.ts";
import { stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Ports where TLS ends in the enclave pass TCP through on purpose; the setting names the others. */
export const endpointServiceTls = stackRule({
  id: "endpoint-service-tls",
  family: "privatelink",
  severity: "high",
  what: "What tenants reach over PrivateLink speaks TLS on the ports where it is asked.",
  why: "PrivateLink is private, not encrypted from end to end: the provider's network sees plain TCP.",
  mend: "Set the listener's protocol to TLS with a certificate, or take the port out of the rule's setting where TLS ends behind the load balancer.",
  frameworks: { nist: ["SC-8"], pci: ["4.2.1"], hipaa: ["164.312(e)(1)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: {
      tlsPorts: {
        type: "array",
        items: { type: "integer" },
        default: [],
        description: "Listener ports on which the load balancer itself must end TLS.",
      },
    },
  },
  check(graph, report, config) {
    const ports = config["tlsPorts"] as number[];
    const { references } = graph;
    const offered = new Set(
      graph
        .ofType(...T.endpointService)
        .flatMap((service) => references.resolve(service, T.loadBalancer, "networkLoadBalancerArns").nodes),
    );
    for (const listener of ports.length === 0 ? [] : graph.ofType(...T.listener)) {
      const port = listener.inputs.at("port").number();
      const balancers = references.resolve(listener, T.loadBalancer, "loadBalancerArn").nodes;
      if (
        !balancers.some((balancer) => offered.has(balancer)) ||
        (port !== UNKNOWN && (port === undefined || !ports.includes(port)))
      ) {
        continue;
      }
      const protocol = listener.inputs.at("protocol").text();
      if (protocol === UNKNOWN || port === UNKNOWN) {
        report.cannotTell(
          listener.inputs.at(port === UNKNOWN ? "port" : "protocol"),
          undefined,
          undefined,
          listener.urn,
        );
      } else if (protocol !== "TLS") {
        report.broken("protocol", "is not TLS, on a port that tenants reach", listener.urn);
      }
    }
  },
});
