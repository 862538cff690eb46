import { exporterPorts } from "../hot-tier-redis/hot-tier-plan.ts";
import { dcgmPort } from "../regional-gpu-cluster/host-plan.ts";
import { routerName, routerPorts } from "../regional-gpu-cluster/router-plan.ts";
import { isEcrImage } from "../shared/ecr-image.ts";
import type { Problem } from "../shared/refusal.ts";

/** The plain part of `CollectorArgs`. */
export interface CollectorPlanArgs {
  image: string;
  scrapeSeconds?: number;
  hotTier?: unknown;
  gpu?: unknown;
  database?: { exporterImage: string };
}

/** What the configuration depends on that exists only once the resources do. */
export interface CollectorSettings {
  region: string;
  zoneIds: readonly string[];
  scrapeSeconds: number;
  /** The workspace's endpoint, as AWS gives it: it ends with a slash. */
  workspaceEndpoint: string;
  hotTier?: { clusterName: string; securityGroupId: string };
  gpu?: { clusterName: string; hostSecurityGroupId: string; namespaceName: string };
  /** Whether an exporter of the database runs beside the collector. */
  database: boolean;
}

/** Size of the collector's one task, as Fargate runs and bills it. */
export const collectorTask = { vcpus: 1, memoryGib: 4 } as const;

/** Default port of postgres_exporter. */
export const databaseExporterPort = 9187;

/** What is kept of each job, because a rule or a panel asks for it; a sample that nobody asks for costs the same. */
export const keptMetrics = {
  node: [
    "node_cpu_seconds_total",
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
    "node_memory_MemAvailable_bytes",
    "node_memory_MemTotal_bytes",
    "node_network_receive_bytes_total",
    "node_network_transmit_bytes_total",
  ],
  valkey: [
    "redis_commands_processed_total",
    "redis_connected_clients",
    "redis_evicted_keys_total",
    "redis_keyspace_hits_total",
    "redis_keyspace_misses_total",
    "redis_latency_percentiles_usec",
    "redis_master_link_up",
    "redis_memory_max_bytes",
    "redis_memory_used_bytes",
    "redis_up",
  ],
  dcgm: [
    "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL",
    "DCGM_FI_DEV_FB_USED",
    "DCGM_FI_DEV_GPU_TEMP",
    "DCGM_FI_DEV_GPU_UTIL",
    "DCGM_FI_DEV_POWER_USAGE",
    "DCGM_FI_DEV_ROW_REMAP_FAILURE",
    "DCGM_FI_DEV_XID_ERRORS",
  ],
  "mrgc-router": [
    "envoy_cluster_lb_zone_routing_all_directly",
    "envoy_cluster_lb_zone_routing_cross_zone",
    "envoy_cluster_membership_healthy",
    "envoy_cluster_upstream_cx_active",
    "envoy_http_downstream_rq_time_bucket",
    "envoy_http_downstream_rq_xx",
  ],
  postgres: [
    "pg_settings_max_connections",
    "pg_stat_activity_count",
    "pg_stat_database_xact_commit",
    "pg_stat_replication_pg_wal_lsn_diff",
    "pg_up",
  ],
} as const;

type Job = keyof typeof keptMetrics;
type Relabel = Record<string, string | string[]>;

const keep = (job: Job): Relabel => ({
  source_labels: ["__name__"],
  regex: keptMetrics[job].join("|"),
  action: "keep",
});
const drop = (label: string, values: string): Relabel => ({ source_labels: [label], regex: values, action: "drop" });
const label = (target_label: string, replacement: string): Relabel => ({ target_label, replacement });
const copy = (from: string, target_label: string): Relabel => ({ source_labels: [from], target_label });

/** Machines are found by the group that they carry, and labelled with their zone. */
function machines(job: Job, port: number, region: string, securityGroupId: string, relabels: Relabel[]): object {
  return {
    job_name: job,
    ec2_sd_configs: [
      {
        region,
        port,
        refresh_interval: "60s",
        filters: [
          { name: "instance.group-id", values: [securityGroupId] },
          { name: "instance-state-name", values: ["running"] },
        ],
      },
    ],
    relabel_configs: [
      copy("__meta_ec2_instance_id", "instance"),
      copy("__meta_ec2_availability_zone_id", "zone"),
      ...relabels,
    ],
    metric_relabel_configs: [
      keep(job),
      // Rules take what is not idle; the other modes would be seven series a processor.
      ...(job === "node" ? [drop("mode", "iowait|irq|nice|softirq|steal|system|user")] : []),
    ],
  };
}

/**
 * Prometheus' configuration as an agent, JSON being YAML: what is read, what is kept of it, and the workspace that gets it,
 * signed with the task's own role.
 */
export function collectorConfig(settings: CollectorSettings): string {
  const { region, hotTier, gpu } = settings;
  return JSON.stringify({
    global: {
      scrape_interval: `${settings.scrapeSeconds}s`,
      scrape_timeout: "10s",
      external_labels: { region },
    },
    scrape_configs: [
      ...(hotTier === undefined
        ? []
        : [
            machines("node", exporterPorts.node, region, hotTier.securityGroupId, []),
            machines("valkey", exporterPorts.engine, region, hotTier.securityGroupId, [
              label("cluster", hotTier.clusterName),
            ]),
          ]),
      ...(gpu === undefined
        ? []
        : [
            machines("dcgm", dcgmPort, region, gpu.hostSecurityGroupId, [label("Cluster", gpu.clusterName)]),
            routers(settings.zoneIds, gpu.namespaceName),
          ]),
      ...(settings.database
        ? [
            {
              job_name: "postgres",
              static_configs: [{ targets: [`127.0.0.1:${databaseExporterPort}`], labels: { instance: "metadata" } }],
              metric_relabel_configs: [keep("postgres")],
            },
          ]
        : []),
    ],
    remote_write: [
      {
        url: `${settings.workspaceEndpoint}api/v1/remote_write`,
        sigv4: { region },
        queue_config: { max_samples_per_send: 1000, max_shards: 50, capacity: 2500 },
      },
    ],
  });
}

/** Routers are found by the names that Cloud Map keeps, which say their zone. */
function routers(zoneIds: readonly string[], namespace: string): object {
  return {
    job_name: "mrgc-router",
    dns_sd_configs: [
      {
        names: zoneIds.map((zoneId) => `${routerName(zoneId)}.${namespace}`),
        type: "A",
        port: routerPorts.metrics,
        refresh_interval: "30s",
      },
    ],
    relabel_configs: [
      {
        source_labels: ["__meta_dns_name"],
        regex: `${routerName("([^.]+)")}\\..*`,
        target_label: "zone",
        replacement: "$1",
      },
    ],
    // Health checks and scrapes are no requests of tenants.
    metric_relabel_configs: [keep("mrgc-router"), drop("envoy_http_conn_manager_prefix", "health|metrics")],
  };
}

/** What is wrong with a collector's arguments. */
export function collectorProblems(args: CollectorPlanArgs | undefined): Problem[] {
  if (args === undefined) {
    return [];
  }
  const problems: Problem[] = [];
  const images = { "collector.image": args.image, "collector.database.exporterImage": args.database?.exporterImage };
  for (const [path, image] of Object.entries(images)) {
    if (image !== undefined && !isEcrImage(image)) {
      problems.push({
        path,
        value: image,
        reason: "is not in ECR, and the task has no way to the internet",
        mend: "Mirror it, as in 123456789012.dkr.ecr.us-east-1.amazonaws.com/prom/prometheus:v3.5.0",
      });
    }
  }
  const { scrapeSeconds = 60 } = args;
  if (!(Number.isInteger(scrapeSeconds) && scrapeSeconds >= 15 && scrapeSeconds <= 300)) {
    problems.push({
      path: "collector.scrapeSeconds",
      value: scrapeSeconds,
      reason: "is not a whole number from 15 to 300",
      mend: "60 is what the rules are evaluated by",
    });
  }
  if (args.hotTier === undefined && args.gpu === undefined && args.database === undefined) {
    problems.push({
      path: "collector",
      value: "hotTier, gpu and database left out",
      reason: "has nothing to read",
      mend: "Give one of them, or no collector",
    });
  }
  return problems;
}
