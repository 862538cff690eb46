import { CopyObjectCommand, CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAwsEmulator } from "../../../test/support/aws-emulator.ts";
import type { AwsEmulator } from "../../../test/support/aws-emulator.ts";
import { awsClients } from "../src/aws/environment.ts";
import type { AwsClients } from "../src/aws/environment.ts";
import { continueBackup, prune } from "../src/backup/backup.ts";
import { fileSeconds } from "../src/backup/manifest.ts";
import type { Manifest } from "../src/backup/manifest.ts";
import { restore } from "../src/backup/restore.ts";
import { BackupStore } from "../src/backup/store.ts";
import { backUp } from "./support/backup-store.ts";
import { ClusterUnderTest } from "./support/cluster-under-test.ts";
import { dumpCluster, fillCluster } from "./support/data.ts";

const bucket = "state";
const keys = Number(process.env.MRGC_RESTORE_KEYS ?? 20_000);
const options = { timeout: 600_000 };
let aws: AwsEmulator;
let clients: AwsClients;
let source: ClusterUnderTest;
let store: BackupStore;
let manifest: Manifest;
let before: Map<string, string>;

beforeAll(async () => {
  aws = await startAwsEmulator("us-west-2");
  Object.assign(process.env, aws.environment);
  clients = awsClients();
  await clients.s3.send(
    new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: "us-west-2" } }),
  );
  store = new BackupStore(clients.s3, bucket, "hot");
  source = await ClusterUnderTest.start("valkey-9.1", 5);
  await source.untilRest();
  await fillCluster(await source.primaries(), keys);
  before = await dumpCluster(source.connections, await source.primaries());
});

afterAll(async () => {
  await source.close();
  await aws.stop();
});

async function restoreInto(cluster: ClusterUnderTest, generation: string) {
  const { observation } = await cluster.controller.plan();
  const { connections } = cluster;
  return restore({ store, connections, observation, now: () => Date.now(), onFile: () => {} }, generation);
}

test("a backup holds every slot once, from replicas, and says so in its manifest", options, async () => {
  manifest = await backUp(source, store, "2026-01-01T00-00-00Z");
  expect(manifest.files.map((file) => file.name)).toEqual(
    [0, 1, 2, 3, 4].map((index) => `turn-1/shard-00${index}.rdb`),
  );
  const { cluster } = (await source.controller.plan()).observation;
  const roles = manifest.files.map((file) => cluster.nodes.find((node) => node.id === file.node)?.role);
  expect(roles).toEqual(Array.from({ length: 5 }, () => "replica"));
  expect(await store.generations()).toEqual(["2026-01-01T00-00-00Z"]);
});

test.each([3, 7])("five shards are restored into %i, and every key is the same", options, async (shards) => {
  const target = await ClusterUnderTest.start("valkey-9.1", shards);
  try {
    await target.untilRest();
    const report = await restoreInto(target, manifest.generation);
    const after = await dumpCluster(target.connections, await target.primaries());
    expect(report.keys).toBe(before.size);
    expect(after.size).toBe(before.size);
    const different = [...before].filter(([key, dump]) => after.get(key) !== dump).map(([key]) => key);
    expect(different).toEqual([]);
    await expect(restoreInto(target, manifest.generation)).rejects.toThrow(/only restored into an empty cluster/);
  } finally {
    await target.close();
  }
});

test("a node that is down for a moment holds a restore up and fails nothing", options, async () => {
  const target = await ClusterUnderTest.start("valkey-9.1", 3);
  try {
    await target.untilRest();
    const { observation } = await target.controller.plan();
    const { connections } = target;
    const [node] = observation.cluster.nodes.filter(({ role }) => role === "primary");
    const { address, slots } = node!;
    const slot = slots[0]![0];
    // A primary without one of its slots answers CLUSTERDOWN to everything.
    await connections.send(address, "CLUSTER", "DELSLOTS", slot);
    const back = sleep(1_000).then(() => connections.send(address, "CLUSTER", "ADDSLOTS", slot));
    const restoring = { store, connections, observation, now: () => Date.now(), onFile: () => {} };
    const [report] = await Promise.all([restore(restoring, manifest.generation), back]);
    expect(report.keys).toBe(before.size);
    const after = await dumpCluster(connections, await target.primaries());
    expect([...before].filter(([key, dump]) => after.get(key) !== dump)).toEqual([]);
  } finally {
    await target.close();
  }
});

test(
  "a file that is corrupted, missing or of another generation is refused by name before a key is written",
  options,
  async () => {
    const target = await ClusterUnderTest.start("valkey-9.1", 3);
    try {
      await target.untilRest();
      const { s3 } = clients;
      const place = (generation: string, name: string) => ({
        Bucket: bucket,
        Key: `hot/backups/${generation}/${name}`,
      });
      await backUp(source, store, "corrupted");
      await s3.send(
        new PutObjectCommand({ ...place("corrupted", "turn-1/shard-001.rdb"), Body: "REDIS0011 and nothing more" }),
      );
      await expect(restoreInto(target, "corrupted")).rejects.toThrow(/shard-001\.rdb of corrupted is not the file/);

      await backUp(source, store, "missing");
      await s3.send(new DeleteObjectCommand(place("missing", "turn-1/shard-002.rdb")));
      await expect(restoreInto(target, "missing")).rejects.toThrow("turn-1/shard-002.rdb of missing is missing.");

      await backUp(source, store, "mixed");
      const copy = { CopySource: `${bucket}/hot/backups/${manifest.generation}/turn-1/shard-004.rdb` };
      const changed = await source.primaries();
      await fillCluster(changed, 100, "changed:");
      await backUp(source, store, "newer");
      await s3.send(new CopyObjectCommand({ ...place("newer", "turn-1/shard-004.rdb"), ...copy }));
      await expect(restoreInto(target, "newer")).rejects.toThrow(/shard-004\.rdb of newer is not the file/);

      await backUp(source, store, "swapped");
      await s3.send(
        new CopyObjectCommand({
          ...place("swapped", "manifest.json"),
          CopySource: `${bucket}/hot/backups/mixed/manifest.json`,
        }),
      );
      await expect(restoreInto(target, "swapped")).rejects.toThrow(/manifest\.json of swapped is of generation mixed/);
      expect((await dumpCluster(target.connections, await target.primaries())).size).toBe(0);
    } finally {
      await target.close();
    }
  },
);

test("a backup whose calls are too short for it is taken over several, and every key comes back", options, async () => {
  const generation = "over-several-calls";
  const bytesPerSecond = 1_000_000_000;
  const { cluster } = (await source.controller.plan()).observation;
  const largest = Math.max(...cluster.nodes.map(({ usedBytes }) => usedBytes));
  const shardMs = fileSeconds(largest, bytesPerSecond) * 1_000;
  let clock = 0;
  const turns: number[] = [];
  for (let whole: Manifest | undefined; whole === undefined && turns.length < 10;) {
    // A call's time is enough for two shards and a half; and each call is another process that remembers nothing.
    const files: string[] = [];
    whole = await continueBackup(
      {
        cluster: "hot",
        login: {},
        store: new BackupStore(clients.s3, bucket, "hot"),
        observe: async () => (await source.controller.plan()).observation,
        bytesPerSecond,
        onFile: ({ name }) => {
          files.push(name);
          clock += shardMs;
        },
        mayGoOn: () => true,
        endsAt: clock + 2.5 * shardMs,
        now: () => clock,
      },
      generation,
    );
    turns.push(files.length);
    const stored = await store.list();
    expect(whole === undefined ? stored.unfinished : stored.finished).toContain(generation);
  }
  expect(turns).toEqual([2, 2, 1]);
  const expected = await dumpCluster(source.connections, await source.primaries());
  const target = await ClusterUnderTest.start("valkey-9.1", 3);
  try {
    await target.untilRest();
    await restoreInto(target, generation);
    const after = await dumpCluster(target.connections, await target.primaries());
    expect(after.size).toBe(expected.size);
    expect([...expected].filter(([key, dump]) => after.get(key) !== dump).map(([key]) => key)).toEqual([]);
  } finally {
    await target.close();
  }
});

test("a progress that another controller has written since is not overwritten", options, async () => {
  const progress = {
    version: 1,
    cluster: "hot",
    generation: "contended",
    startedAt: "",
    turn: 1,

    files: [],
  } as const;
  const first = await store.putProgress(progress, undefined);
  await expect(store.putProgress(progress, undefined)).rejects.toThrow("another controller goes on with the backup");
  await store.putProgress({ ...progress, turn: 2 }, first);
  await expect(store.putProgress({ ...progress, turn: 3 }, first)).rejects.toThrow("another controller goes on");
  expect((await store.getProgress("contended"))?.progress.turn).toBe(2);
  await store.remove("contended");
  expect(await store.getProgress("contended")).toBeUndefined();
  expect((await store.list()).unfinished).not.toContain("contended");
});

test("only the newest backups are kept", options, async () => {
  const all = await store.generations();
  expect(await prune(store, 2)).toEqual(all.slice(0, -2));
  expect(await store.generations()).toEqual(all.slice(-2));
});
