import { setTimeout as sleep } from "node:timers/promises";
import { prune, takeBackup } from "../backup/backup.ts";
import { recoveryPoint } from "../backup/manifest.ts";
import { decideBackup, generationName } from "../backup/schedule.ts";
import { restore, verifyBackup } from "../backup/restore.ts";
import type { BackupStore } from "../backup/store.ts";
import type { ConnectionSettings } from "../cluster/connections.ts";
import type { Observation } from "../cluster/observe.ts";
import { isAtRest } from "./controller.ts";
import type { Controller } from "./controller.ts";
import { describeAction, describeCluster, describePlan } from "./report.ts";

/** What a command needs, whether the cluster is on AWS or was listed by hand. */
export interface Session {
  readonly controller: Controller;
  readonly cluster: string;
  readonly login: ConnectionSettings;
  /** Undefined for clusters listed by hand without `--bucket`. */
  readonly store?: BackupStore;
  readonly budgets: {
    readonly backupBytesPerSecond: number;
    readonly backupIntervalSeconds: number;
    readonly backupsKept: number;
  };
  readonly print: (line: string) => void;
  /** Takes the lease before anything is changed; gives it back by not renewing it. */
  readonly begin: () => Promise<void>;
}

const pauseMs = 500;

/** `hot-tier status`: who is there, who owns what, what is wrong. Changes nothing. */
export async function status(session: Session): Promise<void> {
  const { plan, observation } = await session.controller.plan();
  session.print(describeCluster(observation));
  for (const alarm of plan.alarms) {
    session.print(`!  ${alarm.code} ${alarm.subject}: ${alarm.message}`);
  }
}

/** `hot-tier plan`: what the next pass would do and why, and the recovery point that the backup budget can keep. */
export async function plan(session: Session): Promise<void> {
  const { plan, observation } = await session.controller.plan();
  session.print(describePlan(plan));
  const { backupBytesPerSecond, backupIntervalSeconds } = session.budgets;
  const { backupSeconds, worstSeconds } = recoveryPoint(
    dataBytes(observation),
    backupBytesPerSecond,
    backupIntervalSeconds,
  );
  session.print(
    `Recovery point from backups: one takes ${Math.ceil(backupSeconds)} s at ${backupBytesPerSecond / 1e6} MB/s, so at most ${Math.ceil(worstSeconds)} s of writes are lost when no node is left.`,
  );
}

/** `hot-tier apply` and `rebalance`: passes until there is nothing left to do, or a dry run of the next one. */
export async function apply(
  session: Session,
  options: { readonly dryRun: boolean; readonly maxSeconds: number },
): Promise<void> {
  if (options.dryRun) {
    return plan(session);
  }
  await session.begin();
  const deadline = performance.now() + options.maxSeconds * 1_000;
  let quiet = 0;
  while (quiet < 2) {
    const report = await session.controller.tick();
    for (const { action, error } of report.outcomes) {
      if (action.kind !== "heartbeat" || error !== undefined) {
        session.print(
          `${error === undefined ? "done  " : "FAILED"} ${describeAction(action)}${error === undefined ? "" : `: ${error}`}`,
        );
      }
    }
    quiet = isAtRest(report) ? quiet + 1 : 0;
    if (performance.now() > deadline) {
      const waiting = report.plan.alarms.map((alarm) => `${alarm.code} ${alarm.subject}: ${alarm.message}`);
      throw new Error(
        `Not at rest after ${options.maxSeconds} s. ${waiting.join(" ") || "Call the command again: it goes on from here."}`,
      );
    }
    await sleep(pauseMs);
  }
  await status(session);
}

/** `hot-tier backup`: goes on with an unfinished one, if there is one that is still good. */
export async function backup(session: Session, options: { readonly dryRun: boolean }): Promise<void> {
  const store = storeOf(session);
  if (options.dryRun) {
    const { observation } = await session.controller.plan();
    const bytes = dataBytes(observation);
    session.print(
      `Would store about ${Math.ceil(bytes / 1e6)} MB from one replica of each shard and keep ${session.budgets.backupsKept} backups.`,
    );
    return;
  }
  await session.begin();
  const always = { ...session.budgets, backupIntervalSeconds: 0 };
  const { take, remove } = decideBackup(await store.list(), [], always, Infinity, new Date());
  for (const unfinished of remove) {
    await store.remove(unfinished);
    session.print(`Removed ${unfinished}, which was never finished.`);
  }
  const manifest = await takeBackup(
    {
      cluster: session.cluster,
      login: session.login,
      store,
      observe: async () => (await session.controller.plan()).observation,
      bytesPerSecond: session.budgets.backupBytesPerSecond,
      onFile: (file, done, of) => session.print(`${done} of ${of}: ${file.name}, ${file.bytes} bytes`),
      mayGoOn: session.controller.options.holdsLease ?? (() => true),
    },
    take ?? generationName(new Date()),
  );
  session.print(`Backup ${manifest.generation} holds all slots in ${manifest.files.length} files.`);
  for (const old of await prune(store, session.budgets.backupsKept)) {
    session.print(`Removed ${old}.`);
  }
}

/** `hot-tier restore`: the newest generation if none is named. A dry run reads and checks every file. */
export async function restoreBackup(
  session: Session,
  options: { readonly dryRun: boolean; readonly generation?: string },
): Promise<void> {
  const store = storeOf(session);
  const generation = options.generation ?? (await store.generations()).at(-1);
  if (generation === undefined) {
    throw new Error(`There is no backup of ${session.cluster}.`);
  }
  if (options.dryRun) {
    const manifest = await verifyBackup(store, generation);
    session.print(
      `${generation} is whole: ${manifest.files.length} files, all slots, taken until ${manifest.finishedAt}.`,
    );
    return;
  }
  await session.begin();
  const { observation } = await session.controller.plan();
  const report = await restore(
    {
      store,
      connections: session.controller.options.connections,
      observation,
      now: () => Date.now(),
      onFile: (name, keys) => session.print(`${name}: ${keys} keys so far`),
    },
    generation,
  );
  session.print(`${report.keys} keys of ${generation} are back; ${report.expired} had expired since.`);
}

function storeOf(session: Session): BackupStore {
  if (session.store === undefined) {
    throw new Error("Backups need a place: --bucket <name>, or MRGC_STATE_BUCKET.");
  }
  return session.store;
}

function dataBytes(observation: Observation): number {
  const owners = observation.cluster.nodes.filter((node) => node.slots.length > 0);
  return owners.reduce((sum, node) => sum + node.usedBytes, 0);
}
