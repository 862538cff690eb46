import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DashboardBuilder, DatasourceVariableBuilder, type Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

/** Where the dashboards lie that Grafana imports or provisions. */
export const dashboardsFolder = join(import.meta.dirname, "../grafana");

/** A graph: what it is called, what it asks, and Grafana's unit of the answer. */
interface Graph {
  title: string;
  unit: string;
  expr: string;
  legend: string;
}

/** A query whose lines are told apart by these labels. */
function graph(title: string, unit: string, expr: string, labels: string): Graph {
  const legend = labels
    .split(", ")
    .map((label) => `{{${label}}}`)
    .join(" ");
  return { title, unit, expr, legend };
}

/** A query summed up by the labels that tell its lines apart. */
function total(title: string, unit: string, expr: string, labels: string): Graph {
  return graph(title, unit, `sum by (${labels}) (${expr})`, labels);
}

/** What a counter grows by in a second, summed up by the labels that tell its lines apart. */
function rate(title: string, unit: string, counter: string, labels: string): Graph {
  return total(title, unit, `rate(${counter}[5m])`, labels);
}

/** A figure of each GPU. */
function perGpu(title: string, unit: string, field: string): Graph {
  return graph(title, unit, `DCGM_FI_DEV_${field}`, "Hostname, gpu");
}

const contents: Record<string, { title: string; graphs: Graph[] }> = {
  infrastructure: {
    title: "mrgc: infrastructure",
    graphs: [
      graph("Targets that answer", "percentunit", "avg by (job) (up)", "job"),
      graph("CPU", "percentunit", "instance:node_cpu_used:ratio", "instance"),
      graph("Memory", "percentunit", "instance:node_memory_used:ratio", "instance"),
      graph(
        "Volumes",
        "percentunit",
        `1 - node_filesystem_avail_bytes{fstype!~"tmpfs|overlay"} / node_filesystem_size_bytes`,
        "instance, mountpoint",
      ),
      rate("Received", "Bps", `node_network_receive_bytes_total{device!="lo"}`, "instance"),
      total("Database connections", "short", "pg_stat_activity_count", "instance, state"),
      rate("Database transactions", "ops", "pg_stat_database_xact_commit", "instance"),
      graph(
        "Replica lag",
        "decbytes",
        "max by (instance, application_name) (pg_stat_replication_pg_wal_lsn_diff)",
        "instance, application_name",
      ),
    ],
  },
  "hot-tier": {
    title: "mrgc: hot tier",
    graphs: [
      graph("Commands", "ops", "cluster:redis_commands:rate5m", "cluster"),
      graph(
        "p99 of commands",
        "µs",
        `max by (cluster, cmd) (redis_latency_percentiles_usec{quantile="99"})`,
        "cluster, cmd",
      ),
      graph("Data of maxmemory", "percentunit", "instance:redis_memory_used:ratio", "instance"),
      graph("Hits", "percentunit", "cluster:redis_hits:ratio", "cluster"),
      total("Clients", "short", "redis_connected_clients", "cluster"),
      rate("Evictions", "ops", "redis_evicted_keys_total", "cluster"),
      total("Replicas with their primary", "short", "redis_master_link_up", "cluster"),
    ],
  },
  proxies: {
    title: "mrgc: proxies and routers",
    graphs: [
      {
        ...graph("Requests by class", "reqps", "job:envoy_requests:rate5m", "job"),
        legend: "{{job}} {{envoy_response_code_class}}xx",
      },
      graph("Errors of requests", "percentunit", "job:envoy_errors:ratio", "job"),
      graph("p99 of requests", "ms", "job:envoy_latency:p99_ms", "job"),
      graph("Commands to the hot tier", "reqps", "job:envoy_redis_commands:rate5m", "job, envoy_redis_command"),
      graph("Errors of commands", "percentunit", "job:envoy_redis_errors:ratio", "job"),
      graph("p99 of commands", "µs", "job:envoy_redis_latency:p99_us", "job"),
      graph(
        "Healthy upstream members",
        "short",
        "min by (job, envoy_cluster_name) (envoy_cluster_membership_healthy)",
        "job, envoy_cluster_name",
      ),
      total("Upstream connections", "short", "envoy_cluster_upstream_cx_active", "job, envoy_cluster_name"),
    ],
  },
  topology: {
    title: "mrgc: topology",
    graphs: [
      total("Sent by zone", "Bps", "instance:node_network_transmit:rate5m", "zone"),
      total("Sent by part", "Bps", "instance:node_network_transmit:rate5m", "job"),
      rate("Requests that stay in the zone", "reqps", "envoy_cluster_lb_zone_routing_all_directly", "job"),
      rate("Requests that leave the zone", "reqps", "envoy_cluster_lb_zone_routing_cross_zone", "job"),
      graph("Machines by zone", "short", "count by (zone) (node_memory_MemTotal_bytes)", "zone"),
    ],
  },
  gpu: {
    title: "mrgc: GPU",
    graphs: [
      graph("Use", "percent", "cluster:gpu_used:percent", "Cluster"),
      perGpu("Use by GPU", "percent", "GPU_UTIL"),
      perGpu("Memory", "decmbytes", "FB_USED"),
      perGpu("Temperature", "celsius", "GPU_TEMP"),
      perGpu("Power", "watt", "POWER_USAGE"),
      perGpu("Last XID error", "short", "XID_ERRORS"),
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
      for (const { title: name, unit, expr, legend } of graphs) {
        builder.withPanel(
          new PanelBuilder()
            .title(name)
            .unit(unit)
            .min(0)
            .datasource({ type: "prometheus", uid: "${datasource}" })
            .withTarget(new DataqueryBuilder().refId("A").expr(expr).legendFormat(legend)),
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
