import { adminCluster, gpuCluster, routerCluster } from "./envoy-clusters.ts";
import { healthListener, inferenceListener, metricsListener } from "./envoy-listeners.ts";
import { type TracesSurroundings, tracesCluster } from "./envoy-tracing.ts";
import { type Json, socket, type } from "./envoy-values.ts";
import { routerPorts, type RouterPlan } from "./router-plan.ts";

/** What may differ between a real region and a test on loopback. */
export interface EnvoySurroundings {
  /** Ports that Envoy listens on. Default: those of a router task. */
  ports?: { tls: number; health: number; metrics: number; admin: number };
  /** DNS server other than the system's. */
  resolver?: { address: string; port: number };
  /** What takes traces instead of X-Ray. */
  traces?: TracesSurroundings;
}

/**
 * The router's whole configuration for one zone: TLS and the tenant's endpoint in, least loaded GPU host of the own zone
 * out, as far as the zone's hosts carry their share.
 */
export function envoyConfig(plan: RouterPlan, zoneId: string, surroundings: EnvoySurroundings = {}): Json {
  const ports = surroundings.ports ?? { ...routerPorts, admin: 9901 };
  return {
    node: { id: `router-${zoneId}`, cluster: "routers", locality: { zone: zoneId } },
    admin: { address: socket("127.0.0.1", ports.admin) },
    cluster_manager: { local_cluster_name: "routers" },
    ...(surroundings.resolver === undefined ? {} : { typed_dns_resolver_config: resolver(surroundings.resolver) }),
    // A request ends with its client: nothing waits in a router that is told to stop.
    overload_manager: {
      resource_monitors: [
        {
          name: "envoy.resource_monitors.global_downstream_max_connections",
          typed_config: {
            ...type("envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig"),
            max_active_downstream_connections: 20_000,
          },
        },
      ],
    },
    static_resources: {
      listeners: [
        inferenceListener(plan, zoneId, ports.tls),
        healthListener(ports.health),
        metricsListener(ports.metrics),
      ],
      clusters: [
        gpuCluster(plan),
        routerCluster(plan),
        adminCluster(ports.admin),
        ...(plan.tracing === undefined ? [] : [tracesCluster(plan.tracing, surroundings.traces)]),
      ],
    },
  };
}

function resolver(server: { address: string; port: number }): Json {
  return {
    name: "envoy.network.dns_resolver.cares",
    typed_config: {
      ...type("envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig"),
      resolvers: [socket(server.address, server.port)],
      use_resolvers_as_fallback: false,
      dns_resolver_options: { no_default_search_domain: true },
    },
  };
}
