/** One graph: a title and a search over what is there, so that new zones, groups and nodes appear by themselves. */
interface Graph {
  title: string;
  /** `{namespace,dimensions}` and metric, as CloudWatch's SEARCH takes them. */
  schema: string;
  metrics: string[];
  stat: "Average" | "Maximum" | "Minimum" | "Sum" | "p99";
}

/** What the dashboards show, from the outside in. */
export const graphs: Graph[] = [
  {
    title: "PrivateLink: connections",
    schema: "AWS/PrivateLinkServices,Service Id",
    metrics: ["ActiveConnections", "NewConnections"],
    stat: "Sum",
  },
  {
    title: "PrivateLink: resets by zone",
    schema: "AWS/PrivateLinkServices,Az,Service Id",
    metrics: ["RstPacketsSent"],
    stat: "Sum",
  },
  {
    title: "Load balancers: flows",
    schema: "AWS/NetworkELB,LoadBalancer",
    metrics: ["ActiveFlowCount", "NewFlowCount"],
    stat: "Sum",
  },
  {
    title: "Load balancers: healthy targets",
    schema: "AWS/NetworkELB,LoadBalancer,TargetGroup",
    metrics: ["HealthyHostCount", "UnHealthyHostCount"],
    stat: "Minimum",
  },
  {
    title: "Routers and services: CPU",
    schema: "AWS/ECS,ClusterName,ServiceName",
    metrics: ["CPUUtilization"],
    stat: "Average",
  },
  { title: "GPU: use", schema: "MRGC/Gpu,Cluster", metrics: ["DCGM_FI_DEV_GPU_UTIL"], stat: "Average" },
  {
    title: "Groups: wanted and there",
    schema: "AWS/AutoScaling,AutoScalingGroupName",
    metrics: ["GroupDesiredCapacity", "GroupInServiceInstances"],
    stat: "Average",
  },
  { title: "Hot tier: commands", schema: "Mrgc/HotTier,Cluster", metrics: ["OperationsPerSecond"], stat: "Sum" },
  {
    title: "Hot tier: CPU and memory",
    schema: "Mrgc/HotTier,Cluster",
    metrics: ["CPUUtilization", "ServerMemoryUtilization", "MemoryUtilization"],
    stat: "Maximum",
  },
  {
    title: "Hot tier: replication lag",
    schema: "Mrgc/HotTier,Cluster",
    metrics: ["ReplicationLagSeconds"],
    stat: "Maximum",
  },
  {
    title: "Machines: network",
    schema: "AWS/EC2,AutoScalingGroupName",
    metrics: ["NetworkIn", "NetworkOut"],
    stat: "Sum",
  },
  {
    title: "Machines: disk",
    schema: "AWS/EC2,AutoScalingGroupName",
    metrics: ["EBSReadOps", "EBSWriteOps"],
    stat: "Sum",
  },
  { title: "Database: CPU", schema: "AWS/RDS,DBInstanceIdentifier", metrics: ["CPUUtilization"], stat: "Average" },
  {
    title: "Database: connections",
    schema: "AWS/RDS,DBInstanceIdentifier",
    metrics: ["DatabaseConnections"],
    stat: "Maximum",
  },
  { title: "NAT: bytes out", schema: "AWS/NATGateway,NatGatewayId", metrics: ["BytesOutToDestination"], stat: "Sum" },
  {
    title: "NAT: failures",
    schema: "AWS/NATGateway,NatGatewayId",
    metrics: ["ErrorPortAllocation", "PacketsDropCount"],
    stat: "Sum",
  },
];

/** Graphs that compare regions. */
const acrossRegions = new Set([
  "PrivateLink: connections",
  "Load balancers: healthy targets",
  "GPU: use",
  "Groups: wanted and there",
  "Hot tier: commands",
  "Hot tier: replication lag",
]);
const periodSeconds = 60;
const columns = 3;
const size = { width: 8, height: 6 };
const alarmRow = 3;

/** One region: its pages on top, then a graph for each thing. @param pageArns ARNs of the composite alarms */
export function regionDashboard(region: string, pageArns: string[]): string {
  return body([
    {
      type: "alarm",
      x: 0,
      y: 0,
      width: columns * size.width,
      height: alarmRow,
      properties: { title: "Pages", alarms: pageArns },
    },
    ...graphs.map((graph, index) => widget(graph, [region], index, alarmRow)),
  ]);
}

/** All regions in one graph each. */
export function regionsDashboard(regions: readonly string[]): string {
  return body(
    graphs.filter(({ title }) => acrossRegions.has(title)).map((graph, index) => widget(graph, regions, index, 0)),
  );
}

function widget(graph: Graph, regions: readonly string[], index: number, top: number): unknown {
  const search = (metric: string) =>
    `SEARCH('{${graph.schema.split(",").map(quoted).join(",")}} MetricName="${metric}"', '${graph.stat}', ${periodSeconds})`;
  return {
    type: "metric",
    x: (index % columns) * size.width,
    y: top + Math.floor(index / columns) * size.height,
    ...size,
    properties: {
      title: graph.title,
      view: "timeSeries",
      region: regions[0],
      period: periodSeconds,
      stat: graph.stat,
      metrics: regions.flatMap((region, place) =>
        graph.metrics.map((metric, which) => [
          {
            expression: search(metric),
            id: `e${place}x${which}`,
            region,
            ...(regions.length > 1 ? { label: `${region} ` } : {}),
          },
        ]),
      ),
    },
  };
}

/** Names with a space are quoted in a search. */
function quoted(name: string): string {
  return name.includes(" ") ? `"${name}"` : name;
}

function body(widgets: unknown[]): string {
  return JSON.stringify({ widgets });
}
