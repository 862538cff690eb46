import { discovered } from "./envoy-clusters.ts";
import { type Json, seconds, socket, tlsParams, type } from "./envoy-values.ts";

/** How many requests leave a trace, and where it goes. */
export interface TracingPlan {
  /** Region whose X-Ray gets the spans. */
  readonly region: string;
  /** Share of requests, percent. */
  readonly samplingPercent: number;
}

/** What stands for X-Ray in a test on loopback: its port and the authority of its certificate, PEM. */
export interface TracesSurroundings {
  port: number;
  authority: string;
}

/** Name that the spans of routers carry as their service. */
export const tracedService = "mrgc-router";
/** Public certificate authorities, where Envoy's own images (and Debian's) keep them. */
const publicAuthorities = "/etc/ssl/certs/ca-certificates.crt";
/** Headers that carry a trace from one service to the next (W3C Trace Context). */
const contextHeaders = ["traceparent", "tracestate"];

/**
 * What a connection manager needs to trace. Whether a request is traced is decided here alone: a tenant's own trace context
 * is removed before the decision, or it could have all its requests traced at our cost. Hosts get ours.
 */
export function traced(plan: TracingPlan): Record<string, Json> {
  const endpoint = xray(plan.region);
  return {
    early_header_mutation_extensions: [
      {
        name: "envoy.http.early_header_mutation.header_mutation",
        typed_config: {
          ...type("envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation"),
          mutations: contextHeaders.map((header) => ({ remove: header })),
        },
      },
    ],
    tracing: {
      client_sampling: { value: 0 },
      random_sampling: { value: plan.samplingPercent },
      // Envoy's own tag of the address has the query, which is the tenant's: none of it, and the path without.
      max_path_tag_length: 0,
      custom_tags: [{ tag: "url.path", value: "%PATH(NQ)%" }],
      provider: {
        name: "envoy.tracers.opentelemetry",
        typed_config: {
          ...type("envoy.config.trace.v3.OpenTelemetryConfig"),
          http_service: {
            http_uri: { uri: `https://${endpoint}/v1/traces`, cluster: "traces", timeout: seconds(5) },
          },
          service_name: tracedService,
        },
      },
    },
  };
}

/**
 * X-Ray's OTLP endpoint. Envoy signs what it sends with the task's own role, so that no collector has to run beside it; a
 * trace that cannot be sent is dropped, and the request never waits for it.
 */
export function tracesCluster(plan: TracingPlan, surroundings?: TracesSurroundings): Json {
  const endpoint = xray(plan.region);
  return {
    ...discovered("traces", [
      { lb_endpoints: [{ endpoint: { address: socket(endpoint, surroundings?.port ?? 443) } }] },
    ]),
    circuit_breakers: { thresholds: [{ max_requests: 64, max_pending_requests: 64 }] },
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        ...type("envoy.extensions.upstreams.http.v3.HttpProtocolOptions"),
        explicit_http_config: { http_protocol_options: {} },
        http_filters: [
          {
            name: "envoy.filters.http.aws_request_signing",
            typed_config: {
              ...type("envoy.extensions.filters.http.aws_request_signing.v3.AwsRequestSigning"),
              service_name: "xray",
              region: plan.region,
              match_excluded_headers: [{ prefix: "x-envoy" }, { prefix: "x-forwarded" }],
            },
          },
          {
            name: "envoy.filters.http.upstream_codec",
            typed_config: type("envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec"),
          },
        ],
      },
    },
    transport_socket: {
      name: "envoy.transport_sockets.tls",
      typed_config: {
        ...type("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"),
        sni: endpoint,
        common_tls_context: {
          tls_params: tlsParams,
          validation_context: {
            trusted_ca:
              surroundings === undefined ? { filename: publicAuthorities } : { inline_string: surroundings.authority },
            match_typed_subject_alt_names: [{ san_type: "DNS", matcher: { exact: endpoint } }],
          },
        },
      },
    },
  };
}

/** X-Ray's host name, which the VPC's endpoint answers to. */
export function xray(region: string): string {
  return `xray.${region}.${region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com"}`;
}
