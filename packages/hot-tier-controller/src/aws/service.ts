import { setTimeout as sleep } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { continueBackup, prune } from "../backup/backup.ts";
import type { BackupFile } from "../backup/manifest.ts";
import { decideBackup, generationAge } from "../backup/schedule.ts";
import { BackupStore } from "../backup/store.ts";
import { Connections } from "../cluster/connections.ts";
import { newMemory } from "../cluster/observe.ts";
import type { Memory } from "../cluster/observe.ts";
import { defaultPace } from "../execute/pace.ts";
import { defaultBounds } from "../model.ts";
import type { ObservedNode } from "../model.ts";
import { Controller, isAtRest } from "../run/controller.ts";
import type { PassReport } from "../run/controller.ts";
import { LogJournal, metricHeader } from "../run/journal.ts";
import type { Settings } from "../run/settings.ts";
import { leaseLengthMs, waitAfterWorkSeconds, waitForEventsSeconds } from "../timing.ts";
import { decideShards, defaultScalingRules } from "../scaling/policy.ts";
import { loadConnection, loadSettings, storeDesiredShards } from "./environment.ts";
import type { AwsClients, Environment, LoadedSettings } from "./environment.ts";
import { AwsFleet } from "./fleet.ts";
import { Lease } from "./lease.ts";
import { readLoad } from "./load.ts";

/** The controller as it runs on AWS: settings from SSM, machines from Auto Scaling, lease and audit trail in S3. */
export class HotTierService {
  readonly #clients: AwsClients;
  readonly #environment: Environment;
  readonly #lease: Lease;
  readonly #memory: Memory = newMemory();
  readonly #write: (line: string) => void;
  /** Longest turn of a backup in this process, in seconds. */
  readonly #mostBackupSeconds: number;
  #backup: Promise<void> | undefined;
  /** The newest whole backup, as of the last look at the bucket. */
  #newestBackup: string | undefined;
  #passes = 0;
  #connections: { readonly key: string; readonly connections: Connections } | undefined;

  constructor(
    clients: AwsClients,
    environment: Environment,
    owner: string,
    write: (line: string) => void,
    mostBackupSeconds = Infinity,
  ) {
    this.#mostBackupSeconds = mostBackupSeconds;
    this.#clients = clients;
    this.#environment = environment;
    this.#write = write;
    this.#lease = new Lease(clients.s3, environment.stateBucket, environment.cluster, owner, {
      lengthMs: leaseLengthMs,
      now: () => performance.now(),
    });
  }

  /**
   * One pass, if the lease is ours.
   *
   * @param backupsUntil when, on `performance.now`'s clock, the last turn of a backup may begin. Default: always
   * @returns undefined when another controller holds it
   * @throws the error of AWS when even the settings or the machines cannot be read: nothing is done then
   */
  async pass(backupsUntil = Infinity): Promise<PassReport | undefined> {
    if (!(await this.#lease.acquire())) {
      return undefined;
    }
    // A long move must not outlive the lease: it is renewed beside it, and the move stops when that fails.
    const renewal = setInterval(() => void this.#lease.acquire().catch(() => {}), leaseLengthMs / 3);
    try {
      return await this.#leadPass(backupsUntil);
    } finally {
      clearInterval(renewal);
    }
  }

  /**
   * Waits for an event, for a second after a pass that did something, for ten after one that did not. What the event says does
   * not matter: the next pass looks for itself.
   */
  async waitForEvent(last?: PassReport): Promise<void> {
    const did = last?.outcomes.some(({ action, error }) => action.kind !== "heartbeat" && error === undefined) ?? false;
    const seconds = did ? waitAfterWorkSeconds : waitForEventsSeconds;
    const { queueUrl } = this.#environment;
    if (queueUrl === undefined) {
      await sleep(seconds * 1_000);
      return;
    }
    const { sqs } = this.#clients;
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: seconds }),
    );
    if (Messages.length > 0) {
      const Entries = Messages.map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    }
  }

  /** Whether a backup goes on beside the passes. */
  isBackingUp(): boolean {
    return this.#backup !== undefined;
  }

  close(): void {
    this.#connections?.connections.close();
  }

  /** A controller for these settings, without lease: for looking, and for a person's own orders. */
  async controller(journal: LogJournal, loaded: LoadedSettings): Promise<Controller> {
    const { settings } = loaded;
    const { cluster } = this.#environment;
    const login = await loadConnection(this.#clients.secrets, settings.connection);
    const key = JSON.stringify(login);
    if (this.#connections?.key !== key) {
      this.#connections?.connections.close();
      this.#connections = { key, connections: new Connections(login) };
    }
    this.#memory.formed ||= this.#lease.formed;
    return new Controller({
      fleet: new AwsFleet(this.#clients, cluster, settings.connection.port, settings.zones),
      connections: this.#connections.connections,
      desired: { shards: settings.desiredShards, zones: settings.zones.map(({ zoneId }) => zoneId) },
      bounds: {
        ...defaultBounds,
        nodeTimeoutMs: settings.limits.nodeTimeoutMs,
        parallelMoves: settings.budgets.parallelMigrations,
        moveBytes: settings.budgets.migrationJobBytes,
      },
      pace: {
        ...defaultPace,
        bytesPerSecond: settings.budgets.migrationBytesPerSecond / settings.budgets.parallelMigrations,
      },
      migrateAuth: login.password === undefined ? [] : ["AUTH2", login.username ?? "default", login.password],
      holdsLease: () => this.#lease.isHeld(),
      backupRunning: () => this.isBackingUp(),
      memory: this.#memory,
      journal,
    });
  }

  journal(settings: Settings): LogJournal {
    return new LogJournal({
      cluster: this.#environment.cluster,
      desiredShards: settings.desiredShards,
      pass: this.#passes++,
      write: this.#write,
      wallClock: () => new Date(),
    });
  }

  async #leadPass(backupsUntil: number): Promise<PassReport> {
    const loaded = await loadSettings(this.#clients.ssm, this.#environment.cluster);
    const journal = this.journal(loaded.settings);
    const controller = await this.controller(journal, loaded);
    const report = await controller.tick();
    this.#lease.formed ||= this.#memory.formed;
    await this.#storeAudit(journal);
    await this.#scale(loaded, report);
    this.#logBackupAge(new Date());
    if (isAtRest(report) && !this.isBackingUp() && performance.now() < backupsUntil) {
      await this.#backUpIfDue(loaded.settings, controller, report);
    }
    return report;
  }

  /**
   * Begins a backup beside the passes, or goes on with one: slots stay where they are meanwhile, everything else is tended as
   * always. Between two turns slots may move; their shards are then taken again.
   */
  async #backUpIfDue(settings: Settings, controller: Controller, report: PassReport): Promise<void> {
    const { cluster, stateBucket } = this.#environment;
    const { budgets } = settings;
    const store = new BackupStore(this.#clients.s3, stateBucket, cluster);
    const now = new Date();
    const stored = await store.list();
    this.#newestBackup = stored.finished.filter((name) => generationAge(name, now) !== undefined).at(-1);
    const shardBytes = ownersOf(report).map(({ usedBytes }) => usedBytes);
    const { take, remove, problem } = decideBackup(stored, shardBytes, budgets, this.#mostBackupSeconds, now);
    for (const generation of remove) {
      this.#log("warn", "backup-abandoned", { generation });
      await store.remove(generation);
    }
    if (problem !== undefined) {
      this.#log("error", "backup-refused", { message: problem });
    }
    if (take === undefined) {
      return;
    }
    const options = {
      cluster,
      login: await loadConnection(this.#clients.secrets, settings.connection),
      store,
      observe: async () => (await controller.plan()).observation,
      bytesPerSecond: budgets.backupBytesPerSecond,
      onFile: (file: BackupFile, done: number, of: number) =>
        this.#log("info", "backup-file", { file: file.name, bytes: file.bytes, done, of }),
      mayGoOn: () => this.#lease.isHeld(),
      endsAt: performance.now() + this.#mostBackupSeconds * 1_000,
    };
    this.#backup = continueBackup(options, take)
      .then(async (manifest) => {
        this.#log("info", manifest === undefined ? "backup-paused" : "backup-taken", { generation: take });
        if (manifest !== undefined) {
          this.#newestBackup = take;
          await prune(store, budgets.backupsKept);
        }
      })
      .catch((error: unknown) => this.#log("error", "backup-failed", { generation: take, message: String(error) }))
      .finally(() => (this.#backup = undefined));
  }

  /** At every pass that knows it, for an alarm that waits for some minutes in a row: a turn of a backup is no pause. */
  #logBackupAge(now: Date): void {
    const BackupAgeSeconds = this.#newestBackup === undefined ? undefined : generationAge(this.#newestBackup, now);
    if (BackupAgeSeconds !== undefined) {
      const cloudWatch = metricHeader(now, { BackupAgeSeconds: "Seconds" });
      this.#log("info", "backup-age", { ...cloudWatch, BackupAgeSeconds });
    }
  }

  #log(level: string, event: string, fields: Record<string, unknown>): void {
    const time = new Date().toISOString();
    this.#write(JSON.stringify({ time, level, event, Cluster: this.#environment.cluster, ...fields }));
  }

  async #storeAudit(journal: LogJournal): Promise<void> {
    const entries = journal.takeAudit();
    if (entries.length === 0) {
      return;
    }
    const { cluster, stateBucket } = this.#environment;
    const time = new Date().toISOString();
    const key = `${cluster}/audit/${time.slice(0, 10).replaceAll("-", "/")}/${time}-${process.pid}.jsonl`;
    const body = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    await this.#clients.s3.send(new PutObjectCommand({ Bucket: stateBucket, Key: key, Body: body }));
  }

  async #scale({ settings, desiredSince }: LoadedSettings, report: PassReport): Promise<void> {
    const { cloudWatch, ssm } = this.#clients;
    const { cluster } = this.#environment;
    const { limits } = settings;
    const now = new Date();
    const samples = await readLoad(cloudWatch, cluster, dataBytes(report), limits.networkBaselineBitsPerSecond, now);
    const decision = decideShards(
      {
        shards: settings.desiredShards,
        // Why it was changed last is not stored; the longest cooldown is safe for all reasons.
        ...(desiredSince === undefined
          ? {}
          : { lastChange: { atSeconds: desiredSince.getTime() / 1_000, because: "low" } }),
      },
      samples,
      limits.maxmemoryBytes,
      { ...defaultScalingRules, minShards: limits.minShards, maxShards: limits.maxShards },
    );
    if (decision.because !== "none" && this.#lease.isHeld()) {
      const change = { from: settings.desiredShards, to: decision.shards, reason: decision.reason };
      this.#write(
        JSON.stringify({ time: now.toISOString(), level: "info", event: "scale", Cluster: cluster, ...change }),
      );
      await storeDesiredShards(ssm, cluster, decision.shards);
    }
  }
}

/** Of all shards, one copy each. */
function dataBytes(report: PassReport): number {
  return ownersOf(report).reduce((sum, node) => sum + node.usedBytes, 0);
}

function ownersOf({ observation }: PassReport): ObservedNode[] {
  return observation.cluster.nodes.filter((node) => node.reachable && node.slots.length > 0);
}
