import { runbook } from "../shared/runbook.ts";

/** A group of rules as Prometheus reads it; JSON is YAML. */
export interface RuleGroup {
  name: string;
  interval: string;
  rules: (RecordingRule | AlertRule)[];
}

/** A figure that dashboards and alerts share. */
export interface RecordingRule {
  record: string;
  expr: string;
}

/** Something that people should look at. It is told in the chat: pages come from CloudWatch (decision 110). */
export interface AlertRule {
  alert: string;
  expr: string;
  for: string;
  labels: { severity: "warning" };
  annotations: { summary: string; runbook: string };
}

const record = (name: string, expr: string): RecordingRule => ({ record: name, expr });
const alert = (name: string, expr: string, minutes: number, summary: string, page: [string, string]): AlertRule => ({
  alert: name,
  expr,
  for: `${minutes}m`,
  labels: { severity: "warning" },
  annotations: { summary, runbook: runbook(...page) },
});

/** Requests of tenants: what Envoys answer of their health and metrics is none. */
const requests = `envoy_http_conn_manager_prefix!~"admin|health|metrics"`;

/**
 * Recording rules and alerts over the exporters' own metric names: node_exporter, redis_exporter (Valkey too),
 * postgres_exporter, Envoy and NVIDIA's DCGM exporter.
 */
export const ruleGroups: RuleGroup[] = [
  {
    name: "figures",
    interval: "1m",
    rules: [
      record(
        "instance:node_cpu_used:ratio",
        `1 - avg by (job, instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))`,
      ),
      record("instance:node_memory_used:ratio", "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes"),
      record(
        "instance:node_network_transmit:rate5m",
        `sum by (job, instance, zone) (rate(node_network_transmit_bytes_total{device!="lo"}[5m]))`,
      ),
      record("cluster:redis_commands:rate5m", "sum by (cluster) (rate(redis_commands_processed_total[5m]))"),
      record("instance:redis_memory_used:ratio", "redis_memory_used_bytes / (redis_memory_max_bytes > 0)"),
      record(
        "cluster:redis_hits:ratio",
        "sum by (cluster) (rate(redis_keyspace_hits_total[5m])) / (sum by (cluster) (rate(redis_keyspace_hits_total[5m])) + sum by (cluster) (rate(redis_keyspace_misses_total[5m])))",
      ),
      record(
        "job:envoy_requests:rate5m",
        `sum by (job, envoy_response_code_class) (rate(envoy_http_downstream_rq_xx{${requests}}[5m]))`,
      ),
      record(
        "job:envoy_errors:ratio",
        `sum by (job) (rate(envoy_http_downstream_rq_xx{${requests},envoy_response_code_class="5"}[5m])) / sum by (job) (rate(envoy_http_downstream_rq_xx{${requests}}[5m]))`,
      ),
      record(
        "job:envoy_latency:p99_ms",
        `histogram_quantile(0.99, sum by (job, le) (rate(envoy_http_downstream_rq_time_bucket{${requests}}[5m])))`,
      ),
      record(
        "job:envoy_redis_commands:rate5m",
        "sum by (job, envoy_redis_command) (rate(envoy_redis_command_total[5m]))",
      ),
      record(
        "job:envoy_redis_errors:ratio",
        // Envoy tells of errors once there was one.
        "(sum by (job) (rate(envoy_redis_command_error[5m])) or 0 * sum by (job) (rate(envoy_redis_command_total[5m]))) / sum by (job) (rate(envoy_redis_command_total[5m]))",
      ),
      record(
        "job:envoy_redis_latency:p99_us",
        "histogram_quantile(0.99, sum by (job, le) (rate(envoy_redis_command_latency_bucket[5m])))",
      ),
      record("cluster:gpu_used:percent", "avg by (Cluster) (DCGM_FI_DEV_GPU_UTIL)"),
    ],
  },
  {
    name: "alerts",
    interval: "1m",
    rules: [
      alert("TargetsMissing", "avg by (job) (up) < 0.9", 10, "More than a tenth of {{ $labels.job }} is not read.", [
        "observability",
        "probe-loss",
      ]),
      alert(
        "MachineMemory",
        "instance:node_memory_used:ratio > 0.95",
        5,
        "{{ $labels.instance }} has less than 5 % of its memory.",
        ["hot-tier-redis", "machine-memory"],
      ),
      alert(
        "VolumeFilling",
        `predict_linear(node_filesystem_avail_bytes{fstype!~"tmpfs|overlay"}[1h], 4 * 3600) < 0 and node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.4`,
        15,
        "{{ $labels.mountpoint }} of {{ $labels.instance }} will be full within four hours.",
        ["hot-tier-redis", "data-volume"],
      ),
      alert("ServerDown", "redis_up == 0", 3, "The server of {{ $labels.instance }} does not answer.", [
        "hot-tier-redis",
        "server-down",
      ]),
      alert(
        "ServerMemory",
        "instance:redis_memory_used:ratio > 0.9",
        5,
        "{{ $labels.instance }} uses 90 % of maxmemory.",
        ["hot-tier-redis", "memory-high"],
      ),
      alert("ReplicationBroken", "redis_master_link_up == 0", 5, "{{ $labels.instance }} has lost its primary.", [
        "hot-tier-redis",
        "replication-broken",
      ]),
      alert(
        "HotTierSlow",
        `max by (cluster) (redis_latency_percentiles_usec{quantile="99"}) > 800`,
        10,
        "A command's p99 is above 0.8 ms on a node (R118).",
        ["hot-tier-redis", "cpu-high"],
      ),
      alert(
        "Evictions",
        "sum by (cluster) (rate(redis_evicted_keys_total[5m])) > 0",
        10,
        "Keys are evicted: the data does not fit.",
        ["hot-tier-redis", "memory-high"],
      ),
      alert(
        "RouterErrors",
        "job:envoy_errors:ratio > 0.0001",
        10,
        "{{ $labels.job }} answers more than 0.01 % of requests with errors (R118).",
        ["observability", "router-errors"],
      ),
      alert("RouterSlow", "job:envoy_latency:p99_ms > 600", 10, "{{ $labels.job }}: p99 above 600 ms (R53).", [
        "observability",
        "router-slow",
      ]),
      alert(
        "ProxyErrors",
        "job:envoy_redis_errors:ratio > 0.0001",
        10,
        "{{ $labels.job }} answers more than 0.01 % of commands with errors (R118).",
        ["observability", "proxy-errors"],
      ),
      alert("ProxySlow", "job:envoy_redis_latency:p99_us > 10000", 10, "{{ $labels.job }}: p99 above 10 ms (R118).", [
        "observability",
        "proxy-slow",
      ]),
      alert("DatabaseDown", "pg_up == 0", 3, "The database does not answer its exporter.", [
        "observability",
        "database",
      ]),
      alert(
        "DatabaseConnections",
        "sum by (instance) (pg_stat_activity_count) / on (instance) pg_settings_max_connections > 0.8",
        10,
        "80 % of the database's connections are used.",
        ["observability", "database"],
      ),
      // As the writer sees each replica: the exporter asks the writer, whose own lag in seconds is always 0.
      alert(
        "DatabaseLag",
        "max by (instance, application_name) (pg_stat_replication_pg_wal_lsn_diff) > 1e9",
        5,
        "{{ $labels.application_name }} is {{ $value | humanize }}B of log behind.",
        ["observability", "database"],
      ),
      alert(
        "GpuErrors",
        "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL > 0 or DCGM_FI_DEV_ROW_REMAP_FAILURE > 0",
        1,
        "GPU {{ $labels.gpu }} of {{ $labels.Hostname }} has broken memory.",
        ["regional-gpu-cluster", "gpu-faults"],
      ),
      alert(
        "GpuHot",
        "DCGM_FI_DEV_GPU_TEMP > 85",
        10,
        "GPU {{ $labels.gpu }} of {{ $labels.Hostname }} is above 85 °C and slows down.",
        ["regional-gpu-cluster", "gpu-faults"],
      ),
    ],
  },
];

/** The rules as a file that Prometheus and promtool read. */
export function rulesFile(): string {
  return JSON.stringify({ groups: ruleGroups }, undefined, 2);
}

/** The alert manager of a workspace: groups by alert, to one topic. @param topicArn SNS topic of the chat */
export function alertManagerFile(region: string, topicArn: string): string {
  const config = {
    route: {
      receiver: "chat",
      group_by: ["alertname"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "12h",
    },
    receivers: [
      {
        name: "chat",
        sns_configs: [
          { topic_arn: topicArn, sigv4: { region }, subject: "{{ .CommonLabels.alertname }}", send_resolved: true },
        ],
      },
    ],
  };
  return JSON.stringify({ alertmanager_config: JSON.stringify(config) });
}
