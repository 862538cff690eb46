import { describe, expect, it } from "vitest";
import { proxyAddresses, systemAddresses, totalOf, zoneNeeds } from "./address-needs.ts";

describe("proxyAddresses", () => {
  it("counts the spare interface that the CNI keeps: 1,000 proxies hold 30,000 addresses (E21)", () => {
    const held = proxyAddresses({ proxyNodes: 1000, proxyPods: 1000 }, false);
    expect(1000 * held.node).toBe(30_000);
  });

  it("never counts more than the type has: c6i.2xlarge has 4 interfaces of 15", () => {
    expect(proxyAddresses({ proxyNodes: 1, proxyPods: 39 }, false).node).toBe(60);
    // The first interface carries no pods when they have a range of their own.
    expect(proxyAddresses({ proxyNodes: 1, proxyPods: 39 }, true)).toEqual({ node: 1, pods: 45 });
  });

  it("counts pods, target and interfaces under a warm target", () => {
    // A pod, 3 of the system and 2 spare are 6; the CNI takes 8 at least, on one interface, whose own address makes 9.
    expect(proxyAddresses({ proxyNodes: 10, proxyPods: 10, proxyWarmIpTarget: 2 }, false).node).toBe(9);
    // 12 pods, 3 of the system and 2 spare are 17 on two interfaces.
    expect(proxyAddresses({ proxyNodes: 10, proxyPods: 120, proxyWarmIpTarget: 2 }, false).node).toBe(19);
  });

  it("takes other types' figures", () => {
    // c6i.4xlarge: 8 interfaces of 30; one in use, one spare.
    expect(proxyAddresses({ proxyNodes: 1, proxyPods: 1, proxyInstanceType: "c6i.4xlarge" }, false).node).toBe(60);
  });
});

describe("systemAddresses", () => {
  it("counts every address of up to six nodes: m6i.large has 3 interfaces of 10", () => {
    expect(systemAddresses({ proxyNodes: 48 }, false)).toEqual({ count: 6, node: 30, pods: 0 });
    expect(systemAddresses({ proxyNodes: 48 }, true)).toEqual({ count: 6, node: 1, pods: 20 });
  });

  it("counts none without proxies, and what was said otherwise", () => {
    expect(systemAddresses({}, false).count).toBe(0);
    // m6i.4xlarge: 8 interfaces of 30.
    const said = { proxyNodes: 48, systemNodes: 3, systemInstanceType: "m6i.4xlarge" };
    expect(systemAddresses(said, false)).toEqual({ count: 3, node: 240, pods: 0 });
  });

  it("names the type that it does not know", () => {
    expect(() => systemAddresses({ systemInstanceType: "m6i.tiny" }, false)).toThrow("fleets.systemInstanceType");
  });
});

describe("zoneNeeds", () => {
  it("expects the system nodes of a lost zone in the others, and two more while EKS replaces them", () => {
    // Six nodes on two zones are three each.
    const system = (podsApart: boolean) => zoneNeeds({ proxyNodes: 3 }, 3, podsApart);
    expect(system(false).private.map((need) => need.what)).toContain("5 system nodes x 30");
    expect(system(true).pod.map((need) => need.what)).toContain("5 system nodes x 20");
  });

  it("spreads groups of a zone evenly, and lets those over all zones lose one", () => {
    const needs = zoneNeeds({ cacheNodes: 1000, gpuInstances: 100, routerTasks: 9, databaseInstances: 3 }, 3, false);
    // 167 in each of two groups: 17 more while they are replaced, and one that is warm.
    expect(needs.data).toEqual([
      { what: "370 cache nodes while they are replaced", addresses: 334 + 2 * (17 + 1) },
      { what: "3 database instances", addresses: 3 },
    ]);
    expect(needs.private.map((need) => need.what)).toEqual([
      "50 GPU instances",
      "10 router tasks while deploying",
      "load balancers",
      "everything else",
    ]);
    expect(totalOf(needs.private)).toBe(50 + 10 + 16 + 32);
  });

  it("keeps room for the successors of the smallest cluster's nodes, and none for no nodes", () => {
    const cache = (count: number) => zoneNeeds({ cacheNodes: count }, 3, true).data;
    // 3 shards of three: a node or two in each group, one more each, and one that is warm.
    expect(cache(9)).toEqual([{ what: "7 cache nodes while they are replaced", addresses: 3 + 2 * 2 }]);
    expect(cache(0)).toEqual([]);
  });

  it("keeps room for nodes that EKS adds while it updates", () => {
    const nodes = (count: number) => zoneNeeds({ proxyNodes: count }, 1, true).pod[0]?.what;
    expect(nodes(334)).toBe("368 proxy nodes x 30");
    expect(nodes(1)).toBe("3 proxy nodes x 30");
  });
});
