import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlanRefusedError } from "../shared/refusal.ts";
import { testZones } from "./fixtures.ts";
import { addressesPerName, type RouterArgs, routerPlan } from "./router-plan.ts";

function refused(args: RouterArgs): string[] {
  try {
    routerPlan(args, "use1", "us-east-1", testZones, 4);
    return [];
  } catch (error) {
    return (error as PlanRefusedError).problems.map((problem) => problem.path);
  }
}

describe("routerPlan", () => {
  it.each<[RouterArgs, string[]]>([
    [{}, []],
    [{ routerCpuUnits: 768 }, ["routerCpuUnits"]],
    // Fargate sells 1,024 units with 2 to 8 GiB in whole GiB.
    [{ routerCpuUnits: 1024, routerMemoryMib: 8192 }, []],
    [{ routerCpuUnits: 1024, routerMemoryMib: 9216 }, ["routerMemoryMib"]],
    [{ routerCpuUnits: 1024, routerMemoryMib: 2560 }, ["routerMemoryMib"]],
    [{ routerCpuUnits: 4096, routerMemoryMib: 4096 }, ["routerMemoryMib"]],
    [{ routerMaxTasksPerZone: 9 }, ["routerMaxTasksPerZone"]],
    [{ routerMaxTasksPerZone: 0 }, ["routerMaxTasksPerZone"]],
    [{ requestTimeoutSeconds: 350 }, ["requestTimeoutSeconds"]],
    [{ requestTimeoutSeconds: 349 }, []],
    [{ routerRequestsPerMinute: 0 }, ["routerRequestsPerMinute"]],
    [{ modelPort: 443 }, ["modelPort"]],
    [{ modelHealthPath: "health" }, ["modelHealthPath"]],
    [{ traceSamplingPercent: 101 }, ["traceSamplingPercent"]],
    [{ traceSamplingPercent: 0.1 }, []],
  ])("judges %j", (args, paths) => {
    expect(refused(args)).toEqual(paths);
  });

  it("has as many names a zone as its hosts fill, eight to a name", () => {
    const names = (hosts: number) => routerPlan({}, "use1", "us-east-1", testZones, hosts).gpuNames["use1-az1"];
    expect(names(8)).toEqual(["gpu-use1-az1-0"]);
    expect(names(9)).toEqual(["gpu-use1-az1-0", "gpu-use1-az1-1"]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), (hosts) => {
        const room = (names(hosts)?.length ?? 0) * addressesPerName;
        expect(room).toBeGreaterThanOrEqual(hosts);
        expect(room - hosts).toBeLessThanOrEqual(addressesPerName);
      }),
    );
  });
});
