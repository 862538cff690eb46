import { clusterDimension, gpuFaultMetric, gpuMetricNamespace, gpuUseMetric } from "./cloudwatch-agent.ts";

/** What a cluster's alarms are about; `Value` is a string, or an output where AWS gives the name. */
export interface WatchedCluster<Value> {
  name: string;
  faultsPerHour: number;
  /** As metrics name them (`net/...`, `targetgroup/...`), by the listener's port. */
  loadBalancer: Value;
  targetGroups: Record<string, Value>;
  routerCluster: Value;
  /** ECS services by zone ID. */
  routers: Record<string, Value>;
  /** Auto Scaling groups by their plan's key. */
  groups: Record<string, Value>;
}

/** One alarm, known before any resource exists. */
export interface ClusterAlarm<Value> {
  /** Part of the logical name. */
  key: string;
  /** Heading in docs/runbooks/regional-gpu-cluster.md. */
  section: string;
  meaning: string;
  namespace: string;
  /** The metric; with `minus` the alarm watches `metric - minus`. */
  metric: string;
  minus?: string;
  dimensions: Record<string, Value>;
  statistic: "Average" | "Maximum" | "Sum";
  above: boolean;
  /** Whether the threshold itself fires. Default: no. */
  inclusive?: boolean;
  threshold: number;
  periodSeconds: number;
  periods: number;
  /** What silence means. */
  missing: "breaching" | "notBreaching";
}

const minute = { periodSeconds: 60, missing: "notBreaching" as const };

/** What pages: faults, capacity and use of GPUs, health and ports of the load balancer, load of the routers. */
export function gpuClusterAlarms<Value>(
  watched: WatchedCluster<Value>,
  nameOf: (name: string) => Value,
): ClusterAlarm<Value>[] {
  const ofCluster = { [clusterDimension]: nameOf(watched.name) };
  return [
    {
      key: "gpu-faults",
      section: "gpu-faults",
      meaning: `${watched.faultsPerHour} or more GPU hosts of ${watched.name} found themselves broken within an hour and are being replaced.`,
      namespace: gpuMetricNamespace,
      metric: gpuFaultMetric,
      dimensions: ofCluster,
      statistic: "Sum",
      above: true,
      inclusive: true,
      threshold: watched.faultsPerHour,
      periodSeconds: 3600,
      periods: 1,
      // Hosts speak of faults only when they have one.
      missing: "notBreaching",
    },
    {
      key: "gpu-busy",
      section: "gpu-busy",
      meaning: "GPUs have been used above 90 % for a quarter of an hour: requests queue.",
      namespace: gpuMetricNamespace,
      metric: gpuUseMetric,
      dimensions: ofCluster,
      statistic: "Average",
      above: true,
      threshold: 90,
      periods: 15,
      ...minute,
    },
    ...Object.entries(watched.groups).map(([key, group]): ClusterAlarm<Value> => ({
      key: `gpu-${key}-capacity`,
      section: "gpu-capacity",
      meaning: "The group has had fewer GPU hosts than it wants for half an hour.",
      namespace: "AWS/AutoScaling",
      metric: "GroupDesiredCapacity",
      minus: "GroupInServiceInstances",
      dimensions: { AutoScalingGroupName: group },
      statistic: "Average",
      above: true,
      threshold: 0,
      periods: 30,
      ...minute,
    })),
    ...Object.entries(watched.targetGroups).flatMap(([port, targetGroup]): ClusterAlarm<Value>[] => {
      const common = {
        namespace: "AWS/NetworkELB",
        dimensions: { LoadBalancer: watched.loadBalancer, TargetGroup: targetGroup },
        statistic: "Maximum" as const,
      };
      return [
        {
          key: `nlb-no-healthy-${port}`,
          section: "nlb-no-healthy",
          meaning: `No healthy router behind port ${port}: the region answers nobody.`,
          metric: "HealthyHostCount",
          above: false,
          threshold: 1,
          periods: 2,
          ...common,
          ...minute,
          missing: "breaching",
        },
        {
          key: `nlb-unhealthy-${port}`,
          section: "nlb-unhealthy",
          meaning: `A router has not answered on port ${port} for three minutes.`,
          metric: "UnHealthyHostCount",
          above: true,
          threshold: 0,
          periods: 3,
          ...common,
          ...minute,
        },
      ];
    }),
    {
      key: "nlb-port-errors",
      section: "nlb-port-errors",
      meaning: "The load balancer could not give connections to routers a port.",
      namespace: "AWS/NetworkELB",
      metric: "PortAllocationErrorCount",
      dimensions: { LoadBalancer: watched.loadBalancer },
      statistic: "Sum",
      above: true,
      threshold: 0,
      periods: 3,
      ...minute,
    },
    ...Object.entries(watched.routers).map(([zoneId, service]): ClusterAlarm<Value> => ({
      key: `router-${zoneId}-cpu`,
      section: "router-cpu",
      meaning: `Routers in ${zoneId} have been above 85 % CPU for ten minutes although they scale at less.`,
      namespace: "AWS/ECS",
      metric: "CPUUtilization",
      dimensions: { ClusterName: watched.routerCluster, ServiceName: service },
      statistic: "Average",
      above: true,
      threshold: 85,
      periods: 10,
      ...minute,
    })),
  ];
}
