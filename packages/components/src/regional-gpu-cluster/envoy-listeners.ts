import { traced } from "./envoy-tracing.ts";
import { certificates, type Json, seconds, socket, tlsParams, type } from "./envoy-values.ts";
import type { RouterPlan } from "./router-plan.ts";

/** Type of the AWS entry in a proxy protocol header (PP2_TYPE_AWS); its value is one byte and the endpoint's id. */
const awsTlv = 0xea;
/** Header that tells a host which endpoint a request came through. */
const endpointHeader = "x-mrgc-endpoint";
/** Where the endpoint's id is kept for logs and metrics. */
const endpointNamespace = "mrgc.tenant";
const endpointId = `%DYNAMIC_METADATA(${endpointNamespace}:endpoint)%`;
/** The entry as the load balancer wrote it: a byte that says what it is, and the id. */
const awsEntry = "%FILTER_STATE(envoy.network.proxy_protocol.tlv:FIELD:aws)%";

/** Reads the tenant's endpoint from the load balancer's proxy protocol header. */
function proxyProtocol(required: boolean): Json {
  return {
    name: "envoy.filters.listener.proxy_protocol",
    typed_config: {
      ...type("envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol"),
      rules: [{ tlv_type: awsTlv, on_tlv_present: { key: "aws" } }],
      // A connection's filter state is seen by its requests, its metadata is not.
      tlv_location: "FILTER_STATE",
      allow_requests_without_proxy_protocol: !required,
    },
  };
}

/** Requests of tenants: TLS, and the endpoint that they came through. */
export function inferenceListener(plan: RouterPlan, zoneId: string, port: number): Json {
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
            ...(plan.tracing === undefined ? {} : traced(plan.tracing)),
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
            http_filters: [
              // What a client says about itself is overwritten: who calls is what the load balancer says.
              setHeader(awsEntry),
              endpointWithoutItsFirstByte(),
              setHeader(endpointId),
              routerFilter(),
            ],
          }),
        ],
      },
    ],
  };
}

function setHeader(value: string): Json {
  return {
    name: "envoy.filters.http.header_mutation",
    typed_config: {
      ...type("envoy.extensions.filters.http.header_mutation.v3.HeaderMutation"),
      mutations: {
        request_mutations: [
          // An empty value would leave what is there.
          { remove: endpointHeader },
          { append: { header: { key: endpointHeader, value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" } },
        ],
      },
    },
  };
}

/** Takes the id out of the entry; anything that is no id is no tenant's. */
function endpointWithoutItsFirstByte(): Json {
  return {
    name: "envoy.filters.http.header_to_metadata",
    typed_config: {
      ...type("envoy.extensions.filters.http.header_to_metadata.v3.Config"),
      request_rules: [
        {
          header: endpointHeader,
          on_header_present: {
            metadata_namespace: endpointNamespace,
            key: "endpoint",
            regex_value_rewrite: { pattern: { regex: ".*(vpce-[0-9a-f]+).*" }, substitution: "\\1" },
          },
        },
      ],
    },
  };
}

/** `/live`: Envoy runs, for the load balancer. `/health`: at least one GPU host is healthy, for tenants. */
export function healthListener(port: number): Json {
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
export function metricsListener(port: number): Json {
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

function connectionManager(statPrefix: string, rest: Record<string, Json>): Json {
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
        stats_scope: { prefix: "tenant" },
        counters: [
          {
            stat: {
              name: "requests",
              tags: [
                { name: "endpoint", value_format: endpointId },
                { name: "status", value_format: "%RESPONSE_CODE%" },
              ],
            },
            value_fixed: 1,
          },
          {
            stat: { name: "bytes_in", tags: [{ name: "endpoint", value_format: endpointId }] },
            value_format: "%BYTES_RECEIVED%",
          },
        ],
      },
    },
  ];
}
