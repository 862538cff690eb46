import { machineMetrics, metricNamespace as hotTier, serverMetrics } from "../hot-tier-redis/agent-config.ts";
import { metricNamespace as privateLink } from "../private-link-service/acceptance/decide.ts";
import { gpuFaultMetric, gpuMetricNamespace, gpuUseMetric } from "../regional-gpu-cluster/cloudwatch-agent.ts";
import { probeNamespace } from "../tenant-endpoint/probe/probe.ts";

/** What a namespace holds: who says so, the dimensions that a metric may be asked by, and the values it can have. */
export interface KnownNamespace {
  source: string;
  /** Each set sorted. A metric without one of these sets does not exist. */
  dimensions: string[][];
  /** Smallest and largest value. */
  metrics: Record<string, [low: number, high: number]>;
}

const many = Number.MAX_SAFE_INTEGER;
const count: [number, number] = [0, many];
const percent: [number, number] = [0, 100];
const flag: [number, number] = [0, 1];

/** Metrics that AWS or our own agents publish, as far as an alarm or a dashboard of ours asks for them. */
export const knownMetrics: Record<string, KnownNamespace> = {
  "AWS/PrivateLinkServices": {
    source: "PrivateLink guide, CloudWatch metrics for AWS PrivateLink, endpoint service metrics",
    dimensions: [
      ["Az", "Service Id"],
      ["Service Id"],
      ["Az", "Load Balancer Arn", "Service Id"],
      ["Service Id", "VPC Endpoint Id"],
    ],
    metrics: {
      RstPacketsSent: count,
      ActiveConnections: count,
      NewConnections: count,
      BytesProcessed: count,
      EndpointsCount: count,
    },
  },
  "AWS/NetworkELB": {
    source: "Network Load Balancer guide, CloudWatch metrics",
    dimensions: [
      ["LoadBalancer"],
      ["LoadBalancer", "TargetGroup"],
      ["AvailabilityZone", "LoadBalancer"],
      ["AvailabilityZone", "LoadBalancer", "TargetGroup"],
    ],
    metrics: {
      HealthyHostCount: count,
      UnHealthyHostCount: count,
      ActiveFlowCount: count,
      NewFlowCount: count,
      PortAllocationErrorCount: count,
      ClientTLSNegotiationErrorCount: count,
      TargetTLSNegotiationErrorCount: count,
      TCP_Target_Reset_Count: count,
      TCP_ELB_Reset_Count: count,
      RejectedFlowCount: count,
    },
  },
  "AWS/Lambda": {
    source: "Lambda developer guide, types of metrics",
    dimensions: [["FunctionName"], ["FunctionName", "Resource"]],
    metrics: { Errors: count, Invocations: count, Throttles: count, Duration: count },
  },
  "AWS/SQS": {
    source: "SQS developer guide, available CloudWatch metrics",
    dimensions: [["QueueName"]],
    metrics: { ApproximateNumberOfMessagesVisible: count, ApproximateAgeOfOldestMessage: count },
  },
  "AWS/EC2": {
    source: "EC2 user guide, CloudWatch metrics for your instances (by AutoScalingGroupName too)",
    dimensions: [["AutoScalingGroupName"], ["InstanceId"]],
    metrics: {
      StatusCheckFailed: flag,
      StatusCheckFailed_System: flag,
      CPUUtilization: percent,
      NetworkIn: count,
      NetworkOut: count,
      EBSReadOps: count,
      EBSWriteOps: count,
    },
  },
  "AWS/AutoScaling": {
    source: "EC2 Auto Scaling user guide, group metrics; to be enabled with enabledMetrics",
    dimensions: [["AutoScalingGroupName"]],
    metrics: { GroupDesiredCapacity: count, GroupInServiceInstances: count },
  },
  "AWS/ECS": {
    source: "ECS developer guide, CloudWatch metrics",
    dimensions: [["ClusterName", "ServiceName"]],
    metrics: { CPUUtilization: percent, MemoryUtilization: percent },
  },
  "AWS/RDS": {
    source: "RDS user guide, CloudWatch instance-level metrics",
    dimensions: [["DBInstanceIdentifier"]],
    metrics: {
      CPUUtilization: percent,
      FreeStorageSpace: count,
      FreeableMemory: count,
      ReadLatency: count,
      WriteLatency: count,
      DiskQueueDepth: count,
      MaximumUsedTransactionIDs: [0, 2_147_483_647],
      // Negative when replication has ended.
      ReplicaLag: [-1, many],
      DatabaseConnections: count,
    },
  },
  "AWS/GlobalAccelerator": {
    source: "Global Accelerator developer guide, CloudWatch metrics",
    dimensions: [["Accelerator", "EndpointGroup", "Listener"]],
    metrics: { HealthyEndpointCount: count, UnhealthyEndpointCount: count },
  },
  "AWS/Events": {
    source: "EventBridge user guide, EventBridge metrics; by RuleName alone for rules of the default bus",
    dimensions: [["RuleName"]],
    metrics: { TriggeredRules: count, Invocations: count, FailedInvocations: count },
  },
  "AWS/NATGateway": {
    source: "VPC user guide, NAT gateway metrics and dimensions",
    dimensions: [["NatGatewayId"]],
    metrics: { ErrorPortAllocation: count, PacketsDropCount: count, BytesOutToDestination: count },
  },
  "AWS/Usage": {
    source: "CloudWatch user guide, AWS usage metrics; EC2 user guide, usage metrics",
    dimensions: [["Class", "Resource", "Service", "Type"]],
    metrics: { ResourceCount: count },
  },
  [hotTier]: {
    source: "the nodes' agent and metrics.sh, and the controller (docs/decisions/030-controller-contract.md)",
    dimensions: [["Cluster"], ["Cluster", "InstanceId"]],
    metrics: {
      ...Object.fromEntries(
        Object.keys(serverMetrics).map((name) => [name, name.endsWith("Utilization") ? percent : count]),
      ),
      ...Object.fromEntries(Object.keys(machineMetrics).map((name) => [name, percent])),
      ServerUp: flag,
      ...Object.fromEntries(
        [
          "SlotsUncovered",
          "LiveCopiesMinimum",
          "ZoneDuplicates",
          "ActionsFailed",
          "Refusals",
          "BackupAgeSeconds",
          "ReconcileSeconds",
        ].map((name) => [name, count]),
      ),
    },
  },
  [privateLink]: {
    source: "the acceptance function (private-link-service/acceptance/reports.ts)",
    dimensions: [["Service Id"], ["Service Id", "Tenant"]],
    metrics: { SecondsPending: count, Rejected: count, QuotaUsedPercent: count, ConnectedEndpoints: count },
  },
  [gpuMetricNamespace]: {
    source: "the hosts' agent: DCGM exporter and host-scripts/agent.sh",
    dimensions: [["Cluster"]],
    metrics: { [gpuUseMetric]: percent, [gpuFaultMetric]: count, model_requests_in_flight: count },
  },
  [probeNamespace]: {
    source: "the probe (tenant-endpoint/probe/probe.ts)",
    dimensions: [["Endpoint"]],
    metrics: { Healthy: flag },
  },
};
