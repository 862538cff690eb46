import { loadBalancerAddresses, proxyAddresses, systemAddresses } from "../network/address-needs.ts";
import { type AddressPlan } from "../network/address-plan.ts";
import { collectorTask } from "../observability/collector-plan.ts";
import { instanceType } from "../shared/instance-types.ts";
import { type Quota, quotas } from "./quotas.ts";
import { cacheStandIns, fleetMaxima, maxOf, systemFleet } from "./fleet-sizes.ts";
import type { FleetSize, RegionPlanArgs } from "./region-plan-args.ts";

/** Whether a need fits a quota. */
export const QuotaVerdict = {
  /** The default is enough. */
  Fits: "fits",
  /** More than the default: ask AWS for it before `up`. */
  Exceeds: "exceeds",
  /** The default, or the need, is not known: look before `up`. */
  Unknown: "unknown",
} as const;
export type QuotaVerdict = (typeof QuotaVerdict)[keyof typeof QuotaVerdict];

/** What a region needs of one quota with every fleet at its maximum. */
export interface QuotaNeed {
  /** The quota, with AWS' default and where that was read. */
  quota: Quota;
  /** `undefined` where it depends on what the plan was not told. */
  needed?: number;
  /** What the number is made of, and what follows from the quota. */
  why: string;
  /** How the need compares with AWS' default for a new account. */
  verdict: QuotaVerdict;
}

/** Everything that a region needs of AWS' quotas. */
export interface CapacityPlan {
  /** What the region needs of every quota that it touches. */
  needs: QuotaNeed[];
  /** Those that a new account does not have. */
  exceeding: QuotaNeed[];
}

type Need = [needed: number | undefined, why: string];

/** What the region needs of every quota, in the order of `quotas`, against AWS' defaults. */
export function planCapacity(args: RegionPlanArgs, addresses: AddressPlan, interfaceEndpoints: number): CapacityPlan {
  const needed = { ...computeNeeds(args), ...networkNeeds(args, addresses, interfaceEndpoints), ...serviceNeeds(args) };
  const needs = quotas.flatMap((quota): QuotaNeed[] => {
    const need = needed[quota.key];
    return need === undefined ? [] : [{ quota, needed: need[0], why: need[1], verdict: judge(quota, need[0]) }];
  });
  return { needs, exceeding: needs.filter((need) => need.verdict === QuotaVerdict.Exceeds) };
}

/** Whether a need fits a value; either may be unknown. */
export function judge(quota: Pick<Quota, "defaultValue">, needed: number | undefined): QuotaVerdict {
  if (needed === 0) {
    return QuotaVerdict.Fits;
  }
  if (needed === undefined || quota.defaultValue === undefined) {
    return QuotaVerdict.Unknown;
  }
  return needed > quota.defaultValue ? QuotaVerdict.Exceeds : QuotaVerdict.Fits;
}

function computeNeeds(args: RegionPlanArgs): Record<string, Need> {
  const zones = args.zoneIds.length;
  const fleets = [args.cache, args.proxies, args.gpu].filter((fleet) => fleet !== undefined);
  const [standard, gpu] = [fleets.filter((fleet) => !isGpu(fleet)), fleets.filter(isGpu)];
  const spot = args.purchase?.spotShare ?? 0;
  const nodeGroups = args.proxies === undefined ? 0 : (args.proxies.nodeGroups ?? zones);
  const system = [systemFleet(args)].filter((fleet) => fleet !== undefined);
  const volumes = [...fleets, ...system];
  const collector = args.collector === true ? collectorTask.vcpus : 0;
  const groupsPerZone = args.cache?.groupsPerZone ?? 1;
  const cacheGroups = args.cache === undefined ? 0 : zones * groupsPerZone;
  const standIns = cacheStandIns(args);
  const nodesPerGroup = nodeGroups === 0 ? 0 : Math.ceil(maxOf(args.proxies) / nodeGroups);
  const tib = volumes.reduce((sum, fleet) => sum + maxOf(fleet) * gibOf(fleet), 0) / 1024;
  return {
    "standard-vcpu": [
      vcpus(standard, 1 - spot) + vcpus(system, 1) + standIns * vcpuOf(args.cache),
      `${describeVcpus([...standard, ...system])}${standIns === 0 ? "" : `, and ${standIns} that stand in while the cache is replaced`}`,
    ],
    "gpu-vcpu": [vcpus(gpu, 1 - spot), describeVcpus(gpu)],
    "standard-spot-vcpu": [vcpus(standard, spot), `${spot * 100} % on spot`],
    "gpu-spot-vcpu": [vcpus(gpu, spot), `${spot * 100} % on spot`],
    "auto-scaling-groups": [
      cacheGroups + nodeGroups + system.length + gpu.length,
      `${cacheGroups} of the cache + ${nodeGroups + system.length} behind node groups + ${gpu.length} of GPU instances`,
    ],
    "policies-per-auto-scaling-group": [4, "CPU, memory, network and scale-in"],
    "hooks-per-auto-scaling-group": [2, "launch and termination"],
    "target-groups-per-auto-scaling-group": [2, "listeners 443 and 8080"],
    "placement-groups": [cacheGroups + nodeGroups, "one a group of machines: a cluster group lives in one zone"],
    "gp3-tib": [Math.ceil(tib), volumes.map((fleet) => `${maxOf(fleet)} x ${gibOf(fleet)} GiB`).join(" + ")],
    "eks-clusters": [args.proxies === undefined ? 0 : 1, "the proxies'"],
    "node-groups": [nodeGroups + system.length, "one a zone, and one for what runs the cluster"],
    "nodes-per-node-group": [
      nodesPerGroup,
      `${maxOf(args.proxies)} nodes in ${nodeGroups} groups; all in one group would need ${maxOf(args.proxies)}`,
    ],
    "fargate-vcpu": [
      2 * (args.router?.maxTasks ?? 0) * (args.router?.vcpuPerTask ?? 0) + collector,
      `every task of the router, twice while deploying${collector === 0 ? "" : ", and the collector of metrics"}`,
    ],
  };
}

function networkNeeds(args: RegionPlanArgs, addresses: AddressPlan, endpoints: number): Record<string, Need> {
  const zones = args.zoneIds.length;
  const nlbs = networkLoadBalancers(args);
  const publicNlbs = args.loadBalancers?.publicNetworkLoadBalancers ?? 0;
  const proxies = maxOf(args.proxies);
  const proxy = heldByProxy(args, addresses);
  const system = heldBySystem(args, addresses);
  const albInterfaces = zones * (args.loadBalancers?.applicationLoadBalancers ?? 0) * loadBalancerAddresses;
  const tasks = args.router?.maxTasks ?? 0;
  const singles = maxOf(args.cache) + maxOf(args.gpu) + tasks + albInterfaces;
  const shared = zones * (endpoints + nlbs + 1);
  const interfaces =
    singles + proxies * proxy.interfaces + system.count * system.interfaces + shared + (args.database?.instances ?? 0);
  const addressUsage = singles + proxies * proxy.addresses + system.count * system.addresses + 6 * shared;
  return {
    vpcs: [2, "this one and the account's default VPC"],
    "subnets-per-vpc": [addresses.subnets.length, `${addresses.subnets.length / zones} a zone`],
    "interface-endpoints": [endpoints, "one a service"],
    "gateway-endpoints": [2, "S3 and DynamoDB"],
    "network-interfaces": [
      interfaces,
      `${proxies} proxies hold ${proxy.interfaces} each, ${system.count} system nodes ${system.interfaces}, the rest one; an application load balancer grows to ${loadBalancerAddresses} a zone`,
    ],
    "network-address-usage": [
      addressUsage,
      `${proxies} proxies hold ${proxy.addresses} addresses each, ${system.count} system nodes ${system.addresses}; endpoints, load balancers and NAT gateways count 6 a zone`,
    ],
    "elastic-ips": [zones * (1 + publicNlbs), `${zones} NAT gateways + ${zones * publicNlbs} of public load balancers`],
    "nat-gateways-per-zone": [1, "one a zone"],
    "internet-gateways": [2, "this VPC's and the default VPC's"],
    "groups-per-interface": [2, "a component's own and the cluster's"],
    "rules-per-group": [2 * (args.tenantCidrBlocks ?? 0), "each tenant range on 443 and 8080"],
    "security-groups": [20, "at most 3 a component, and those of EKS"],
    "routes-per-table": [3 + (addresses.podCidrBlock === undefined ? 1 : 2), "local, default, S3 and DynamoDB"],
  };
}

function serviceNeeds(args: RegionPlanArgs): Record<string, Need> {
  const zones = args.zoneIds.length;
  const nlbs = networkLoadBalancers(args);
  const crossZone = args.loadBalancers?.crossZone ?? false;
  const targets = nlbs === 0 ? 0 : (args.loadBalancers?.maxTargets ?? maxOf(args.proxies));
  const albs = args.loadBalancers?.applicationLoadBalancers ?? 0;
  const transit = "replaced by PrivateLink's own cross-region access (correction E12)";
  return {
    "network-load-balancers": [nlbs, "public and internal"],
    "application-load-balancers": [albs, "the admin API"],
    "target-groups": [args.loadBalancers?.targetGroups ?? 2 * (nlbs + albs), "one a listener"],
    "targets-per-nlb": [targets, "every target at the maximum"],
    "targets-per-nlb-zone": [Math.ceil(targets / zones), `${targets} targets over ${zones} zones`],
    "targets-per-nlb-cross-zone": [
      crossZone ? targets : 0,
      crossZone ? "turn cross-zone off to have 500 a zone" : "off",
    ],
    "targets-per-target-group": [targets, "every target in one group"],
    "targets-per-alb": [albs === 0 ? 0 : maxOf(args.proxies), "every proxy"],
    "listeners-per-nlb": [2, "443 and 8080"],
    "nlb-interfaces-per-vpc": [zones * nlbs, "one a zone and load balancer"],
    "certificates-per-nlb": [1, "one a listener with TLS"],
    "transit-gateways": [0, transit],
    "transit-gateway-attachments": [0, transit],
    "transit-gateway-peerings": [0, transit],
    "database-instances": [args.database?.instances ?? 0, "primary, standby and replicas"],
    "database-replicas": [args.database?.replicas ?? 0, "those in other regions included"],
    "kms-requests": [args.kmsRequestsPerSecond, "decrypt and data key calls of the enclaves at peak"],
  };
}

function networkLoadBalancers(args: RegionPlanArgs): number {
  const sizes = args.loadBalancers;
  return (sizes?.publicNetworkLoadBalancers ?? 0) + (sizes?.internalNetworkLoadBalancers ?? 0);
}

/** What one proxy node holds: with pods in a range of their own, the first interface has no pods. */
function heldByProxy(args: RegionPlanArgs, { podCidrBlock }: AddressPlan): { interfaces: number; addresses: number } {
  const { node, pods } = proxyAddresses(fleetMaxima(args), podCidrBlock !== undefined);
  const { ipv4PerEni } = instanceType(args.proxies?.instanceType ?? "c6i.2xlarge", "proxies.instanceType");
  return { interfaces: Math.ceil(node / ipv4PerEni) + Math.ceil(pods / ipv4PerEni), addresses: node + pods };
}

function heldBySystem(args: RegionPlanArgs, { podCidrBlock }: AddressPlan) {
  const { count, node, pods } = systemAddresses(fleetMaxima(args), podCidrBlock !== undefined);
  const type = systemFleet(args)?.instanceType;
  return { count, addresses: node + pods, interfaces: type === undefined ? 0 : instanceType(type).enis };
}

function isGpu(fleet: FleetSize): boolean {
  return instanceType(fleet.instanceType).gpu !== undefined;
}

function gibOf(fleet: FleetSize): number {
  return (fleet.volumes ?? []).reduce((sum, volume) => sum + volume.sizeGib, 0);
}

function vcpuOf(fleet: FleetSize | undefined): number {
  return fleet === undefined ? 0 : instanceType(fleet.instanceType).vcpu;
}

function vcpus(fleets: FleetSize[], share: number): number {
  return fleets.reduce((sum, fleet) => sum + Math.ceil(maxOf(fleet) * share) * vcpuOf(fleet), 0);
}

function describeVcpus(fleets: FleetSize[]): string {
  const parts = fleets.map((fleet) => `${maxOf(fleet)} x ${fleet.instanceType} of ${vcpuOf(fleet)}`);
  return parts.join(" + ") || "none";
}
