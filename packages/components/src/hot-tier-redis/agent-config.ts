import type { HotTierPlan } from "./hot-tier-plan.ts";
import { nodePaths } from "./server-config.ts";

/** Namespace of every metric of the hot tier: agent, nodes and controller (correction E32: one, not two). */
export const metricNamespace = "Mrgc/HotTier";

/** What `metrics.sh` sends of a server, by name: what each value means. */
export const serverMetrics = {
  ServerUp: "1 while the server answers",
  ServerMemoryUtilization: "data, percent of maxmemory",
  NetworkBytesOut: "bytes a second that the machine sends",
  OperationsPerSecond: "commands a second",
  EvictedKeys: "keys evicted since the start",
  RejectedConnections: "connections refused since the start",
  PersistenceFailing: "1 while the append-only file cannot be written or rewritten",
  ClusterFailing: "1 while the node sees the cluster as failed",
  SlotsFailing: "slots whose primary is failing as the node sees it",
  ReplicasMissing: "replicas that a primary has too few",
  ReplicationBroken: "1 while a replica has lost its primary",
  ReplicationLagSeconds: "seconds since a replica heard from its primary",
} as const;

/** What the agent itself measures, by the name it is published under (R76). */
export const machineMetrics = {
  CPUUtilization: "processors, percent",
  MemoryUtilization: "memory of the machine, percent",
  DataVolumeUtilization: "data volume, percent",
} as const;

/**
 * The CloudWatch agent's configuration. Every metric is published twice: by `Cluster` for alarms and the controller, and by
 * `Cluster` and `InstanceId` to find the node. `@instance@` is filled in on the node.
 */
export function agentConfig(plan: HotTierPlan, logGroupName: string): string {
  const dimensions = { append_dimensions: { Cluster: plan.clusterName, InstanceId: "@instance@" } };
  const log = (file_path: string, stream: string) => ({
    file_path,
    log_group_name: logGroupName,
    log_stream_name: `@instance@/${stream}`,
  });
  return JSON.stringify({
    agent: { metrics_collection_interval: 60, omit_hostname: true },
    metrics: {
      namespace: metricNamespace,
      aggregation_dimensions: [["Cluster"], ["Cluster", "InstanceId"]],
      metrics_collected: {
        cpu: {
          totalcpu: true,
          measurement: [{ name: "cpu_usage_active", rename: "CPUUtilization", unit: "Percent" }],
          ...dimensions,
        },
        mem: {
          measurement: [{ name: "mem_used_percent", rename: "MemoryUtilization", unit: "Percent" }],
          ...dimensions,
        },
        disk: {
          resources: [nodePaths.data],
          measurement: [{ name: "disk_used_percent", rename: "DataVolumeUtilization", unit: "Percent" }],
          ...dimensions,
        },
        statsd: { service_address: ":8125", metrics_collection_interval: 10, metrics_aggregation_interval: 60 },
      },
    },
    logs: {
      logs_collected: {
        files: { collect_list: [log(nodePaths.log, "server"), log(nodePaths.bootLog, "boot")] },
      },
    },
  });
}
