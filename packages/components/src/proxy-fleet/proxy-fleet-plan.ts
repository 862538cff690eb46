import { type Problem, refuseAll } from "../shared/refusal.ts";

/** What the fleet's plan depends on; all plain. */
export interface ProxyFleetSizes {
  zoneIds: string[];
  instanceType: string;
  minNodes: number;
  desiredNodes: number;
  maxNodes: number;
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

/** Nodes that EKS admits in one managed node group (quota L-BD136A63, default). */
export const maxNodesPerGroup = 450;

/**
 * Spreads the fleet over a node group per zone, so that losing a zone loses a third and no group exceeds EKS's 450 nodes.
 *
 * @throws PlanRefusedError when the sizes contradict each other or exceed the quota.
 */
export function planNodeGroups(sizes: ProxyFleetSizes): NodeGroupPlan[] {
  const { minNodes, desiredNodes, maxNodes, zoneIds } = sizes;
  const problems: Problem[] = [];
  if (!(minNodes >= zoneIds.length)) {
    problems.push({
      path: "minNodes",
      value: minNodes,
      reason: `Every one of the ${zoneIds.length} zones needs a node`,
      mend: `Set minNodes to ${zoneIds.length} or more.`,
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
  if (Math.ceil(maxNodes / zoneIds.length) > maxNodesPerGroup) {
    problems.push({
      path: "maxNodes",
      value: maxNodes,
      reason: `EKS admits ${maxNodesPerGroup} nodes in a group and there are ${zoneIds.length} groups, one a zone`,
      mend: `Set maxNodes to ${maxNodesPerGroup * zoneIds.length} or less, or add a zone.`,
    });
  }
  refuseAll(problems);
  return zoneIds.map((zoneId, zoneIndex) => ({
    zoneId,
    zoneIndex,
    minNodes: share(minNodes, zoneIds.length, zoneIndex),
    desiredNodes: share(desiredNodes, zoneIds.length, zoneIndex),
    maxNodes: share(maxNodes, zoneIds.length, zoneIndex),
  }));
}

/** The part of `total` that the group at `index` of `groups` gets: even, the first groups take the rest. */
function share(total: number, groups: number, index: number): number {
  return Math.floor(total / groups) + (index < total % groups ? 1 : 0);
}
