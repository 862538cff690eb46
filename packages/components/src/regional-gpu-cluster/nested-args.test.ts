import { describe, expect, it } from "vitest";
import { valueOf } from "../testing/recorded.ts";
import type { RegionalGpuClusterArgs } from "./args.ts";
import { clusterArgs, measurement } from "./fixtures.ts";
import { files, inputs, policyOf, run, type Run, template } from "./recordings.ts";

describe("every part of an argument changes a resource", () => {
  it.each<[string, Partial<RegionalGpuClusterArgs["attestation"]>, (of: Run) => unknown, unknown]>([
    [
      "enclaveMemoryMib",
      { enclaveMemoryMib: 4096 },
      (of) => files(of)["/etc/nitro_enclaves/allocator.yaml"],
      "---\nmemory_mib: 4096\ncpu_count: 2\n",
    ],
    [
      "enclaveVcpus",
      { enclaveVcpus: 4 },
      (of) => files(of)["/etc/nitro_enclaves/allocator.yaml"],
      "---\nmemory_mib: 8192\ncpu_count: 4\n",
    ],
    [
      "enclaveImageUri",
      { enclaveImageUri: "s3://other/image.eif" },
      (of) => inputs(of, "use1-gpu-role-policy").policy.includes(":s3:::other/image.eif"),
      true,
    ],
    [
      "measurements",
      { measurements: { current: measurement("a"), next: measurement("b") } },
      (of) => policyOf(of).includes("b".repeat(96)),
      true,
    ],
  ])("attestation.%s", async (_, part, of, expected) => {
    expect(of(await run({ attestation: { ...clusterArgs.attestation, ...part } }))).toEqual(expected);
    expect(of(await run())).not.toEqual(expected);
  });

  it.each<[string, RegionalGpuClusterArgs["gpuRequirements"], string]>([
    // The cheapest with a GPU in these zones is g4dn.xlarge; 40,000 MiB begin at an L40S (g6e.xlarge); 20 Gbit/s at g4dn.4xlarge.
    ["minGpus", { minGpus: 1 }, "g4dn.xlarge"],
    ["minGpuMemoryMib", { minGpuMemoryMib: 40_000 }, "g6e.xlarge"],
    ["minNetworkBaselineGbps", { minNetworkBaselineGbps: 20 }, "g4dn.4xlarge"],
  ])("gpuRequirements.%s", async (_, gpuRequirements, type) => {
    expect(template(await run({ gpuRequirements })).instanceType).toBe(type);
  });

  it("newNetwork: the cluster brings its own, sized for its fleets", async () => {
    const of = await run({
      network: undefined,
      newNetwork: { region: "us-east-1", zoneIds: clusterArgs.network!.zoneIds, cidrBlock: "10.66.0.0/18" },
    });
    expect(of.ofType("mrgc:index:Network").map(({ name }) => name)).toEqual(["use1-network"]);
    expect(await valueOf(of.result.vpcId)).toBe("use1-network-vpc-id");
  });
});
