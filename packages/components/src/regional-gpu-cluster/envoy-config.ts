import { routerPorts, type RouterPlan } from "./router-plan.ts";

/** A value of Envoy's configuration, as JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The name that the certificate of routers and GPU hosts carries. */
export const certificateName = "gpu.mrgc.internal";

/** Environment variables in which ECS gives the router the certificate, from Secrets Manager. */
export const certificateVariables = {
  certificate: "TLS_CERTIFICATE",
  privateKey: "TLS_PRIVATE_KEY",
  authority: "TLS_AUTHORITY",
} as const;

/** Type of the AWS entry in a proxy protocol header (PP2_TYPE_AWS); its value is one byte and the endpoint's id. */
const awsTlv = 0xea;
/** Where the endpoint's id is kept for logs and metrics. */
const endpointNamespace = "mrgc.tenant";
const endpointId = `%DYNAMIC_METADATA(${endpointNamespace}:endpoint)%`;

/** What may differ between a real region and a test on loopback. */
export interface EnvoySurroundings {
  /** Ports that Envoy listens on. Default: those of a router task. */
  ports?: { tls: number; health: number; metrics: number; admin: number };
  /** DNS server other than the system's. */
  resolver?: { address: string; port: number };
}

const seconds = (count: number): string => `${count}s`;
const type = (name: string): { "@type": string } => ({ "@type": `type.googleapis.com/${name}` });

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
      clusters: [gpuCluster(plan), routerCluster(plan), adminCluster(ports.admin)],
    },
  };
}

function socket(address: string, port: number): Json {
  return { socket_address: { address, port_value: port } };
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

/** Reads the tenant's endpoint from the load balancer's proxy protocol header. */
function proxyProtocol(required: boolean): Json {
  return {
    name: "envoy.filters.listener.proxy_protocol",
    typed_config: {
      ...type("envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol"),
      rules: [{ tlv_type: awsTlv, on_tlv_present: { metadata_namespace: endpointNamespace, key: "endpoint" } }],
      allow_requests_without_proxy_protocol: !required,
    },
  };
}

function certificates(): Json {
  return [
    {
      certificate_chain: { environment_variable: certificateVariables.certificate },
      private_key: { environment_variable: certificateVariables.privateKey },
    },
  ];
}

const tlsParams: Json = { tls_minimum_protocol_version: "TLSv1_2" };

function inferenceListener(plan: RouterPlan, zoneId: string, port: number): Json {
  return {
    name: "inference",
    address: socket("0.0.0.0", port),
    per_connection_buffer_limit_bytes: 1_048_576,
    listener_filters: [proxyProtocol(true)],
    filter_chains: [
      {
        transport_socket: {
          name: "envoy.transport_sockets.tls",
          typed_config: {
            ...type("envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"),
            common_tls_context: {
              tls_params: tlsParams,
              tls_certificates: certificates(),
              alpn_protocols: ["h2", "http/1.1"],
            },
          },
        },
        filters: [
          connectionManager("inference", {
            access_log: accessLogs(zoneId),
            stream_idle_timeout: seconds(plan.requestTimeoutSeconds),
            route_config: {
              name: "inference",
              virtual_hosts: [
                {
                  name: "gpu",
                  domains: ["*"],
                  routes: [
                    {
                      match: { prefix: "/" },
                      route: {
                        cluster: "gpu",
                        timeout: seconds(plan.requestTimeoutSeconds),
                        // Only what cannot have begun: an inference that ran twice would be paid twice.
                        retry_policy: {
                          retry_on: "connect-failure,refused-stream",
                          num_retries: 2,
                          retry_host_predicate: [
                            {
                              name: "envoy.retry_host_predicates.previous_hosts",
                              typed_config: type(
                                "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
                              ),
                            },
                          ],
                        },
                      },
                    },
                  ],
                },
              ],
            },
            // What a client says about itself is dropped; who calls is what the load balancer says.
            http_filters: [
              {
                name: "envoy.filters.http.header_mutation",
                typed_config: {
                  ...type("envoy.extensions.filters.http.header_mutation.v3.HeaderMutation"),
                  mutations: {
                    request_mutations: [
                      {
                        append: {
                          header: { key: "x-mrgc-endpoint", value: endpointId },
                          append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
                        },
                      },
                    ],
                  },
                },
              },
              routerFilter(),
            ],
          }),
        ],
      },
    ],
  };
}

/** `/live`: Envoy runs, for the load balancer. `/health`: at least one GPU host is healthy, for tenants. */
function healthListener(port: number): Json {
  const path = (exact: string) => [{ name: ":path", string_match: { exact } }];
  const check = (exact: string, cluster?: string): Json => ({
    name: `envoy.filters.http.health_check`,
    typed_config: {
      ...type("envoy.extensions.filters.http.health_check.v3.HealthCheck"),
      pass_through_mode: false,
      headers: path(exact),
      ...(cluster === undefined ? {} : { cluster_min_healthy_percentages: { [cluster]: { value: 1 } } }),
    },
  });
  return {
    name: "health",
    address: socket("0.0.0.0", port),
    // The load balancer's own checks may come without the header.
    listener_filters: [proxyProtocol(false)],
    filter_chains: [
      {
        filters: [
          connectionManager("health", {
            route_config: {
              name: "health",
              virtual_hosts: [
                {
                  name: "health",
                  domains: ["*"],
                  routes: [{ match: { prefix: "/" }, direct_response: { status: 404 } }],
                },
              ],
            },
            http_filters: [check("/live"), check("/health", "gpu"), routerFilter()],
          }),
        ],
      },
    ],
  };
}

/** Envoy's own metrics and nothing else of its administration. */
function metricsListener(port: number): Json {
  return {
    name: "metrics",
    address: socket("0.0.0.0", port),
    filter_chains: [
      {
        filters: [
          connectionManager("metrics", {
            route_config: {
              name: "metrics",
              virtual_hosts: [
                {
                  name: "metrics",
                  domains: ["*"],
                  routes: [
                    { match: { path: "/metrics" }, route: { cluster: "admin", prefix_rewrite: "/stats/prometheus" } },
                  ],
                },
              ],
            },
            http_filters: [routerFilter()],
          }),
        ],
      },
    ],
  };
}

function connectionManager(statPrefix: string, rest: { [key: string]: Json }): Json {
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: {
      ...type("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
      stat_prefix: statPrefix,
      codec_type: "AUTO",
      use_remote_address: true,
      normalize_path: true,
      merge_slashes: true,
      path_with_escaped_slashes_action: "REJECT_REQUEST",
      server_header_transformation: "PASS_THROUGH",
      request_headers_timeout: seconds(10),
      common_http_protocol_options: { headers_with_underscores_action: "REJECT_REQUEST" },
      ...rest,
    },
  };
}

function routerFilter(): Json {
  return { name: "envoy.filters.http.router", typed_config: type("envoy.extensions.filters.http.router.v3.Router") };
}

/** One JSON line a request, from which CloudWatch makes metrics, and counters a tenant's endpoint for Prometheus. No body and no query. */
function accessLogs(zoneId: string): Json {
  return [
    {
      name: "envoy.access_loggers.stdout",
      typed_config: {
        ...type("envoy.extensions.access_loggers.stream.v3.StdoutAccessLog"),
        log_format: {
          json_format: {
            kind: "request",
            zone: zoneId,
            time: "%START_TIME%",
            endpoint: endpointId,
            method: "%REQ(:METHOD)%",
            path: "%PATH(NQ)%",
            status: "%RESPONSE_CODE%",
            flags: "%RESPONSE_FLAGS%",
            durationMs: "%DURATION%",
            bytesIn: "%BYTES_RECEIVED%",
            bytesOut: "%BYTES_SENT%",
            host: "%UPSTREAM_HOST%",
            requestId: "%REQ(X-REQUEST-ID)%",
          },
        },
      },
    },
    {
      name: "envoy.access_loggers.stats",
      typed_config: {
        ...type("envoy.extensions.access_loggers.stats.v3.Config"),
        counters: [
          {
            stat: {
              name: "tenant_requests",
              tags: [
                { name: "endpoint", value_format: endpointId },
                { name: "status", value_format: "%RESPONSE_CODE%" },
              ],
            },
            value_fixed: 1,
          },
          {
            stat: { name: "tenant_bytes_in", tags: [{ name: "endpoint", value_format: endpointId }] },
            value_format: "%BYTES_RECEIVED%",
          },
        ],
      },
    },
  ];
}

/** One locality a zone, found by the zone's names, so that Envoy knows which hosts are near. */
function zones(names: Readonly<Record<string, readonly string[]>>, namespace: string, port: number): Json {
  return Object.entries(names).map(([zoneId, hosts]) => ({
    locality: { zone: zoneId },
    lb_endpoints: hosts.map((host) => ({ endpoint: { address: socket(`${host}.${namespace}`, port) } })),
  }));
}

function discovered(name: string, endpoints: Json): { [key: string]: Json } {
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

function gpuCluster(plan: RouterPlan): Json {
  return {
    ...discovered("gpu", zones(plan.gpuNames, plan.namespace, plan.modelPort)),
    lb_policy: "LEAST_REQUEST",
    // Own zone first, as far as its hosts carry their share; from three hosts on, because fewer are no choice.
    common_lb_config: {
      healthy_panic_threshold: { value: 0 },
      zone_aware_lb_config: { routing_enabled: { value: 100 }, min_cluster_size: 3 },
    },
    circuit_breakers: { thresholds: [{ max_connections: 4096, max_pending_requests: 1024, max_requests: 4096 }] },
    health_checks: [
      {
        timeout: seconds(2),
        interval: seconds(5),
        no_traffic_interval: seconds(5),
        healthy_threshold: 1,
        unhealthy_threshold: 2,
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
function routerCluster(plan: RouterPlan): Json {
  const names = Object.fromEntries(Object.entries(plan.routerNames).map(([zoneId, name]) => [zoneId, [name]]));
  return discovered("routers", zones(names, plan.namespace, routerPorts.tls));
}

function adminCluster(port: number): Json {
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
