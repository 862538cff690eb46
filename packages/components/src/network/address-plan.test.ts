import { describe, expect, it } from "vitest";
import { PlanRefusedError, type Problem } from "../shared/refusal.ts";
import type { FleetMaxima } from "./address-needs.ts";
import { type AddressPlan, type AddressPlanArgs, planAddresses } from "./address-plan.ts";
import { type SubnetBlock, SubnetTier } from "./subnets.ts";

const zoneIds = ["use1-az1", "use1-az2", "use1-az4"];
const args: AddressPlanArgs = { vpcCidrBlock: "10.66.0.0/18", zoneIds, fleets: {} };

/** 480 nodes and 520 spares, 1,000 proxies, every GPU host that the stacks allow, every endpoint. */
const fullScale: FleetMaxima = {
  cacheNodes: 1000,
  proxyNodes: 1000,
  proxyPods: 1000,
  gpuInstances: 1000,
  routerTasks: 60,
  databaseInstances: 3,
  interfaceEndpoints: 15,
};

/** The subnets of MEMO-077, by tier and in the order of its zones. */
const memoSubnets: SubnetBlock[] = (
  [
    [SubnetTier.Public, ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"]],
    [SubnetTier.Private, ["10.0.10.0/20", "10.0.32.0/20", "10.0.64.0/20"]],
    [SubnetTier.Data, ["10.0.26.0/23", "10.0.48.0/23", "10.0.80.0/23"]],
  ] as const
).flatMap(([tier, blocks]) => blocks.map((cidrBlock, index) => ({ tier, zoneId: `usw2-az${index + 1}`, cidrBlock })));
const memo: AddressPlanArgs = {
  vpcCidrBlock: "10.0.0.0/16",
  zoneIds: ["usw2-az1", "usw2-az2", "usw2-az3"],
  fleets: {},
};

function problemsOf(refused: AddressPlanArgs): readonly Problem[] {
  try {
    planAddresses(refused);
  } catch (error) {
    if (error instanceof PlanRefusedError) {
      return error.problems;
    }
    throw error;
  }
  throw new Error("the plan was not refused");
}

function keys(plan: AddressPlan): Map<string, string> {
  return new Map(plan.subnets.map((subnet) => [`${subnet.tier} ${subnet.zoneId}`, subnet.cidrBlock]));
}

describe("the three regions at full scale", () => {
  it.each([
    ["10.66.0.0/18", "10.66.0.0/21", "10.66.8.0/22"],
    ["10.66.64.0/18", "10.66.64.0/21", "10.66.72.0/22"],
    ["10.66.128.0/18", "10.66.128.0/21", "10.66.136.0/22"],
  ])("fit %s, with pods in the secondary range", (vpcCidrBlock, firstPrivate, firstData) => {
    const plan = planAddresses({ ...args, vpcCidrBlock, fleets: fullScale });
    expect(plan.subnets).toHaveLength(15);
    expect(keys(plan).get("private use1-az1")).toBe(firstPrivate);
    expect(keys(plan).get("data use1-az1")).toBe(firstData);
    expect(plan.podCidrBlock).toBe("100.64.0.0/16");
    expect(plan.subnets.every((subnet) => subnet.neededAddresses <= subnet.usableAddresses)).toBe(true);
    expect(plan.replaced).toEqual([]);
    const needs = Object.fromEntries(plan.subnets.slice(0, 5).map((subnet) => [subnet.tier, subnet.neededAddresses]));
    // 334 nodes a zone and 10 % more while they are updated are 368; in the private subnet one address each, beside 16 for
    // the control plane, 500 GPU hosts with a zone lost, 60 tasks while deploying, 16 for load balancers and 32 others.
    // In the pods' range each holds two interfaces of 15 addresses. Three of the six system nodes and two more hold one
    // address each, and two interfaces of 10. 334 cache nodes with 2 x 17 successors and 2 that are warm, and 3 of the database.
    expect(needs).toEqual({ private: 997, data: 373, public: 9, endpoint: 15, pod: 11_140 });
  });

  it("do not fit without it, and say so by the numbers", () => {
    const inside = planAddresses({ ...args, fleets: { ...fullScale, proxyNodes: 150, proxyPods: 150 } });
    // 50 nodes and 5 more while updating hold 1,650 addresses; with 774 others that is more than the 2,043 of a /21.
    expect(inside.podCidrBlock).toBe("100.64.0.0/16");
    const fewer = planAddresses({ ...args, fleets: { proxyNodes: 150, proxyPods: 150 } });
    // 1,650, 5 system nodes' 150, 16, 16 and 32 make 1,864.
    expect(fewer.podCidrBlock).toBeUndefined();
    expect(fewer.subnets.find((subnet) => subnet.tier === "private")?.neededAddresses).toBe(1864);
  });

  it("are refused, with a remedy, when not even the secondary range holds the pods", () => {
    const [problem] = problemsOf({ ...args, fleets: { proxyNodes: 3000 } });
    // 1,000 nodes and 100 more, 30 addresses each, and 5 system nodes of 20; a /18 has 16,379.
    expect(problem?.reason).toContain("gives the pods of use1-az1 16379 addresses and they need 33100");
    expect(problem?.mend).toContain("proxyWarmIpTarget");
    // With one spare address a node would need its 4 pods and the spare; it takes 8, and the interface's own: 9 x 1,100 + 100.
    const limited = planAddresses({ ...args, fleets: { proxyNodes: 3000, proxyWarmIpTarget: 1 } });
    expect(limited.subnets.find((subnet) => subnet.tier === "pod")?.neededAddresses).toBe(10_000);
  });
});

describe("the pods' range", () => {
  it("stays when it is among the subnets to keep, even when the pods would fit without", () => {
    const { subnets } = planAddresses({ ...args, fleets: { proxyNodes: 1000 } });
    const later = planAddresses({ ...args, fleets: { proxyNodes: 100 }, subnets });
    expect(later.podCidrBlock).toBe("100.64.0.0/16");
    expect(later.subnets.map((subnet) => subnet.cidrBlock)).toEqual(subnets.map((subnet) => subnet.cidrBlock));
    expect(planAddresses({ ...args, fleets: { proxyNodes: 100 } }).podCidrBlock).toBeUndefined();
  });

  it("must contain the subnets to keep", () => {
    const { subnets } = planAddresses({ ...args, fleets: { proxyNodes: 1000 }, podCidrBlock: "100.70.0.0/16" });
    expect(problemsOf({ ...args, subnets })[0]?.reason).toBe(
      "does not contain 100.70.0.0/18, the pods' subnet in use1-az1 that is to be kept",
    );
  });
});

describe("the source documents' subnets", () => {
  it("are refused: 10.0.10.0/20 is 10.0.0.0/20, and overlaps all three public subnets (E20)", () => {
    const problems = problemsOf({ ...memo, subnets: memoSubnets });
    expect(problems.map((problem) => problem.reason)).toEqual([
      "does not begin where a /20 may begin: EC2 would silently take 10.0.0.0/20",
      "private in usw2-az1 (10.0.10.0/20), which EC2 silently makes 10.0.0.0/20, overlaps public in usw2-az1 (10.0.1.0/24)",
      "private in usw2-az1 (10.0.10.0/20), which EC2 silently makes 10.0.0.0/20, overlaps public in usw2-az2 (10.0.2.0/24)",
      "private in usw2-az1 (10.0.10.0/20), which EC2 silently makes 10.0.0.0/20, overlaps public in usw2-az3 (10.0.3.0/24)",
    ]);
    expect(problems.every((problem) => problem.mend === "10.0.96.0/20 is free.")).toBe(true);
    expect(problems.every((problem) => problem.path === "subnets[3].cidrBlock")).toBe(true);
  });

  it("are refused with the obvious correction too: 10.0.16.0/20 holds 10.0.26.0/23", () => {
    const subnets = memoSubnets.map((subnet) =>
      subnet.cidrBlock === "10.0.10.0/20" ? { ...subnet, cidrBlock: "10.0.16.0/20" } : subnet,
    );
    expect(problemsOf({ ...memo, subnets }).map((problem) => problem.reason)).toEqual([
      "data in usw2-az1 (10.0.26.0/23) overlaps private in usw2-az1 (10.0.16.0/20)",
    ]);
  });

  it("stand with 10.0.96.0/20, and hold 12,273 instances", () => {
    const subnets = memoSubnets.map((subnet) =>
      subnet.cidrBlock === "10.0.10.0/20" ? { ...subnet, cidrBlock: "10.0.96.0/20" } : subnet,
    );
    const plan = planAddresses({ ...memo, subnets });
    const usable = plan.subnets.filter((subnet) => subnet.tier === "private").map((subnet) => subnet.usableAddresses);
    expect(usable.reduce((sum, addresses) => sum + addresses, 0)).toBe(12_273);
    expect(subnets.every((subnet) => keys(plan).get(`${subnet.tier} ${subnet.zoneId}`) === subnet.cidrBlock)).toBe(
      true,
    );
  });
});

describe("refusals", () => {
  const reasons = (change: Partial<AddressPlanArgs>) =>
    problemsOf({ ...args, ...change }).map(({ path, reason, mend }) => `${path}: ${reason}. ${mend}`);

  it.each<[string, Partial<AddressPlanArgs>, string[]]>([
    [
      "a misaligned range",
      { vpcCidrBlock: "10.66.1.0/18" },
      [
        "vpcCidrBlock: does not begin where a /18 may begin. EC2 would silently take 10.66.0.0/18: write that, or 10.66.64.0/18.",
      ],
    ],
    [
      "a range that is too small for any fleet",
      { vpcCidrBlock: "10.66.0.0/24" },
      [
        "vpcCidrBlock: is too small: with room for 4 zones its smallest subnets would be narrower than the /28 that AWS allows. The nearest range that fits is 10.66.0.0/22.",
      ],
    ],
    [
      "a range that AWS does not allow",
      { vpcCidrBlock: "10.0.0.0/12" },
      ["vpcCidrBlock: is wider than the /16 that AWS allows. The nearest range that fits is 10.0.0.0/16."],
    ],
    [
      "a public range",
      { vpcCidrBlock: "52.94.0.0/18" },
      [
        "vpcCidrBlock: is not within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10. Choose a private range, such as 10.66.0.0/18.",
      ],
    ],
    [
      "a connected network's pods when the default range is needed",
      { fleets: { proxyNodes: 1000 }, connectedRanges: [{ name: "us-east-2", cidrBlock: "100.64.0.0/16" }] },
      [
        "podCidrBlock: overlaps 100.64.0.0/16 of us-east-2 (connectedRanges[0]). Give each connected region another /16 of 100.64.0.0/10.",
      ],
    ],
    [
      "what is no range",
      { vpcCidrBlock: "10.66.0.0" },
      ["vpcCidrBlock: is not an IPv4 range. Write it like 10.66.0.0/18."],
    ],
    [
      "a range of a connected network",
      { connectedRanges: [{ name: "us-east-2", cidrBlock: "10.66.0.0/16" }] },
      [
        "vpcCidrBlock: overlaps 10.66.0.0/16 of us-east-2, which it is to be connected to. The nearest range that fits is 10.67.0.0/18.",
      ],
    ],
    [
      "a connected network's pods",
      { podCidrBlock: "100.65.0.0/16", connectedRanges: [{ name: "us-east-2", cidrBlock: "100.65.0.0/16" }] },
      [
        "podCidrBlock: overlaps 100.65.0.0/16 of us-east-2 (connectedRanges[0]). Give each connected region another /16 of 100.64.0.0/10.",
      ],
    ],
    [
      "zone names",
      { zoneIds: ["us-east-1a"] },
      [
        "zoneIds[0]: is not an Availability Zone ID. Give the ID, such as use1-az1: a name like us-east-1a means another zone in another account.",
      ],
    ],
    ["a zone twice", { zoneIds: ["use1-az1", "use1-az1"] }, ["zoneIds[1]: is listed twice. List each zone once."]],
    ["no zones", { zoneIds: [] }, ["zoneIds: is empty. List the zones, such as use1-az1."]],
    ["odd slots", { maxZones: 5 }, ["maxZones: must be 2, 4 or 8. 4 suits every region with up to 4 zones."]],
    [
      "half a machine",
      { fleets: { cacheNodes: 1.5 } },
      [
        "fleets.cacheNodes: is a count and must be a whole number of 0 or more. Give the most that the fleet will ever be.",
      ],
    ],
    [
      "pods that no node has addresses for",
      { fleets: { proxyNodes: 10, proxyPods: 400 } },
      [
        // 3 interfaces of 14 secondary addresses, less 3 for the node's own pods.
        "fleets.proxyPods: is more than 10 x c6i.2xlarge can give an address of their own: 390, which is 39 a node. Raise fleets.proxyNodes to 11, or choose a type with more interfaces.",
      ],
    ],
    [
      "pods without nodes",
      { fleets: { proxyPods: 4 } },
      [
        "fleets.proxyPods: needs nodes to run on, and fleets.proxyNodes is 0. Set fleets.proxyNodes to the most nodes that the node groups may have.",
      ],
    ],
  ])("names %s", (_, change, expected) => {
    expect(reasons(change)).toEqual(expected);
  });

  it("say which fleet is too large, by how much, and which range would hold it", () => {
    expect(reasons({ fleets: { cacheNodes: 100_000 } })[0]).toBe(
      "vpcCidrBlock: is too small: data in use1-az1 (10.66.8.0/22) holds 1019 addresses and needs 36670 addresses (36670 cache nodes while they are replaced), and no /16 is free. No VPC range fits, because AWS allows /16 at most: spread the fleets over more zones or regions.",
    );
    expect(reasons({ fleets: { cacheNodes: 5000 } })[0]).toContain("The nearest range that fits is 10.66.0.0/17.");
  });

  it("count every subnet that would be replaced, and replace them only when that is allowed", () => {
    // A /22 holds 1,019: 925 nodes, of whose two groups of 463 at most each launches 47 more and keeps one warm, are 1,021.
    const larger = { ...args, fleets: { cacheNodes: 2 * 925 }, zoneIds: zoneIds.slice(0, 2) };
    expect(problemsOf(larger).map(({ reason }) => reason)).toEqual([
      "data in use1-az1 (10.66.8.0/22) holds 1019 addresses and needs 1021 addresses (1021 cache nodes while they are replaced); it would be replaced by 10.66.32.0/21, with everything in it",
      "data in use1-az2 (10.66.24.0/22) holds 1019 addresses and needs 1021 addresses (1021 cache nodes while they are replaced); it would be replaced by 10.66.40.0/21, with everything in it",
    ]);
    const allowed = planAddresses({ ...larger, allowReplacement: true });
    expect(allowed.replaced.map(({ from, to }) => [from.cidrBlock, to?.cidrBlock])).toEqual([
      ["10.66.8.0/22", "10.66.32.0/21"],
      ["10.66.24.0/22", "10.66.40.0/21"],
    ]);
  });

  it("name the subnets of a zone that is gone, and a zone that changed its place", () => {
    const { subnets } = planAddresses(args);
    expect(reasons({ subnets, zoneIds: zoneIds.slice(0, 2) })).toHaveLength(4);
    expect(reasons({ subnets, zoneIds: zoneIds.slice(0, 2) })[0]).toContain(
      "private in use1-az4 (10.66.32.0/21) would be destroyed, because zoneIds no longer has its zone",
    );
    expect(reasons({ subnets, zoneIds: ["use1-az2", "use1-az1", "use1-az4"] })[0]).toContain(
      "was zone 1 and is now zone 2: every subnet of it would be replaced",
    );
  });

  it("find room for more zones than there are slots, or say what would", () => {
    const five = [1, 2, 4, 5, 6].map((zone) => `use1-az${zone}`);
    expect(reasons({ zoneIds: five })[0]).toContain(
      "has no free block of 2048 addresses for private in use1-az6: it is divided for 4 zones. The nearest range that fits is 10.66.0.0/18 with maxZones 8. Choose it before the first deployment, because it moves every subnet.",
    );
    const kept = planAddresses({ ...args, vpcCidrBlock: "10.66.0.0/16", zoneIds: five, maxZones: 8 });
    expect(kept.subnets).toHaveLength(20);
  });
});
