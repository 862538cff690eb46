import { ClientTls } from "./args.ts";

/** A value of Envoy's configuration, as JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Ports of a proxy: requests, administration by HTTPS, metrics for a collector in the VPC. */
export const proxyPorts = { requests: 8080, admin: 8081, metrics: 9090 } as const;

/** Where a pod's files are: what the secrets hold, and the configuration. */
export const proxyPaths = { secrets: "/run/secrets/mrgc", config: "/etc/mrgc" } as const;

/** Files of the secrets volume, by what they hold. */
export const secretFiles = {
  username: "hot-tier-username",
  password: "hot-tier-password",
  certificate: "certificate.pem",
  privateKey: "private-key.pem",
  authority: "authority.pem",
} as const;

/** What the configuration depends on; all known once the hot tier exists. */
export interface EnvoySettings {
  /** Hot tier's host name and TLS port. */
  endpoint: string;
  port: number;
  /** Root certificate of the hot tier's nodes, PEM. */
  certificateAuthorityPem: string;
  clientTls: ClientTls;
  /** The pod's Availability Zone ID, as the cache nodes tell theirs. Left out where it is not known: reads then go to any replica. */
  zoneId?: string;
}

/** What differs between a pod and a test on loopback. */
export interface EnvoySurroundings {
  ports?: { requests: number; admin: number; metrics: number; envoy: number };
  secretsPath?: string;
  configPath?: string;
}

const type = (name: string): { "@type": string } => ({ "@type": `type.googleapis.com/${name}` });
const tlsParams: Json = { tls_minimum_protocol_version: "TLSv1_2" };
const socket = (address: string, port: number): Json => ({ socket_address: { address, port_value: port } });

/**
 * The proxy's whole configuration: clients speak to one address, and Envoy finds the shard. It discovers the cluster from
 * any node (`CLUSTER SLOTS`) and learns each node's zone from `INFO`, so that reads stay in the zone: with a replica of every
 * shard in each zone only writes cross it. Redis tells no zone (Valkey does): reads then go to any replica.
 *
 * Source of the names: Envoy 1.40, whose binary validates the result in tests.
 */
export function envoyConfig(settings: EnvoySettings, surroundings: EnvoySurroundings = {}): Json {
  const ports = surroundings.ports ?? { ...proxyPorts, envoy: 9901 };
  const secrets = surroundings.secretsPath ?? proxyPaths.secrets;
  const file = (name: keyof typeof secretFiles): Json => ({ filename: `${secrets}/${secretFiles[name]}` });
  const sds: Json = [
    {
      name: "proxy",
      sds_config: {
        path_config_source: { path: `${surroundings.configPath ?? proxyPaths.config}/certificate.json` },
        resource_api_version: "V3",
      },
    },
  ];
  return {
    node: {
      id: "proxy",
      cluster: "proxies",
      ...(settings.zoneId === undefined ? {} : { locality: { zone: settings.zoneId } }),
    },
    // Reachable from inside the pod only; /metrics is what the outside sees of it.
    admin: { address: socket("127.0.0.1", ports.envoy) },
    // A command's name is a label, and not a part of the metric's: rules add all commands up.
    stats_config: {
      stats_tags: [{ tag_name: "envoy.redis_command", regex: "^redis\\.[^.]+\\.command\\.((.+)\\.)[^.]+$" }],
    },
    static_resources: {
      listeners: [
        {
          name: "requests",
          address: socket("0.0.0.0", ports.requests),
          per_connection_buffer_limit_bytes: 1_048_576,
          filter_chains: [
            {
              transport_socket: downstreamTls(
                sds,
                settings.clientTls === ClientTls.Mutual ? file("authority") : undefined,
              ),
              filters: [
                {
                  name: "envoy.filters.network.redis_proxy",
                  typed_config: redisProxy(settings.clientTls, file),
                },
              ],
            },
          ],
        },
        httpListener("admin", ports.admin, downstreamTls(sds), [
          healthCheck("/live"),
          healthCheck("/health", "hot_tier"),
        ]),
        httpListener("metrics", ports.metrics),
      ],
      clusters: [hotTierCluster(settings, file), adminCluster(ports.envoy)],
    },
  };
}

/** The certificate in Envoy's own form. Envoy watches the secrets' folder and takes a rotated certificate without a restart. */
export function certificateResource(secretsPath: string = proxyPaths.secrets): Json {
  return {
    resources: [
      {
        ...type("envoy.extensions.transport_sockets.tls.v3.Secret"),
        name: "proxy",
        tls_certificate: {
          certificate_chain: { filename: `${secretsPath}/${secretFiles.certificate}` },
          private_key: { filename: `${secretsPath}/${secretFiles.privateKey}` },
          watched_directory: { path: secretsPath },
        },
      },
    ],
  };
}

function downstreamTls(sds: Json, clientAuthority?: Json): Json {
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      ...type("envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"),
      require_client_certificate: clientAuthority !== undefined,
      common_tls_context: {
        tls_params: tlsParams,
        tls_certificate_sds_secret_configs: sds,
        ...(clientAuthority === undefined ? {} : { validation_context: { trusted_ca: clientAuthority } }),
      },
    },
  };
}

function redisProxy(clientTls: ClientTls, file: (name: "username" | "password") => Json): Json {
  return {
    ...type("envoy.extensions.filters.network.redis_proxy.v3.RedisProxy"),
    stat_prefix: "hot_tier",
    settings: {
      op_timeout: "1s",
      enable_redirection: true,
      enable_hashtagging: true,
      enable_command_stats: true,
      // A replica of the own zone, the primary if that is the zone's own, then any replica.
      read_policy: "LOCAL_ZONE_AFFINITY_REPLICAS_AND_PRIMARY",
    },
    prefix_routes: { catch_all_route: { cluster: "hot_tier" } },
    ...(clientTls === ClientTls.Mutual
      ? {}
      : { downstream_auth_username: file("username"), downstream_auth_passwords: [file("password")] }),
    latency_in_micros: true,
  };
}

function hotTierCluster(settings: EnvoySettings, file: (name: keyof typeof secretFiles) => Json): Json {
  return {
    name: "hot_tier",
    cluster_type: {
      name: "envoy.clusters.redis",
      typed_config: {
        ...type("envoy.extensions.clusters.redis.v3.RedisClusterConfig"),
        cluster_refresh_rate: "10s",
        cluster_refresh_timeout: "2s",
        // A moved slot or a lost node is looked up at once, at most once in a second.
        redirect_refresh_interval: "1s",
        redirect_refresh_threshold: 1,
        failure_refresh_threshold: 3,
        enable_zone_discovery: true,
      },
    },
    lb_policy: "CLUSTER_PROVIDED",
    connect_timeout: "1s",
    dns_lookup_family: "V4_ONLY",
    upstream_connection_options: { tcp_keepalive: { keepalive_time: 60 } },
    load_assignment: {
      cluster_name: "hot_tier",
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socket(settings.endpoint, settings.port) } }] }],
    },
    typed_extension_protocol_options: {
      "envoy.filters.network.redis_proxy": {
        ...type("envoy.extensions.filters.network.redis_proxy.v3.RedisProtocolOptions"),
        auth_username: file("username"),
        auth_password: file("password"),
      },
    },
    // mTLS: the proxy shows its own certificate, the node one that only the hot tier's authority can have signed. Not by
    // SDS: Envoy fetches a cluster's secrets after it has found the cluster, and would wait for ever.
    transport_socket: {
      name: "envoy.transport_sockets.tls",
      typed_config: {
        ...type("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"),
        common_tls_context: {
          tls_params: tlsParams,
          tls_certificates: [{ certificate_chain: file("certificate"), private_key: file("privateKey") }],
          validation_context: { trusted_ca: { inline_string: settings.certificateAuthorityPem } },
        },
      },
    },
  };
}

/** `/live`: Envoy runs. `/health`: it has found the hot tier. */
function healthCheck(path: string, cluster?: string): Json {
  return {
    name: "envoy.filters.http.health_check",
    typed_config: {
      ...type("envoy.extensions.filters.http.health_check.v3.HealthCheck"),
      pass_through_mode: false,
      headers: [{ name: ":path", string_match: { exact: path } }],
      ...(cluster === undefined ? {} : { cluster_min_healthy_percentages: { [cluster]: { value: 1 } } }),
    },
  };
}

/** Serves Envoy's metrics and nothing else of its administration. */
function httpListener(name: string, port: number, transportSocket?: Json, filters: Json[] = []): Json {
  return {
    name,
    address: socket("0.0.0.0", port),
    filter_chains: [
      {
        ...(transportSocket === undefined ? {} : { transport_socket: transportSocket }),
        filters: [
          {
            name: "envoy.filters.network.http_connection_manager",
            typed_config: {
              ...type("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
              stat_prefix: name,
              normalize_path: true,
              request_headers_timeout: "10s",
              route_config: {
                name,
                virtual_hosts: [
                  {
                    name,
                    domains: ["*"],
                    routes: [
                      // Without the commands, two hundred, that nobody has called: they are nine tenths of the page.
                      {
                        match: { path: "/metrics" },
                        route: { cluster: "envoy", prefix_rewrite: "/stats/prometheus?usedonly" },
                      },
                    ],
                  },
                ],
              },
              http_filters: [
                ...filters,
                {
                  name: "envoy.filters.http.router",
                  typed_config: type("envoy.extensions.filters.http.router.v3.Router"),
                },
              ],
            },
          },
        ],
      },
    ],
  };
}

function adminCluster(port: number): Json {
  return {
    name: "envoy",
    type: "STATIC",
    connect_timeout: "1s",
    load_assignment: {
      cluster_name: "envoy",
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socket("127.0.0.1", port) } }] }],
    },
  };
}
