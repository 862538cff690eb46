import {
  certificateName,
  certificates,
  certificateVariables,
  type Json,
  seconds,
  socket,
  tlsParams,
  type,
} from "./envoy-values.ts";
import { hostHealthCheck } from "./health-checks.ts";
import { routerPorts, type RouterPlan } from "./router-plan.ts";

/** One locality a zone, found by the zone's names, so that Envoy knows which hosts are near. */
function zones(names: Readonly<Record<string, readonly string[]>>, namespace: string, port: number): Json {
  return Object.entries(names).map(([zoneId, hosts]) => ({
    locality: { zone: zoneId },
    lb_endpoints: hosts.map((host) => ({ endpoint: { address: socket(`${host}.${namespace}`, port) } })),
  }));
}

/** A cluster whose members are what names lead to. */
export function discovered(name: string, endpoints: Json): Record<string, Json> {
  return {
    name,
    cluster_type: {
      name: "envoy.cluster.dns",
      typed_config: {
        ...type("envoy.extensions.clusters.dns.v3.DnsCluster"),
        dns_refresh_rate: seconds(5),
        dns_failure_refresh_rate: { base_interval: seconds(1), max_interval: seconds(5) },
        respect_dns_ttl: true,
        dns_lookup_family: "V4_ONLY",
      },
    },
    connect_timeout: seconds(1),
    load_assignment: { cluster_name: name, endpoints },
  };
}

/** The GPU hosts, least busy first. */
export function gpuCluster(plan: RouterPlan): Json {
  return {
    ...discovered("gpu", zones(plan.gpuNames, plan.namespace, plan.modelPort)),
    lb_policy: "LEAST_REQUEST",
    // A draining host is still healthy; without this, Envoy goes on sending to it until it fails its checks.
    ignore_health_on_host_removal: true,
    // Own zone first, as far as its hosts carry their share; from three hosts on, because fewer are no choice.
    common_lb_config: {
      healthy_panic_threshold: { value: 0 },
      zone_aware_lb_config: { routing_enabled: { value: 100 }, min_cluster_size: 3 },
    },
    circuit_breakers: { thresholds: [{ max_connections: 4096, max_pending_requests: 1024, max_requests: 4096 }] },
    health_checks: [
      {
        timeout: seconds(hostHealthCheck.timeoutSeconds),
        interval: seconds(hostHealthCheck.intervalSeconds),
        no_traffic_interval: seconds(hostHealthCheck.intervalSeconds),
        healthy_threshold: 1,
        unhealthy_threshold: hostHealthCheck.failures,
        http_health_check: { path: plan.modelHealthPath },
      },
    ],
    // Errors of a host, as seen by its callers, take it out for a while, and never more than half of the fleet.
    outlier_detection: {
      consecutive_5xx: 5,
      consecutive_gateway_failure: 3,
      interval: seconds(10),
      base_ejection_time: seconds(30),
      max_ejection_percent: 50,
    },
    transport_socket: {
      name: "envoy.transport_sockets.tls",
      typed_config: {
        ...type("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"),
        sni: certificateName,
        common_tls_context: {
          tls_params: tlsParams,
          tls_certificates: certificates(),
          validation_context: {
            trusted_ca: { environment_variable: certificateVariables.authority },
            match_typed_subject_alt_names: [{ san_type: "DNS", matcher: { exact: certificateName } }],
          },
        },
      },
    },
  };
}

/** The routers themselves: Envoy has to know how many of them are in each zone before it can favour its own. */
export function routerCluster(plan: RouterPlan): Json {
  const names = Object.fromEntries(Object.entries(plan.routerNames).map(([zoneId, name]) => [zoneId, [name]]));
  return discovered("routers", zones(names, plan.namespace, routerPorts.tls));
}

/** Envoy's own administration, for its metrics. */
export function adminCluster(port: number): Json {
  return {
    name: "admin",
    type: "STATIC",
    connect_timeout: seconds(1),
    load_assignment: {
      cluster_name: "admin",
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socket("127.0.0.1", port) } }] }],
    },
  };
}
