import { describe, expect, it } from "vitest";
import { planAddresses } from "../network/address-plan.ts";
import { planCapacity, QuotaVerdict } from "./capacity-plan.ts";
import { quotaOf, quotas } from "./quotas.ts";
import type { RegionPlanArgs } from "./region-plan-args.ts";
import { fleetMaxima } from "./fleet-sizes.ts";

/** Full scale as the source documents have it, with what they leave out where part C of the corrections counts it. */
const fullScale: RegionPlanArgs = {
  region: "us-west-2",
  zoneIds: ["usw2-az1", "usw2-az2", "usw2-az3"],
  vpcCidrBlock: "10.66.128.0/18",
  cache: {
    instanceType: "r6i.4xlarge",
    instances: 48,
    maxInstances: 1000,
    groupsPerZone: 2,
    volumes: [{ sizeGib: 50 }, { sizeGib: 200, iops: 10_000, throughputMBps: 1000 }],
  },
  proxies: { instanceType: "c6i.2xlarge", instances: 48, maxInstances: 1000 },
  router: { tasks: 3, maxTasks: 12, vcpuPerTask: 2, memoryGibPerTask: 4 },
  database: { instanceClass: "db.r6i.xlarge", instances: 3, replicas: 2, storageGib: 500 },
  loadBalancers: {
    publicNetworkLoadBalancers: 1,
    internalNetworkLoadBalancers: 1,
    applicationLoadBalancers: 1,
    targetGroups: 4,
  },
};

function needs(change: Partial<RegionPlanArgs> = {}) {
  const args = { ...fullScale, ...change };
  const addresses = planAddresses({
    vpcCidrBlock: args.vpcCidrBlock,
    zoneIds: args.zoneIds,
    fleets: fleetMaxima(args),
  });
  const plan = planCapacity(args, addresses, 14);
  return Object.fromEntries(plan.needs.map((need) => [need.quota.key, need]));
}

const needed = (key: string, change?: Partial<RegionPlanArgs>) => needs(change)[key]?.needed;
const verdict = (key: string, change?: Partial<RegionPlanArgs>) => needs(change)[key]?.verdict;
const only = (fleets: Partial<RegionPlanArgs>): Partial<RegionPlanArgs> => ({
  cache: undefined,
  proxies: undefined,
  router: undefined,
  database: undefined,
  loadBalancers: undefined,
  ...fleets,
});

describe("the quotas of part C", () => {
  it.each<[key: string, code: string | undefined, defaultValue: number | undefined]>([
    ["standard-vcpu", "L-1216C47A", 5],
    ["gpu-vcpu", "L-DB2E81BA", 0],
    ["standard-spot-vcpu", "L-34B43A08", 5],
    ["gpu-spot-vcpu", "L-3819A6DF", 0],
    ["vpcs", "L-F678F1CE", 5],
    ["subnets-per-vpc", "L-407747CB", 200],
    ["interface-endpoints", "L-29B6F2EB", 50],
    ["gateway-endpoints", "L-1B52E74A", 20],
    ["network-interfaces", "L-DF5E4CA3", 5000],
    ["network-address-usage", "L-BB24F6E5", 64_000],
    ["elastic-ips", "L-0263D0A3", 5],
    ["nat-gateways-per-zone", "L-FE5A380F", 5],
    ["internet-gateways", "L-A4707A72", 5],
    ["groups-per-interface", "L-2AFB9258", 5],
    ["rules-per-group", "L-0EA8095F", 60],
    ["security-groups", "L-E79EC296", 2500],
    ["routes-per-table", "L-93826ACB", 50],
    ["network-load-balancers", "L-69A177A2", 50],
    ["application-load-balancers", "L-53DA6B97", 50],
    ["target-groups", "L-B22855CB", 3000],
    ["targets-per-nlb", "L-EEF1AD04", 3000],
    ["targets-per-nlb-zone", "L-B211E961", 500],
    ["targets-per-nlb-cross-zone", undefined, 500],
    ["targets-per-target-group", "L-A0D0B863", 1000],
    ["targets-per-alb", "L-7E6692B2", 1000],
    ["listeners-per-nlb", "L-57A373D6", 50],
    ["nlb-interfaces-per-vpc", "L-23568085", 1200],
    ["certificates-per-nlb", "L-52964454", 25],
    ["auto-scaling-groups", "L-CDE20ADC", 500],
    ["policies-per-auto-scaling-group", undefined, 50],
    ["hooks-per-auto-scaling-group", undefined, 50],
    ["target-groups-per-auto-scaling-group", undefined, 50],
    ["placement-groups", undefined, 500],
    ["partitions-per-zone", undefined, 7],
    ["spread-per-zone", undefined, 7],
    ["gp3-tib", "L-7A658B76", 50],
    ["eks-clusters", "L-1194D53C", 100],
    ["node-groups", "L-6D54EA21", 30],
    ["nodes-per-node-group", "L-BD136A63", 450],
    ["fargate-vcpu", "L-3032A538", undefined],
    ["transit-gateways", "L-A2478D36", 5],
    ["transit-gateway-attachments", "L-E0233F82", 5000],
    ["transit-gateway-peerings", "L-A1B5A36F", 50],
    ["database-instances", "L-7B6409FD", 40],
    ["database-replicas", "L-5BC124EF", 15],
    ["kms-requests", "L-6E3AF000", undefined],
  ])("%s is %s with a default of %s", (key, code, defaultValue) => {
    expect(quotaOf(key)).toMatchObject({ key, quotaCode: code, defaultValue });
  });

  it("are all there is, and none twice", () => {
    expect(quotas).toHaveLength(46);
    expect(new Set(quotas.map((quota) => quota.key)).size).toBe(46);
    expect(new Set(quotas.flatMap((quota) => quota.quotaCode ?? [])).size).toBe(39);
  });

  it("mark the defaults that were not verified", () => {
    expect(quotas.filter((quota) => !quota.verified).map((quota) => quota.key)).toEqual([
      "gpu-vcpu",
      "elastic-ips",
      "routes-per-table",
      "fargate-vcpu",
      "database-replicas",
      "kms-requests",
    ]);
  });
});

describe("what full scale needs", () => {
  it("is 24,000 vCPU, 1,152 at first, 12 of the six m6i.large that run the cluster, and the cache's stand-ins", () => {
    // Six groups of 166 or 167, of which each launches 17 more while it is replaced; at first six of 8, one more each.
    expect(needed("standard-vcpu")).toBe(24_012 + 6 * 17 * 16);
    const first = (fleet: RegionPlanArgs["cache"]) => fleet && { ...fleet, maxInstances: fleet.instances };
    expect(needed("standard-vcpu", { cache: first(fullScale.cache), proxies: first(fullScale.proxies) })).toBe(
      1152 + 12 + 6 * 16,
    );
    expect(verdict("standard-vcpu")).toBe(QuotaVerdict.Exceeds);
  });

  it("is 8 GPU vCPU a g6e.2xlarge, on spot where that is asked", () => {
    const gpu = { instanceType: "g6e.2xlarge", instances: 1, maxInstances: 1 };
    expect(needed("gpu-vcpu", { gpu })).toBe(8);
    expect(verdict("gpu-vcpu", { gpu })).toBe(QuotaVerdict.Exceeds);
    const spot = only({ gpu: { ...gpu, maxInstances: 10 }, purchase: { spotShare: 0.5 } });
    expect([needed("gpu-vcpu", spot), needed("gpu-spot-vcpu", spot)]).toEqual([40, 40]);
  });

  it("is two VPCs with the default one, 5 subnets a zone with the pods' own, 14 endpoints and 2 gateways", () => {
    expect(needed("vpcs")).toBe(2);
    expect(needed("subnets-per-vpc")).toBe(15);
    expect(needed("interface-endpoints")).toBe(14);
    expect(needed("gateway-endpoints")).toBe(2);
  });

  it("is about 3,100 network interfaces, and a third of the 31,000 units of address usage of a CNI without a warm target", () => {
    // 1,000 + 2 x 1,000, 6 system nodes of 3, 12 tasks, 3 databases, the admin load balancer's 8 a zone, and a zone's 14
    // endpoints, 2 network load balancers and NAT gateway: 3 x 17.
    expect(needed("network-interfaces")).toBe(3000 + 18 + 12 + 3 + 24 + 51);
    // A proxy holds its own address, 8 for pods and their interface's: 1,000 + 10 x 1,000, 6 system nodes of 21, 12 tasks, 24, 6 x 51.
    expect(needed("network-address-usage")).toBe(11_000 + 126 + 12 + 24 + 306);
    expect(verdict("network-address-usage")).toBe(QuotaVerdict.Fits);
  });

  it("is 6 Elastic IPs, which exceeds 5", () => {
    expect(needed("elastic-ips")).toBe(6);
    expect(verdict("elastic-ips")).toBe(QuotaVerdict.Exceeds);
    expect(needed("elastic-ips", { loadBalancers: { publicNetworkLoadBalancers: 2 } })).toBe(9);
  });

  it("is one NAT gateway a zone, two internet gateways with the default VPC's, few routes", () => {
    expect(needed("nat-gateways-per-zone")).toBe(1);
    expect(needed("internet-gateways")).toBe(2);
    expect(needed("routes-per-table")).toBe(5);
  });

  it("is two rules a tenant range: 31 ranges are too many for one group", () => {
    expect(needed("rules-per-group", { tenantCidrBlocks: 30 })).toBe(60);
    expect(verdict("rules-per-group", { tenantCidrBlocks: 30 })).toBe(QuotaVerdict.Fits);
    expect(verdict("rules-per-group", { tenantCidrBlocks: 31 })).toBe(QuotaVerdict.Exceeds);
  });

  it("is 2 NLBs, 1 ALB, 4 target groups, 2 listeners, 1 certificate", () => {
    expect(
      [
        "network-load-balancers",
        "application-load-balancers",
        "target-groups",
        "listeners-per-nlb",
        "certificates-per-nlb",
      ].map((key) => needed(key)),
    ).toEqual([2, 1, 4, 2, 1]);
    expect(needed("nlb-interfaces-per-vpc")).toBe(6);
  });

  it("is 1,000 targets: exactly a target group, and too many for an NLB with cross-zone on (E34)", () => {
    expect(needed("targets-per-target-group")).toBe(1000);
    expect(verdict("targets-per-target-group")).toBe(QuotaVerdict.Fits);
    expect(needed("targets-per-alb")).toBe(1000);
    expect(needed("targets-per-nlb")).toBe(1000);
    expect(needed("targets-per-nlb-zone")).toBe(334);
    expect(verdict("targets-per-nlb-cross-zone")).toBe(QuotaVerdict.Fits);
    const crossZone = { loadBalancers: { ...fullScale.loadBalancers, crossZone: true } };
    expect(needed("targets-per-nlb-cross-zone", crossZone)).toBe(1000);
    expect(verdict("targets-per-nlb-cross-zone", crossZone)).toBe(QuotaVerdict.Exceeds);
  });

  it("is 6 Auto Scaling groups and as many placement groups for each of the two fleets (E32, E33)", () => {
    expect(needed("auto-scaling-groups", only({ cache: fullScale.cache }))).toBe(6);
    // A group a zone for the proxies, and one for what runs their cluster.
    expect(needed("auto-scaling-groups", only({ proxies: fullScale.proxies }))).toBe(4);
    const twelve = { proxies: { ...fullScale.proxies, nodeGroups: 6 } as RegionPlanArgs["proxies"] };
    expect(needed("placement-groups", twelve)).toBe(12);
  });

  it("is 245 TiB of gp3 with the source's 200 GB, 440 with 400 GB", () => {
    // 1,000 x 250 / 1,024 = 244.1 and 1,000 x 450 / 1,024 = 439.5, rounded up.
    expect(needed("gp3-tib")).toBe(245);
    const larger = { ...fullScale.cache, volumes: [{ sizeGib: 50 }, { sizeGib: 400 }] } as RegionPlanArgs["cache"];
    expect(needed("gp3-tib", { cache: larger })).toBe(440);
    expect(verdict("gp3-tib")).toBe(QuotaVerdict.Exceeds);
    // 1,000 proxies and 6 system nodes of 50 GiB: 50,300 / 1,024 = 49.1.
    const proxies = { ...fullScale.proxies, volumes: [{ sizeGib: 50 }] } as RegionPlanArgs["proxies"];
    expect(needed("gp3-tib", only({ proxies }))).toBe(50);
  });

  it("is a node group a zone, because one of 1,000 exceeds 450 (E35)", () => {
    expect(needed("eks-clusters")).toBe(1);
    // One more runs the cluster.
    expect(needed("node-groups")).toBe(4);
    expect(needed("nodes-per-node-group")).toBe(334);
    const one = { proxies: { ...fullScale.proxies, nodeGroups: 1 } as RegionPlanArgs["proxies"] };
    expect(needed("nodes-per-node-group", one)).toBe(1000);
    expect(verdict("nodes-per-node-group", one)).toBe(QuotaVerdict.Exceeds);
  });

  it("is 3 database instances with 2 replicas, and no transit gateway (E12)", () => {
    expect(needed("database-instances")).toBe(3);
    expect(needed("database-replicas")).toBe(2);
    expect(needed("transit-gateways")).toBe(0);
  });

  it("says that it does not know where AWS' default or the rate is not known", () => {
    expect(needed("fargate-vcpu")).toBe(48);
    expect(verdict("fargate-vcpu")).toBe(QuotaVerdict.Unknown);
    expect(needed("kms-requests")).toBeUndefined();
    expect(verdict("kms-requests")).toBe(QuotaVerdict.Unknown);
    expect(verdict("fargate-vcpu", only({}))).toBe(QuotaVerdict.Fits);
    // The collector of metrics is one task of one vCPU.
    expect(needed("fargate-vcpu", only({ collector: true }))).toBe(1);
  });
});
