/** A series in promtool's notation: name with labels, and values a minute apart. */
export type Series = Record<string, string>;

/** Minutes of the series. */
export const minutes = 120;

const steady = (value: number): string => `${value}x${minutes}`;
const growing = (perMinute: number): string => `0+${perMinute}x${minutes}`;
const valkey = `job="valkey",instance="cache-1:9121",cluster="hot-tier"`;
const machine = `job="node",instance="cache-1:9100",zone="use1-az1"`;
const gpu = `Cluster="mrgc-gpu",gpu="0",Hostname="ip-10-66-0-10"`;
const router = `job="mrgc-router",envoy_http_conn_manager_prefix="inference"`;
const hosts = `job="mrgc-router",envoy_cluster_name="gpu"`;
const proxy = `job="prism-proxy",envoy_redis_prefix="hot_tier",envoy_redis_command="get"`;
const shards = `job="prism-proxy",envoy_cluster_name="hot_tier"`;
const database = `job="postgres",instance="metadata:9187"`;
const replica = `${database},application_name="replica",client_addr="10.66.32.10",state="streaming"`;

/** A region in which all is well, with every metric that rules and dashboards name, as the exporters label them. */
export const healthy: Series = {
  [`up{job="node",instance="cache-1:9100"}`]: steady(1),
  [`node_cpu_seconds_total{${machine},cpu="0",mode="idle"}`]: growing(30),
  [`node_cpu_seconds_total{${machine},cpu="0",mode="user"}`]: growing(30),
  [`node_memory_MemAvailable_bytes{${machine}}`]: steady(50e9),
  [`node_memory_MemTotal_bytes{${machine}}`]: steady(128e9),
  [`node_filesystem_avail_bytes{${machine},fstype="xfs",mountpoint="/data"}`]: steady(300e9),
  [`node_filesystem_size_bytes{${machine},fstype="xfs",mountpoint="/data"}`]: steady(400e9),
  [`node_network_transmit_bytes_total{${machine},device="ens5"}`]: growing(6e9),
  [`node_network_receive_bytes_total{${machine},device="ens5"}`]: growing(6e9),
  [`redis_up{${valkey}}`]: steady(1),
  [`redis_commands_processed_total{${valkey}}`]: growing(6e6),
  [`redis_memory_used_bytes{${valkey}}`]: steady(40e9),
  [`redis_memory_max_bytes{${valkey}}`]: steady(80e9),
  [`redis_keyspace_hits_total{${valkey}}`]: growing(9e5),
  [`redis_keyspace_misses_total{${valkey}}`]: growing(1e5),
  [`redis_connected_clients{${valkey}}`]: steady(400),
  [`redis_evicted_keys_total{${valkey}}`]: steady(7),
  [`redis_master_link_up{${valkey}}`]: steady(1),
  [`redis_latency_percentiles_usec{${valkey},cmd="get",quantile="99"}`]: steady(180),
  [`pg_up{${database}}`]: steady(1),
  [`pg_stat_activity_count{${database},datname="metadata",state="active"}`]: steady(20),
  [`pg_settings_max_connections{${database}}`]: steady(1000),
  [`pg_stat_database_xact_commit{${database},datname="metadata"}`]: growing(6000),
  [`pg_stat_replication_pg_wal_lsn_diff{${replica}}`]: steady(4096),
  [`envoy_http_downstream_rq_xx{${router},envoy_response_code_class="2"}`]: growing(1e6),
  [`envoy_http_downstream_rq_xx{${router},envoy_response_code_class="5"}`]: growing(10),
  [`envoy_http_downstream_rq_time_bucket{${router},le="250"}`]: growing(99e4),
  [`envoy_http_downstream_rq_time_bucket{${router},le="500"}`]: growing(1e6),
  [`envoy_http_downstream_rq_time_bucket{${router},le="1000"}`]: growing(1e6),
  [`envoy_http_downstream_rq_time_bucket{${router},le="+Inf"}`]: growing(1e6),
  [`envoy_cluster_membership_healthy{${hosts}}`]: steady(3),
  [`envoy_cluster_upstream_cx_active{${hosts}}`]: steady(12),
  [`envoy_cluster_lb_zone_routing_all_directly{${hosts}}`]: growing(1e6),
  [`envoy_cluster_lb_zone_routing_cross_zone{${hosts}}`]: growing(5e4),
  [`envoy_redis_command_total{${proxy}}`]: growing(1e6),
  [`envoy_redis_command_error{${proxy}}`]: growing(10),
  [`envoy_redis_command_latency_bucket{${proxy},le="5000"}`]: growing(1e6),
  [`envoy_redis_command_latency_bucket{${proxy},le="10000"}`]: growing(1e6),
  [`envoy_redis_command_latency_bucket{${proxy},le="+Inf"}`]: growing(1e6),
  [`envoy_cluster_membership_healthy{${shards}}`]: steady(9),
  [`envoy_cluster_upstream_cx_active{${shards}}`]: steady(9),
  [`DCGM_FI_DEV_GPU_UTIL{${gpu}}`]: steady(60),
  [`DCGM_FI_DEV_FB_USED{${gpu}}`]: steady(30_000),
  [`DCGM_FI_DEV_GPU_TEMP{${gpu}}`]: steady(60),
  [`DCGM_FI_DEV_POWER_USAGE{${gpu}}`]: steady(250),
  [`DCGM_FI_DEV_XID_ERRORS{${gpu}}`]: steady(0),
  [`DCGM_FI_DEV_ECC_DBE_VOL_TOTAL{${gpu}}`]: steady(0),
  [`DCGM_FI_DEV_ROW_REMAP_FAILURE{${gpu}}`]: steady(0),
};

/** What each alert is for: the series of a region in that trouble, in place of the healthy ones. */
export const troubles: Record<string, Series> = {
  TargetsMissing: { [`up{job="node",instance="cache-2:9100"}`]: steady(0) },
  MachineMemory: { [`node_memory_MemAvailable_bytes{${machine}}`]: steady(5e9) },
  VolumeFilling: {
    // 140 GB of 400 GB are free at the start, 1 GB a minute goes: empty after 140 minutes.
    [`node_filesystem_avail_bytes{${machine},fstype="xfs",mountpoint="/data"}`]: `140000000000-1000000000x${minutes}`,
  },
  ServerDown: { [`redis_up{${valkey}}`]: steady(0) },
  ServerMemory: { [`redis_memory_used_bytes{${valkey}}`]: steady(73e9) },
  ReplicationBroken: { [`redis_master_link_up{${valkey}}`]: steady(0) },
  HotTierSlow: { [`redis_latency_percentiles_usec{${valkey},cmd="get",quantile="99"}`]: steady(1200) },
  Evictions: { [`redis_evicted_keys_total{${valkey}}`]: growing(60) },
  RouterErrors: { [`envoy_http_downstream_rq_xx{${router},envoy_response_code_class="5"}`]: growing(1000) },
  RouterSlow: {
    [`envoy_http_downstream_rq_time_bucket{${router},le="250"}`]: growing(5e5),
    [`envoy_http_downstream_rq_time_bucket{${router},le="500"}`]: growing(9e5),
  },
  ProxyErrors: { [`envoy_redis_command_error{${proxy}}`]: growing(1000) },
  ProxySlow: {
    [`envoy_redis_command_latency_bucket{${proxy},le="5000"}`]: growing(8e5),
    [`envoy_redis_command_latency_bucket{${proxy},le="10000"}`]: growing(9e5),
    [`envoy_redis_command_latency_bucket{${proxy},le="30000"}`]: growing(1e6),
  },
  DatabaseDown: { [`pg_up{${database}}`]: steady(0) },
  DatabaseConnections: { [`pg_stat_activity_count{${database},datname="metadata",state="active"}`]: steady(900) },
  DatabaseLag: { [`pg_stat_replication_pg_wal_lsn_diff{${replica}}`]: steady(3e9) },
  GpuErrors: { [`DCGM_FI_DEV_ECC_DBE_VOL_TOTAL{${gpu}}`]: steady(1) },
  GpuHot: { [`DCGM_FI_DEV_GPU_TEMP{${gpu}}`]: steady(90) },
};

/** The same region as its exporters tell it: for each job of the collector, lines of a scrape without the labels that discovery adds. */
export const collected: Record<string, string[]> = {
  node: [
    `node_cpu_seconds_total{cpu="0",mode="idle"} 30`,
    `node_cpu_seconds_total{cpu="0",mode="user"} 30`,
    `node_memory_MemAvailable_bytes 5e10`,
    `node_memory_MemTotal_bytes 1.28e11`,
    `node_filesystem_avail_bytes{fstype="xfs",mountpoint="/data"} 3e11`,
    `node_filesystem_size_bytes{fstype="xfs",mountpoint="/data"} 4e11`,
    `node_network_transmit_bytes_total{device="ens5"} 6e9`,
    `node_network_receive_bytes_total{device="ens5"} 6e9`,
  ],
  valkey: [
    `redis_up 1`,
    `redis_commands_processed_total 6e6`,
    `redis_memory_used_bytes 4e10`,
    `redis_memory_max_bytes 8e10`,
    `redis_keyspace_hits_total 9e5`,
    `redis_keyspace_misses_total 1e5`,
    `redis_connected_clients 400`,
    `redis_evicted_keys_total 7`,
    `redis_master_link_up 1`,
    `redis_latency_percentiles_usec{cmd="get",quantile="99"} 180`,
  ],
  dcgm: [
    ...["GPU_UTIL", "FB_USED", "GPU_TEMP", "POWER_USAGE", "XID_ERRORS", "ECC_DBE_VOL_TOTAL", "ROW_REMAP_FAILURE"].map(
      (field) => `DCGM_FI_DEV_${field}{gpu="0",Hostname="ip-10-66-0-10"} 1`,
    ),
  ],
  "mrgc-router": [
    ...["inference", "health", "metrics"].flatMap((prefix) => [
      `envoy_http_downstream_rq_xx{envoy_http_conn_manager_prefix="${prefix}",envoy_response_code_class="2"} 1e6`,
      `envoy_http_downstream_rq_time_bucket{envoy_http_conn_manager_prefix="${prefix}",le="+Inf"} 1e6`,
    ]),
    `envoy_cluster_membership_healthy{envoy_cluster_name="gpu"} 3`,
    `envoy_cluster_upstream_cx_active{envoy_cluster_name="gpu"} 12`,
    `envoy_cluster_lb_zone_routing_all_directly{envoy_cluster_name="gpu"} 1e6`,
    `envoy_cluster_lb_zone_routing_cross_zone{envoy_cluster_name="gpu"} 5e4`,
  ],
  postgres: [
    `pg_up 1`,
    `pg_stat_activity_count{datname="metadata",state="active"} 20`,
    `pg_settings_max_connections 1000`,
    `pg_stat_database_xact_commit{datname="metadata"} 6000`,
    `pg_stat_replication_pg_wal_lsn_diff{application_name="replica",client_addr="10.66.32.10",slot_name="",state="streaming"} 4096`,
  ],
};
