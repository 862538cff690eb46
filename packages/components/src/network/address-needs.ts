import { instanceType } from "../shared/instance-types.ts";
import { proxyCluster, systemInstanceTypeFor } from "../shared/proxy-cluster.ts";
import type { Problem } from "../shared/refusal.ts";

/** The most that a region's fleets will ever be: what its subnets must have addresses for. */
export interface FleetMaxima {
  /** Cache nodes of the hot tier, spares included. Default: 0. */
  cacheNodes?: number;
  /** Instances of the proxies' node groups together. Default: 0. */
  proxyNodes?: number;
  /** Proxy pods. Default: one a node. */
  proxyPods?: number;
  /** Instance type of the proxies, for its interfaces and addresses. Default: `c6i.2xlarge`. */
  proxyInstanceType?: string;
  /**
   * Spare addresses that each node keeps for pods (the VPC CNI's `WARM_IP_TARGET`; `ProxyFleet` sets 2). With one, a node holds
   * 8 addresses for pods at least (`MINIMUM_IP_TARGET`). Left out, the CNI keeps a whole spare interface, which is 15
   * addresses on c6i.2xlarge (correction E21). Default: none.
   */
  proxyWarmIpTarget?: number;
  /** Nodes beside the proxies' for what runs their cluster. Default: 6 when there are proxies, which is `ProxyFleet`'s most. */
  systemNodes?: number;
  /** Instance type of those, for its interfaces and addresses. Default: as `ProxyFleet`: `m6i.large`, or `m7g.large` for Graviton proxies. */
  systemInstanceType?: string;
  /** GPU instances. Default: 0. */
  gpuInstances?: number;
  /** Tasks of the regional router. Default: 0. */
  routerTasks?: number;
  /** RDS instances: primary, standby and replicas. Default: 0. */
  databaseInstances?: number;
  /** Interface endpoints. Default: 0. */
  interfaceEndpoints?: number;
  /** Anything else in the private subnets of a zone: monitoring, Lambda functions, tools. Default: 32. */
  otherAddressesPerZone?: number;
}

/** One reason for addresses, for messages and tables. */
export interface AddressNeed {
  /** Such as `334 proxy nodes x 30`. */
  what: string;
  /** IPv4 addresses in one zone. */
  addresses: number;
}

/** What one zone's subnets have to hold, by tier. */
export interface ZoneNeeds {
  public: AddressNeed[];
  /** With the pods inside when `pods` is empty. */
  private: AddressNeed[];
  data: AddressNeed[];
  endpoint: AddressNeed[];
  /** In the secondary range; empty when pods take their addresses from the private subnets. */
  pod: AddressNeed[];
}

/** Pods of a node beside the proxies that take an address of their own: EBS CSI, metrics and log agents. */
const systemPodsPerNode = 3;

/** Addresses that AWS wants free in a subnet for an ALB to grow into: 8. */
export const loadBalancerAddresses = 8;

/** Addresses that AWS recommends to leave free in a cluster's subnets for its control plane: 16. */
const controlPlaneAddresses = 16;

/** Sum of needs. */
export function totalOf(needs: readonly AddressNeed[]): number {
  return needs.reduce((sum, need) => sum + need.addresses, 0);
}

/** Needs as a sum in words: `380 addresses (334 proxy nodes x 1 + 46 ...)`. */
export function describeNeeds(needs: readonly AddressNeed[]): string {
  return `${totalOf(needs)} addresses (${needs.map((need) => need.what).join(" + ")})`;
}

/**
 * What a zone must hold when every fleet is at its maximum. Fleets with a group per zone (cache, proxies) are spread
 * evenly; those with one group over all zones (system nodes, GPU, router) may lose a zone, so the others hold all of it.
 *
 * @param podsApart whether pods have a range of their own
 */
export function zoneNeeds(fleets: FleetMaxima, zones: number, podsApart: boolean): ZoneNeeds {
  const { cacheNodes = 0, proxyNodes = 0, gpuInstances = 0, routerTasks = 0, databaseInstances = 0 } = fleets;
  const spread = (count: number) => Math.ceil(count / zones);
  const survivors = (count: number) => Math.ceil(count / Math.max(1, zones - 1));
  const nodes = nodesWhileUpdating(spread(proxyNodes));
  const cache = cacheNodesWhileReplaced(spread(cacheNodes));
  const held = proxyAddresses(fleets, podsApart);
  const system = systemAddresses(fleets, podsApart);
  const systemNodes = nodesWhileUpdating(survivors(system.count));
  const some = (what: string, addresses: number) => (addresses === 0 ? [] : [{ what, addresses }]);
  return {
    public: [{ what: "1 NAT gateway", addresses: 1 }, ...some("load balancers", loadBalancerAddresses)],
    private: [
      ...some(`${nodes} proxy nodes x ${held.node}`, nodes * held.node),
      ...some(`${systemNodes} system nodes x ${system.node}`, systemNodes * system.node),
      ...some("EKS control plane", proxyNodes === 0 ? 0 : controlPlaneAddresses),
      ...some(`${survivors(gpuInstances)} GPU instances`, survivors(gpuInstances)),
      ...some(`${2 * survivors(routerTasks)} router tasks while deploying`, 2 * survivors(routerTasks)),
      // As many again while it is replaced.
      ...some("load balancers", 2 * loadBalancerAddresses),
      ...some("everything else", fleets.otherAddressesPerZone ?? 32),
    ],
    data: [
      ...some(`${cache} cache nodes while they are replaced`, cache),
      ...some(`${databaseInstances} database instances`, databaseInstances),
    ],
    endpoint: some(`${fleets.interfaceEndpoints ?? 0} interface endpoints`, fleets.interfaceEndpoints ?? 0),
    pod: podsApart
      ? [
          ...some(`${nodes} proxy nodes x ${held.pods}`, nodes * held.pods),
          ...some(`${systemNodes} system nodes x ${system.pods}`, systemNodes * system.pods),
        ]
      : [],
  };
}

/**
 * Addresses that one proxy node holds: in its own subnet, and in the pods' range when they have one.
 *
 * The VPC CNI attaches whole interfaces: as many as the pods fill, and one spare, up to the type's limit; each holds all
 * its addresses. On c6i.2xlarge with up to 14 pods that is 2 x 15 = 30, at most 4 x 15 = 60. With a warm target it
 * holds only what its pods and the target need, 8 at least, and a primary address for each interface.
 */
export function proxyAddresses(fleets: FleetMaxima, podsApart: boolean): { node: number; pods: number } {
  const { proxyNodes = 0, proxyPods = proxyNodes, proxyWarmIpTarget } = fleets;
  const type = instanceType(fleets.proxyInstanceType ?? "c6i.2xlarge", "fleets.proxyInstanceType");
  const podsOfNode = (proxyNodes === 0 ? 0 : Math.ceil(proxyPods / proxyNodes)) + systemPodsPerNode;
  const interfaces = podsApart ? type.enis - 1 : type.enis;
  const perInterface = type.ipv4PerEni - 1;
  const wanted = podsOfNode + (proxyWarmIpTarget ?? 0);
  const filled = Math.min(interfaces, Math.ceil(wanted / perInterface));
  const held =
    proxyWarmIpTarget === undefined
      ? Math.min(interfaces, filled + 1) * type.ipv4PerEni
      : Math.min(Math.max(wanted, proxyCluster.minimumIpTarget), interfaces * perInterface) + filled;
  return podsApart ? { node: 1, pods: held } : { node: held, pods: 0 };
}

/**
 * How many system nodes there are at most, and the addresses that one holds: every one that its type has, because the
 * controllers, DNS and the add-ons may all end up on a few.
 */
export function systemAddresses(
  fleets: FleetMaxima,
  podsApart: boolean,
): { count: number; node: number; pods: number } {
  const { proxyNodes = 0, systemNodes = proxyNodes === 0 ? 0 : proxyCluster.maxSystemNodes } = fleets;
  const name = fleets.systemInstanceType ?? systemInstanceTypeFor(fleets.proxyInstanceType ?? "c6i.2xlarge");
  const { enis, ipv4PerEni } = instanceType(name, "fleets.systemInstanceType");
  return podsApart
    ? { count: systemNodes, node: 1, pods: (enis - 1) * ipv4PerEni }
    : { count: systemNodes, node: enis * ipv4PerEni, pods: 0 };
}

/** What cannot be held by any subnet: more pods than the nodes have addresses for, and numbers that are none. */
export function fleetProblems(fleets: FleetMaxima): Problem[] {
  const problems: Problem[] = [];
  for (const [key, value] of Object.entries(fleets) as [string, unknown][]) {
    if (typeof value === "number" && (!Number.isInteger(value) || value < 0)) {
      problems.push({
        path: `fleets.${key}`,
        value,
        reason: "is a count and must be a whole number of 0 or more",
        mend: "Give the most that the fleet will ever be.",
      });
    }
  }
  const { proxyNodes = 0, proxyPods = proxyNodes } = fleets;
  if (proxyNodes === 0 && proxyPods > 0) {
    problems.push({
      path: "fleets.proxyPods",
      value: proxyPods,
      reason: "needs nodes to run on, and fleets.proxyNodes is 0",
      mend: "Set fleets.proxyNodes to the most nodes that the node groups may have.",
    });
  } else if (proxyNodes > 0) {
    const type = instanceType(fleets.proxyInstanceType ?? "c6i.2xlarge", "fleets.proxyInstanceType");
    const perNode = (type.enis - 1) * (type.ipv4PerEni - 1) - systemPodsPerNode;
    if (proxyPods > proxyNodes * perNode) {
      problems.push({
        path: "fleets.proxyPods",
        value: proxyPods,
        reason: `is more than ${proxyNodes} x ${type.type} can give an address of their own: ${proxyNodes * perNode}, which is ${perNode} a node`,
        mend: `Raise fleets.proxyNodes to ${Math.ceil(proxyPods / perNode)}, or choose a type with more interfaces.`,
      });
    }
  }
  return problems;
}

/** Groups of the cache in each zone, `HotTierRedis`'s default. */
const cacheGroupsPerZone = 2;

/**
 * Cache nodes of one zone while they are replaced: each of its groups launches a tenth more, at least one, before it ends a predecessor, and keeps a
 * stopped one warm, which keeps its address.
 */
function cacheNodesWhileReplaced(nodes: number): number {
  const surge = Math.max(1, Math.ceil(Math.ceil(nodes / cacheGroupsPerZone) / 10));
  return nodes === 0 ? 0 : nodes + cacheGroupsPerZone * (surge + 1);
}

/** Nodes of one zone's group while EKS replaces them: 10 % more, and at least 2. */
function nodesWhileUpdating(nodes: number): number {
  return nodes === 0 ? 0 : nodes + Math.max(2, Math.ceil(nodes / 10));
}
