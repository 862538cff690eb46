import { CopyObjectCommand, CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAwsEmulator } from "../../../test/support/aws-emulator.ts";
import type { AwsEmulator } from "../../../test/support/aws-emulator.ts";
import { awsClients } from "../src/aws/environment.ts";
import type { AwsClients } from "../src/aws/environment.ts";
import { takeBackup, prune } from "../src/backup/backup.ts";
import type { Manifest } from "../src/backup/manifest.ts";
import { restore } from "../src/backup/restore.ts";
import { BackupStore } from "../src/backup/store.ts";
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

function backUp(generation: string): Promise<Manifest> {
  return takeBackup(
    {
      cluster: "hot",
      login: {},
      store,
      observe: async () => (await source.controller.plan()).observation,
      bytesPerSecond: 1_000_000_000,
      onFile: () => {},
      mayGoOn: () => true,
    },
    generation,
  );
}

async function restoreInto(cluster: ClusterUnderTest, generation: string) {
  const { observation } = await cluster.controller.plan();
  const { connections } = cluster;
  return restore({ store, connections, observation, now: () => Date.now(), onFile: () => {} }, generation);
}

test("a backup holds every slot once, from replicas, and says so in its manifest", options, async () => {
  manifest = await backUp("2026-01-01T00-00-00Z");
  expect(manifest.files.map((file) => file.name)).toEqual([0, 1, 2, 3, 4].map((index) => `shard-00${index}.rdb`));
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
      await backUp("corrupted");
      await s3.send(
        new PutObjectCommand({ ...place("corrupted", "shard-001.rdb"), Body: "REDIS0011 and nothing more" }),
      );
      await expect(restoreInto(target, "corrupted")).rejects.toThrow(/shard-001\.rdb of corrupted is not the file/);

      await backUp("missing");
      await s3.send(new DeleteObjectCommand(place("missing", "shard-002.rdb")));
      await expect(restoreInto(target, "missing")).rejects.toThrow("shard-002.rdb of missing is missing.");

      await backUp("mixed");
      const copy = { CopySource: `${bucket}/hot/backups/${manifest.generation}/shard-004.rdb` };
      const changed = await source.primaries();
      await fillCluster(changed, 100, "changed:");
      await backUp("newer");
      await s3.send(new CopyObjectCommand({ ...place("newer", "shard-004.rdb"), ...copy }));
      await expect(restoreInto(target, "newer")).rejects.toThrow(/shard-004\.rdb of newer is not the file/);

      await backUp("swapped");
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

test("only the newest backups are kept", options, async () => {
  const all = await store.generations();
  expect(await prune(store, 2)).toEqual(all.slice(0, -2));
  expect(await store.generations()).toEqual(all.slice(-2));
});
