import { restore } from "../../packages/hot-tier-controller/src/backup/restore.ts";
import type { BackupStore } from "../../packages/hot-tier-controller/src/backup/store.ts";
import { backUp, emulatedStore } from "../../packages/hot-tier-controller/test/support/backup-store.ts";
import { ClusterUnderTest } from "../../packages/hot-tier-controller/test/support/cluster-under-test.ts";
import { dumpCluster, fillCluster } from "../../packages/hot-tier-controller/test/support/data.ts";
import { say } from "./driver.ts";
import { round } from "./statistics.ts";

/** A backup of five shards, restored into other numbers of shards, and every key compared. */
export interface RestoreResult {
  readonly keys: number;
  readonly fillSeconds: number;
  readonly backupSeconds: number;
  readonly backupBytes: number;
  readonly restores: readonly {
    readonly shards: number;
    readonly seconds: number;
    readonly keysPerSecond: number;
    /** Missing, additional, or with another value, type or expiry. */
    readonly different: number;
  }[];
}

const sourceShards = 5;
const targets = [3, 7];
const generation = "bench";

export async function measureRestore(keys: number): Promise<RestoreResult> {
  const { store, stop } = await emulatedStore();
  const source = await ClusterUnderTest.start("valkey-9.1", sourceShards);
  try {
    await source.untilRest();
    const fillSeconds = await timed(`filling ${sourceShards} shards with ${keys} keys of every type`, async () =>
      fillCluster(await source.primaries(), keys),
    );
    const before = await dumpCluster(source.connections, await source.primaries());
    let backupBytes = 0;
    const backupSeconds = await timed("backup", async () => {
      const manifest = await backUp(source, store, generation);
      backupBytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    });
    const restores = [];
    for (const shards of targets) {
      restores.push(await restoreInto(shards, store, before));
    }
    return { keys: before.size, fillSeconds, backupSeconds, backupBytes, restores };
  } finally {
    await source.close();
    await stop();
  }
}

async function restoreInto(shards: number, store: BackupStore, before: ReadonlyMap<string, string>) {
  const target = await ClusterUnderTest.start("valkey-9.1", shards);
  try {
    await target.untilRest();
    const { connections } = target;
    const { observation } = await target.controller.plan();
    const seconds = await timed(`restore into ${shards} shards`, async () => {
      await restore({ store, connections, observation, now: () => Date.now(), onFile: () => {} }, generation);
    });
    const after = await dumpCluster(connections, await target.primaries());
    const changed = [...before].filter(([key, value]) => after.get(key) !== value).length;
    const additional = [...after.keys()].filter((key) => !before.has(key)).length;
    say(`${after.size} keys compared, ${changed + additional} differ`);
    return { shards, seconds, keysPerSecond: Math.round(before.size / seconds), different: changed + additional };
  } finally {
    await target.close();
  }
}

async function timed(what: string, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  const seconds = round((performance.now() - started) / 1_000);
  say(`${what}: ${seconds} s`);
  return seconds;
}

export function describeRestore(result: RestoreResult): string {
  const megabytes = (result.backupBytes / 1e6).toFixed(0);
  return [
    `${result.keys} keys of every type, ${sourceShards} shards, ${megabytes} MB; backup ${result.backupSeconds} s:`,
    ...result.restores.map(
      ({ shards, seconds, keysPerSecond, different }) =>
        `  into ${shards} shards ${seconds} s, ${keysPerSecond} keys a second; every key compared, ${different} differ`,
    ),
  ].join("\n");
}
