import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instanceType } from "../shared/instance-types.ts";
import { PlanRefusedError } from "../shared/refusal.ts";
import type { AccessPolicy, ClientTls } from "./args.ts";
import { drainPlan } from "./drain-plan.ts";
import { allocatable, podResources } from "./pod-plan.ts";
import { maxNodesPerGroup, planNodeGroups, type ProxyFleetChoices, proxyFleetPlan } from "./proxy-fleet-plan.ts";

const today = new Date("2026-11-21T00:00:00Z");
const network = { region: "us-east-1", zoneIds: ["use1-az1", "use1-az2", "use1-az4"] };
const plan = (choices: Partial<ProxyFleetChoices> = {}) => proxyFleetPlan({ network, ...choices }, today);

describe("the fleet's plan", () => {
  it("spreads 1,000 nodes as the source documents do: 334, 333, 333", () => {
    expect(plan().groups.map(({ zoneId, minNodes, maxNodes }) => [zoneId, minNodes, maxNodes])).toEqual([
      ["use1-az1", 16, 334],
      ["use1-az2", 16, 333],
      ["use1-az4", 16, 333],
    ]);
  });

  it("never loses a node, exceeds a group's quota, or lets two zones differ by two", () => {
    const sizes = fc
      .tuple(fc.integer({ min: 2, max: 6 }), fc.array(fc.integer({ min: 6, max: 900 }), { minLength: 3, maxLength: 3 }))
      .map(([zones, counts]) => {
        const [minNodes = 6, desiredNodes = 6, maxNodes = 6] = counts.sort((one, other) => one - other);
        return { zoneIds: Array.from({ length: zones }, (_, zone) => `z${zone}`), minNodes, desiredNodes, maxNodes };
      });
    fc.assert(
      fc.property(sizes, (given) => {
        const groups = planNodeGroups(given);
        for (const key of ["minNodes", "desiredNodes", "maxNodes"] as const) {
          const counts = groups.map((group) => group[key]);
          expect(counts.reduce((sum, count) => sum + count)).toBe(given[key]);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          expect(Math.max(...counts)).toBeLessThanOrEqual(maxNodesPerGroup);
        }
        for (const group of groups) {
          expect(group.minNodes).toBeLessThanOrEqual(group.desiredNodes);
          expect(group.desiredNodes).toBeLessThanOrEqual(group.maxNodes);
        }
      }),
    );
  });

  it.each<[string, Partial<ProxyFleetChoices>, string]>([
    ["more nodes than groups take", { maxNodes: 1351 }, "maxNodes"],
    ["fewer nodes than zones", { minNodes: 2 }, "minNodes"],
    ["more at rest than at most", { desiredNodes: 1001 }, "desiredNodes"],
    ["half a node", { maxNodes: 99.5 }, "maxNodes"],
    ["one zone", { network: { ...network, zoneIds: ["use1-az1"] } }, "network.zoneIds"],
    ["an unknown type", { instanceType: "c6i.2xxlarge" }, "instanceType"],
    ["a type without a core to spare", { instanceType: "c6g.medium" }, "instanceType"],
    ["a version that has ended", { kubernetesVersion: "1.28" }, "kubernetesVersion"],
    ["the whole internet", { clientCidrBlocks: ["0.0.0.0/0"] }, "clientCidrBlocks[0]"],
    ["the internet in two halves", { clientCidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }, "clientCidrBlocks[1]"],
    ["no address", { clientCidrBlocks: ["10.0.0.0/8", "300.0.0.0/8"] }, "clientCidrBlocks[1]"],
    // EC2 would silently take 10.0.0.0/8 (correction E20).
    ["a range that begins elsewhere", { clientCidrBlocks: ["10.1.2.3/8"] }, "clientCidrBlocks[0]"],
    ["nobody", { clientCidrBlocks: [] }, "clientCidrBlocks"],
    ["a delay that is none", { deregistrationDelaySeconds: 5 }, "deregistrationDelaySeconds"],
    ["a target above what leaves room", { targetCpuPercent: 95 }, "targetCpuPercent"],
    ["another way of TLS", { clientTls: "none" as ClientTls }, "clientTls"],
    ["another policy", { accessEntries: { ops: { policy: "Root" as AccessPolicy } } }, "accessEntries.ops.policy"],
  ])("refuses %s", (_, choices, path) => {
    const paths = (): string[] => {
      try {
        plan(choices);
        return [];
      } catch (error) {
        return error instanceof PlanRefusedError ? error.problems.map((problem) => problem.path) : ["?"];
      }
    };
    expect(paths()).toContain(path);
  });

  it("tells all problems at once", () => {
    expect(() => plan({ minNodes: 1, targetCpuPercent: 5 })).toThrow(/minNodes[^]*targetCpuPercent/);
  });
});

describe("a pod's resources", () => {
  it("are 6 vCPU and 12 GiB on c6i.2xlarge (R93)", () => {
    expect(podResources(instanceType("c6i.2xlarge"))).toEqual({ cpuMillis: 6000, memoryMib: 12_288, concurrency: 6 });
  });

  it("fit beside the node's agents, and leave no room for a second proxy", () => {
    // c6i.2xlarge: 8000m - 60 - 10 - 5 - 5 - 4 x 2.5 = 7910m; 16384 MiB - 11 x 58 - 255 - 100 = 15391 MiB.
    expect(allocatable(instanceType("c6i.2xlarge"))).toEqual({ cpuMillis: 7910, memoryMib: 15_391 });
    for (const type of ["c6i.xlarge", "c6i.2xlarge", "c6i.4xlarge", "c6g.2xlarge", "c6g.12xlarge"]) {
      const pod = podResources(instanceType(type));
      const left = allocatable(instanceType(type));
      expect(pod.cpuMillis, type).toBeLessThan(left.cpuMillis);
      expect(pod.memoryMib, type).toBeLessThan(left.memoryMib);
      expect(2 * pod.cpuMillis, type).toBeGreaterThan(left.cpuMillis);
    }
  });
});

describe("a proxy's end", () => {
  it("comes after the load balancer's", () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 900 }), (delay) => {
        const drain = drainPlan(delay);
        expect(drain.preStopSeconds).toBeGreaterThan(delay + 2 * drain.healthCheckIntervalSeconds);
        expect(drain.gracePeriodSeconds).toBeGreaterThan(drain.preStopSeconds);
        // What the autoscaler waits for when it takes a node away (--max-graceful-termination-sec).
        expect(drain.gracePeriodSeconds).toBeLessThanOrEqual(1200);
      }),
    );
  });
});
