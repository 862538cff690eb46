import { describe, expect, it } from "vitest";
import { recorded } from "../testing/recorded.ts";
import type { RegionalGpuClusterArgs } from "./args.ts";
import { RegionalGpuCluster } from "./regional-gpu-cluster.ts";
import { clusterArgs, clusterAnswers } from "./fixtures.ts";

const run = (args: Partial<RegionalGpuClusterArgs> = {}) =>
  recorded(() => new RegionalGpuCluster("use1", { ...clusterArgs, ...args }), clusterAnswers);

describe("RegionalGpuCluster", () => {
  it("is these resources by name: a rename is a replacement in somebody's production", async () => {
    const { identities } = await run();
    expect(identities().length).toBeGreaterThan(0);
  });
});
