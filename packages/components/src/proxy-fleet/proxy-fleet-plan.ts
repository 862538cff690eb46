import { instanceTypeInZones, type InstanceType } from "../shared/instance-types.ts";
import { logRetentionProblems } from "../shared/log-retention.ts";
import { systemInstanceTypeFor } from "../shared/proxy-cluster.ts";
import { PlanRefusedError, type Problem, refuseAll } from "../shared/refusal.ts";
import { sourceRangeProblem } from "../shared/source-range.ts";
import { AccessPolicy, ClientTls, NodeImage, ProxyProbes } from "./args.ts";
import { type DrainPlan, drainPlan } from "./drain-plan.ts";
import { type KubernetesVersionPlan, planKubernetesVersion } from "./kubernetes-versions-plan.ts";
import { type PodResources, podResources } from "./pod-plan.ts";

/** The plain part of `ProxyFleetArgs`: what the plan depends on. */
export interface ProxyFleetChoices {
  network: { region: string; zoneIds: string[] };
  instanceType?: string;
  systemInstanceType?: string;
  nodeImage?: NodeImage;
  minNodes?: number;
  desiredNodes?: number;
  maxNodes?: number;
  kubernetesVersion?: string;
  clientTls?: ClientTls;
  clientCidrBlocks?: string[];
  probes?: ProxyProbes;
  targetCpuPercent?: number;
  deregistrationDelaySeconds?: number;
  accessEntries?: Record<string, { policy: AccessPolicy }>;
  logRetentionDays?: number;
}

/** One managed node group: the nodes of one zone. */
export interface NodeGroupPlan {
  zoneId: string;
  /** Position of the zone's subnet in the network's lists. */
  zoneIndex: number;
  minNodes: number;
  desiredNodes: number;
  maxNodes: number;
}

/** Everything about the fleet that is known before it exists. */
export interface ProxyFleetPlan {
  zoneIds: string[];
  kubernetes: KubernetesVersionPlan;
  instanceType: InstanceType;
  systemInstanceType: InstanceType;
  nodeImage: NodeImage;
  groups: NodeGroupPlan[];
  minPods: number;
  maxPods: number;
  pod: PodResources;
  probes: ProxyProbes;
  targetCpuPercent: number;
  clientTls: ClientTls;
  /** Left out: the VPC's range. */
  clientCidrBlocks?: string[];
  drain: DrainPlan;
}

/** Nodes that EKS admits in one managed node group (quota L-BD136A63, default). */
export const maxNodesPerGroup = 450;

/**
 * Plans the fleet.
 *
 * @param today for the Kubernetes version's support
 * @throws PlanRefusedError with everything that is wrong
 */
export function proxyFleetPlan(args: ProxyFleetChoices, today: Date): ProxyFleetPlan {
  const problems: Problem[] = [];
  const tried = <Value>(check: () => Value): Value | undefined => {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof PlanRefusedError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const { region, zoneIds } = args.network;
  const minNodes = args.minNodes ?? 48;
  const sizes = { zoneIds, minNodes, desiredNodes: args.desiredNodes ?? minNodes, maxNodes: args.maxNodes ?? 1000 };
  const kubernetes = tried(() => planKubernetesVersion(args.kubernetesVersion, today));
  const type = tried(() => instanceTypeInZones(args.instanceType ?? "c6i.2xlarge", region, zoneIds));
  const systemName = args.systemInstanceType ?? (type && systemInstanceTypeFor(type.type));
  const systemType = systemName && tried(() => instanceTypeInZones(systemName, region, zoneIds, "systemInstanceType"));
  const groups = tried(() => planNodeGroups(sizes));
  const targetCpuPercent = args.targetCpuPercent ?? 70;
  const delay = args.deregistrationDelaySeconds ?? 60;
  problems.push(
    ...(type === undefined ? [] : sizeProblems(type)),
    ...rangeProblems("targetCpuPercent", targetCpuPercent, 10, 90),
    ...rangeProblems("deregistrationDelaySeconds", delay, 30, 900),
    ...choiceProblems("nodeImage", args.nodeImage, NodeImage),
    ...choiceProblems("clientTls", args.clientTls, ClientTls),
    ...choiceProblems("probes", args.probes, ProxyProbes),
    ...sourceProblems(args.clientCidrBlocks),
    ...logRetentionProblems(args.logRetentionDays),
    ...Object.entries(args.accessEntries ?? {}).flatMap(([key, { policy }]) =>
      choiceProblems(`accessEntries.${key}.policy`, policy, AccessPolicy),
    ),
  );
  refuseAll(problems);
  return {
    zoneIds,
    kubernetes: kubernetes!,
    instanceType: type!,
    systemInstanceType: systemType as InstanceType,
    nodeImage: args.nodeImage ?? NodeImage.AmazonLinux2023,
    groups: groups!,
    minPods: sizes.minNodes,
    maxPods: sizes.maxNodes,
    pod: podResources(type!),
    probes: args.probes ?? ProxyProbes.Http,
    targetCpuPercent,
    clientTls: args.clientTls ?? ClientTls.AtLoadBalancer,
    ...(args.clientCidrBlocks === undefined ? {} : { clientCidrBlocks: args.clientCidrBlocks }),
    drain: drainPlan(delay),
  };
}

/** What the node groups' sizes depend on. */
export interface ProxyFleetSizes {
  zoneIds: string[];
  minNodes: number;
  desiredNodes: number;
  maxNodes: number;
}

/**
 * Spreads the fleet over a node group per zone, so that losing a zone loses a third, no group exceeds EKS's 450 nodes and,
 * with one proxy a node, no zone the load balancer's 500 targets.
 *
 * @throws PlanRefusedError when the sizes contradict each other or exceed the quota.
 */
export function planNodeGroups(sizes: ProxyFleetSizes): NodeGroupPlan[] {
  const { minNodes, desiredNodes, maxNodes, zoneIds } = sizes;
  const zones = zoneIds.length;
  const problems: Problem[] = Object.entries({ minNodes, desiredNodes, maxNodes })
    .filter(([, value]) => !Number.isInteger(value))
    .map(([path, value]) => ({ path, value, reason: "is no whole number", mend: "Give a number of nodes." }));
  if (zones < 2) {
    problems.push({
      path: "network.zoneIds",
      value: zoneIds,
      reason: "EKS needs subnets in two zones",
      mend: "Give a network of three zones.",
    });
  }
  if (!(minNodes >= zones)) {
    problems.push({
      path: "minNodes",
      value: minNodes,
      reason: `Every one of the ${zones} zones needs a node`,
      mend: `Set minNodes to ${zones} or more.`,
    });
  }
  if (!(minNodes <= desiredNodes && desiredNodes <= maxNodes)) {
    problems.push({
      path: "desiredNodes",
      value: desiredNodes,
      reason: `It must lie between minNodes ${minNodes} and maxNodes ${maxNodes}`,
      mend: "Raise maxNodes or lower desiredNodes.",
    });
  }
  if (Math.ceil(maxNodes / zones) > maxNodesPerGroup) {
    problems.push({
      path: "maxNodes",
      value: maxNodes,
      reason: `EKS admits ${maxNodesPerGroup} nodes in a group and there are ${zones} groups, one a zone`,
      mend: `Set maxNodes to ${maxNodesPerGroup * zones} or less, or add a zone.`,
    });
  }
  refuseAll(problems);
  return zoneIds.map((zoneId, zoneIndex) => ({
    zoneId,
    zoneIndex,
    minNodes: share(minNodes, zones, zoneIndex),
    desiredNodes: share(desiredNodes, zones, zoneIndex),
    maxNodes: share(maxNodes, zones, zoneIndex),
  }));
}

/** The part of `total` that the group at `index` of `groups` gets: even, the first groups take the rest. */
function share(total: number, groups: number, index: number): number {
  return Math.floor(total / groups) + (index < total % groups ? 1 : 0);
}

/** A proxy needs a core, and more than half of its node, so that one node never runs two. */
function sizeProblems(type: InstanceType): Problem[] {
  const pod = podResources(type);
  return pod.cpuMillis >= 1000 && pod.cpuMillis * 2 > type.vcpu * 1000
    ? []
    : [
        {
          path: "instanceType",
          value: type.type,
          reason: "leaves a proxy less than a core, or less than half of its node",
          mend: "Choose a type with 2 vCPU or more, such as c6i.large.",
        },
      ];
}

function rangeProblems(path: string, value: number, from: number, to: number): Problem[] {
  return Number.isInteger(value) && value >= from && value <= to
    ? []
    : [{ path, value, reason: `must be a whole number from ${from} to ${to}`, mend: `Choose one, such as ${from}.` }];
}

function choiceProblems(path: string, value: string | undefined, choices: Record<string, string>): Problem[] {
  const allowed = Object.values(choices);
  return value === undefined || allowed.includes(value)
    ? []
    : [{ path, value, reason: `must be one of ${allowed.join(", ")}`, mend: "Choose one, or leave it out." }];
}

function sourceProblems(blocks: string[] | undefined): Problem[] {
  if (blocks?.length === 0) {
    const reason = "lets nobody in";
    return [{ path: "clientCidrBlocks", value: blocks, reason, mend: "Name a range, or leave it out." }];
  }
  return (blocks ?? []).flatMap((value, index): Problem[] => {
    const reason = sourceRangeProblem(value);
    const mend = "Name the clients' ranges, such as 10.0.0.0/8.";
    return reason === undefined ? [] : [{ path: `clientCidrBlocks[${index}]`, value, reason, mend }];
  });
}
