import { describe, expect, it } from "vitest";
import { PlanRefusedError } from "../shared/refusal.ts";
import { Engine, type HotTierRedisArgs } from "./args.ts";
import { testNetwork } from "../testing/test-network.ts";
import { testArgs } from "./fixtures.ts";
import { hotTierPlan } from "./hot-tier-plan.ts";

const artifact = { bucket: "programs", key: "valkey-9.1.2-x86_64.tar.gz", sha256: "0".repeat(64) };

function planOf(args: Partial<HotTierRedisArgs> = {}) {
  return hotTierPlan("hot-tier", testArgs(args));
}

/** The refusals of a plan as `path: message`. */
function refusals(args: Partial<HotTierRedisArgs>): string {
  try {
    planOf(args);
  } catch (error) {
    expect(error).toBeInstanceOf(PlanRefusedError);
    return (error as PlanRefusedError).message;
  }
  return "";
}

describe("hotTierPlan", () => {
  it("sizes r6i.4xlarge as it was measured: 88 of 128 GiB, 400 GiB at 10,000 IOPS and 500 MB/s", () => {
    const { node } = planOf();
    expect(node.memory.maxmemoryMib).toBe(88 * 1024);
    expect(node.memory.backlogMib).toBe(1024);
    expect(node.memory.replicaBufferMib).toBe(4096);
    expect(node.dataVolume).toEqual({ sizeGib: 400, iops: 10_000, throughputMBps: 500 });
    expect(node.rootVolume).toEqual({ sizeGib: 50, iops: 3000, throughputMBps: 125 });
    expect(node.architecture).toBe("x86_64");
  });

  it("leaves the 128 GiB room for data, fragmentation, a fork, buffers and the system: 123 GiB with two replicas", () => {
    const { memory } = planOf().node;
    const systemMib = 4096;
    const total =
      memory.maxmemoryMib +
      memory.fragmentationMib +
      memory.copyOnWriteMib +
      memory.backlogMib +
      2 * memory.replicaBufferMib +
      systemMib;
    expect(Math.round(total / 1024)).toBe(123);
  });

  it("follows the instance: Graviton's architecture, a smaller type's baseline", () => {
    expect(planOf({ instanceType: "r7g.4xlarge" }).node.architecture).toBe("arm64");
    // r6i.xlarge: 156.25 MB/s and 6,000 IOPS baseline, 32 GiB.
    expect(planOf({ instanceType: "r6i.xlarge" }).node.dataVolume).toEqual({
      sizeGib: 100,
      iops: 6000,
      throughputMBps: 156,
    });
  });

  it("starts at 16 shards of three and lets groups grow to 1,000 nodes and a tenth", () => {
    const plan = planOf();
    expect(plan.shardPlan.nodes).toBe(48);
    expect(plan.maxShards).toBe(333);
    // 999 nodes over six groups: three of 167 and three of 166; a tenth of them is 17.
    expect(Object.values(plan.maxSizes)).toEqual([184, 183, 184, 183, 184, 183]);
    expect(planOf({ shards: 160 }).maxSizes).toEqual(plan.maxSizes);
  });

  it("uses as many zones as a shard has members, the first ones", () => {
    const network = { ...testNetwork, zoneIds: ["usw2-az1", "usw2-az2", "usw2-az3", "usw2-az4"] };
    expect(planOf({ network }).layout.zoneIds).toEqual(["usw2-az1", "usw2-az2", "usw2-az3"]);
    expect(planOf({ network, replicasPerShard: 3 }).shardPlan.groups).toHaveLength(8);
  });

  it("takes the version that there is: 8 from Amazon Linux, 9.1 from an artefact, and its limit of nodes", () => {
    expect(planOf().engine).toEqual({ engine: "valkey", version: "8", nodeLimit: 1000, package: "valkey" });
    expect(planOf({ engineArtifact: artifact }).engine).toMatchObject({ version: "9.1", nodeLimit: 2000 });
    expect(planOf({ engine: Engine.Redis, engineArtifact: artifact }).engine).toMatchObject({
      version: "8.2",
      nodeLimit: 1000,
    });
  });

  it.each<[string, Partial<HotTierRedisArgs>, string]>([
    ["one shard", { shards: 1 }, "shards: puts 1 of 1 primaries into one zone"],
    ["two shards", { shards: 2 }, "Choose 3 shards or more"],
    ["four shards", { shards: 4 }, "Choose 5 shards or more"],
    ["no shard", { shards: 0 }, "shards: must be a whole number from 1"],
    ["half a shard", { shards: 16.5 }, "shards: must be a whole number"],
    [
      "two zones",
      { network: { ...testNetwork, zoneIds: ["usw2-az1", "usw2-az2"] } },
      "network.zoneIds: must be at least three zones",
    ],
    ["more members than zones", { replicasPerShard: 3 }, "replicasPerShard: needs 4 zones"],
    ["no replica", { replicasPerShard: 0 }, "replicasPerShard: must be a whole number from 2 to 5"],
    ["members in two zones only", { replicasPerShard: 1 }, "does not outlive the loss of one"],
    [
      "a zone that lacks the type",
      { network: { ...testNetwork, zoneIds: ["usw2-az1", "usw2-az2", "usw2-az9"] } },
      "instanceType: is not offered in usw2-az9",
    ],
    ["an unknown type", { instanceType: "r6i.5xlarge" }, "Did you mean r6i."],
    [
      "a burstable type in a cluster placement group",
      { instanceType: "t3.2xlarge" },
      "cannot be launched into a cluster placement group",
    ],
    ["the documents' maxmemory", { maxmemoryPercent: 93.75 }, "maxmemoryPercent: must be above 0 and at most 75"],
    ["a hair above 75 %", { maxmemoryPercent: 75.1 }, "at most 75"],
    [
      "the documents' throughput",
      { dataVolumeThroughputMBps: 1000 },
      "must be a whole number from 125 to 625 MB/s (got 1000). r6i.4xlarge has an EBS baseline of 625",
    ],
    ["the documents' volume", { dataVolumeGib: 100 }, "dataVolumeGib: must be a whole number from 176 to 65536 GiB"],
    ["IOPS above the baseline", { dataVolumeIops: 30_000 }, "from 3000 to 20000 IOPS"],
    ["more nodes than Valkey 8 holds", { shards: 334 }, "makes 1002 nodes, and a cluster of this engine holds 1000"],
    [
      "more nodes than Valkey 9 holds",
      { shards: 667, engineArtifact: artifact },
      "makes 2001 nodes, and a cluster of this engine holds 2000",
    ],
    [
      "one group for too many nodes",
      { shards: 600, groupsPerZone: 1, engineArtifact: artifact },
      "groupsPerZone: puts 600 nodes into one placement group",
    ],
    ["Valkey 9 from a package", { engineVersion: "9.1" }, "its package `valkey` is version 8"],
    ["a version with words", { engineVersion: "latest" }, "must be one to three numbers"],
    [
      "a checksum that is none",
      { engineArtifact: { ...artifact, sha256: "abc" } },
      "engineArtifact.sha256: must be 64",
    ],
    [
      "a key that breaks out of quotes",
      { exporterArtifact: { ...artifact, key: "x'; reboot '" } },
      "exporterArtifact: must be a bucket and a key",
    ],
    ["a package that breaks out of quotes", { enginePackage: "x'; reboot '" }, "enginePackage: must be letters"],
    ["a name that is no label", { clusterName: "Hot Tier" }, "clusterName: must be 2 to 24 lower-case letters"],
    [
      "a copy in the own region",
      { snapshotReplicaRegion: "us-west-2" },
      "snapshotReplicaRegion: is the cluster's own region",
    ],
    ["a timeout that a fork outlasts", { nodeTimeoutMs: 500 }, "nodeTimeoutMs: must be a whole number from 1000"],
    ["fewer shards at most than at least", { shards: 16, maxShards: 12 }, "maxShards: must be a whole number from 16"],
  ])("refuses %s", (_, args, message) => {
    expect(refusals(args)).toContain(message);
  });

  it("admits what lies on each bound", () => {
    const bounds: Partial<HotTierRedisArgs>[] = [
      { shards: 3 },
      { shards: 333 },
      { shards: 666, engineArtifact: artifact },
      { maxmemoryPercent: 75 },
      { dataVolumeThroughputMBps: 625 },
      { dataVolumeIops: 20_000 },
      { dataVolumeGib: 176 },
    ];
    expect(bounds.map(refusals)).toEqual(bounds.map(() => ""));
  });

  it("says everything that is wrong at once", () => {
    const message = refusals({ shards: 4, maxmemoryPercent: 90, dataVolumeThroughputMBps: 1000 });
    expect(message).toContain("shards: ");
    expect(message).toContain("maxmemoryPercent: ");
    expect(message).toContain("dataVolumeThroughputMBps: ");
  });
});
