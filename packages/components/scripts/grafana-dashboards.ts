import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DashboardBuilder, DatasourceVariableBuilder, type Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

/** Where the dashboards lie that Grafana imports or provisions. */
export const dashboardsFolder = join(import.meta.dirname, "../grafana");

/** A graph: title, Grafana's unit, and a query with the legend of its lines. */
type Graph = [title: string, unit: string, query: string, legend: string];

const contents: Record<string, { title: string; graphs: Graph[] }> = {
  infrastructure: {
    title: "mrgc: infrastructure",
    graphs: [
      ["Targets that answer", "percentunit", "avg by (job) (up)", "{{job}}"],
      ["CPU", "percentunit", "instance:node_cpu_used:ratio", "{{instance}}"],
      ["Memory", "percentunit", "instance:node_memory_used:ratio", "{{instance}}"],
      [
        "Volumes",
        "percentunit",
        `1 - node_filesystem_avail_bytes{fstype!~"tmpfs|overlay"} / node_filesystem_size_bytes`,
        "{{instance}} {{mountpoint}}",
      ],
      [
        "Received",
        "Bps",
        `sum by (instance) (rate(node_network_receive_bytes_total{device!="lo"}[5m]))`,
        "{{instance}}",
      ],
      ["Database connections", "short", "sum by (instance, state) (pg_stat_activity_count)", "{{instance}} {{state}}"],
      ["Database transactions", "ops", "sum by (instance) (rate(pg_stat_database_xact_commit[5m]))", "{{instance}}"],
      ["Replica lag", "s", "pg_replication_lag_seconds", "{{instance}}"],
    ],
  },
  "hot-tier": {
    title: "mrgc: hot tier",
    graphs: [
      ["Commands", "ops", "cluster:redis_commands:rate5m", "{{cluster}}"],
      [
        "p99 of commands",
        "µs",
        `max by (cluster, cmd) (redis_latency_percentiles_usec{quantile="99"})`,
        "{{cluster}} {{cmd}}",
      ],
      ["Data of maxmemory", "percentunit", "instance:redis_memory_used:ratio", "{{instance}}"],
      ["Hits", "percentunit", "cluster:redis_hits:ratio", "{{cluster}}"],
      ["Clients", "short", "sum by (cluster) (redis_connected_clients)", "{{cluster}}"],
      ["Evictions", "ops", "sum by (cluster) (rate(redis_evicted_keys_total[5m]))", "{{cluster}}"],
      ["Replicas with their primary", "short", "sum by (cluster) (redis_master_link_up)", "{{cluster}}"],
    ],
  },
  proxies: {
    title: "mrgc: proxies and routers",
    graphs: [
      ["Requests by class", "reqps", "job:envoy_requests:rate5m", "{{job}} {{envoy_response_code_class}}xx"],
      ["Errors", "percentunit", "job:envoy_errors:ratio", "{{job}}"],
      ["p99", "ms", "job:envoy_latency:p99_ms", "{{job}}"],
      [
        "Healthy upstream members",
        "short",
        "min by (job, envoy_cluster_name) (envoy_cluster_membership_healthy)",
        "{{job}} {{envoy_cluster_name}}",
      ],
      [
        "Upstream connections",
        "short",
        "sum by (job, envoy_cluster_name) (envoy_cluster_upstream_cx_active)",
        "{{job}} {{envoy_cluster_name}}",
      ],
      ["Commands to the hot tier", "reqps", "sum by (job) (rate(envoy_redis_downstream_rq_total[5m]))", "{{job}}"],
    ],
  },
  topology: {
    title: "mrgc: topology",
    graphs: [
      ["Sent by zone", "Bps", "sum by (zone) (instance:node_network_transmit:rate5m)", "{{zone}}"],
      ["Sent by part", "Bps", "sum by (job) (instance:node_network_transmit:rate5m)", "{{job}}"],
      [
        "Requests that stay in the zone",
        "reqps",
        "sum by (job) (rate(envoy_cluster_lb_zone_routing_all_directly[5m]))",
        "{{job}}",
      ],
      [
        "Requests that leave the zone",
        "reqps",
        "sum by (job) (rate(envoy_cluster_lb_zone_routing_cross_zone[5m]))",
        "{{job}}",
      ],
      ["Machines by zone", "short", "count by (zone) (node_memory_MemTotal_bytes)", "{{zone}}"],
    ],
  },
  gpu: {
    title: "mrgc: GPU",
    graphs: [
      ["Use", "percent", "cluster:gpu_used:percent", "{{Cluster}}"],
      ["Use by GPU", "percent", "DCGM_FI_DEV_GPU_UTIL", "{{Hostname}} {{gpu}}"],
      ["Memory", "decmbytes", "DCGM_FI_DEV_FB_USED", "{{Hostname}} {{gpu}}"],
      ["Temperature", "celsius", "DCGM_FI_DEV_GPU_TEMP", "{{Hostname}} {{gpu}}"],
      ["Power", "watt", "DCGM_FI_DEV_POWER_USAGE", "{{Hostname}} {{gpu}}"],
      ["Last XID error", "short", "DCGM_FI_DEV_XID_ERRORS", "{{Hostname}} {{gpu}}"],
    ],
  },
};

/** The dashboards by file name, in Grafana's own model (its foundation SDK builds and types them). */
export function dashboards(): Record<string, Dashboard> {
  return Object.fromEntries(
    Object.entries(contents).map(([key, { title, graphs }]) => {
      const builder = new DashboardBuilder(title)
        .uid(`mrgc-${key}`)
        .tags(["mrgc"])
        .refresh("1m")
        .time({ from: "now-3h", to: "now" })
        .withVariable(new DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"));
      for (const [name, unit, query, legend] of graphs) {
        builder.withPanel(
          new PanelBuilder()
            .title(name)
            .unit(unit)
            .min(0)
            .datasource({ type: "prometheus", uid: "${datasource}" })
            .withTarget(new DataqueryBuilder().refId("A").expr(query).legendFormat(legend)),
        );
      }
      return [key, builder.build()];
    }),
  );
}

/** A dashboard as the file that is committed. */
export function dashboardFile(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(dashboardsFolder, { recursive: true });
  for (const [key, dashboard] of Object.entries(dashboards())) {
    writeFileSync(join(dashboardsFolder, `${key}.json`), dashboardFile(dashboard));
  }
}
