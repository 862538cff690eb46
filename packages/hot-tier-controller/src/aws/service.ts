import { setTimeout as sleep } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { BackupStore } from "../backup/store.ts";
import { Connections } from "../cluster/connections.ts";
import { newMemory } from "../cluster/memory.ts";
import type { Memory } from "../cluster/memory.ts";
import { untilSilent } from "../cluster/watch.ts";
import { defaultPace } from "../execute/pace.ts";
import { defaultBounds } from "../model.ts";
import { Controller, isAtRest, ownersOf } from "../run/controller.ts";
import type { PassReport } from "../run/controller.ts";
import { LogJournal } from "../run/journal.ts";
import type { AuditEntry } from "../run/journal.ts";
import type { Settings } from "../run/settings.ts";
import { leaseLengthMs, waitAfterWorkSeconds, waitForEventsSeconds, warmLookMs } from "../timing.ts";
import { Backups } from "./backups.ts";
import { loadConnection, loadSettings } from "./environment.ts";
import type { AwsClients, Environment, LoadedSettings } from "./environment.ts";
import { AwsFleet } from "./fleet.ts";
import { Lease } from "./lease.ts";
import { scaleIfDue } from "./scale.ts";
import type { LastScaling } from "./scale.ts";
import { ServiceLog } from "./service-log.ts";

/** So many entries of the audit trail are kept while they cannot be stored. The log has them all. */
const mostAuditEntries = 10_000;

/** The controller as it runs on AWS: settings from SSM, machines from Auto Scaling, lease and audit trail in S3. */
export class HotTierService {
  readonly #clients: AwsClients;
  readonly #environment: Environment;
  readonly #lease: Lease;
  readonly #memory: Memory = newMemory();
  readonly #write: (line: string) => void;
  readonly #log: ServiceLog;
  readonly #backups: Backups;
  #passes = 0;
  #connections: { readonly key: string; readonly connections: Connections } | undefined;
  #lastScaling: LastScaling | undefined;
  #lastWarmLook = -Infinity;
  /** Entries of the audit trail that could not be stored yet. */
  #audit: AuditEntry[] = [];

  /** @param mostBackupSeconds longest turn of a backup in this process */
  constructor(
    clients: AwsClients,
    environment: Environment,
    owner: string,
    write: (line: string) => void,
    mostBackupSeconds = Infinity,
  ) {
    const { cluster, stateBucket } = environment;
    this.#clients = clients;
    this.#environment = environment;
    this.#write = write;
    this.#log = new ServiceLog(cluster, write);
    const store = new BackupStore(clients.s3, stateBucket, cluster);
    this.#backups = new Backups(cluster, store, this.#log, mostBackupSeconds);
    const times = { lengthMs: leaseLengthMs, now: () => performance.now() };
    this.#lease = new Lease(clients.s3, stateBucket, cluster, owner, times);
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
   * Waits for an event or for a node that falls silent: for a second after a pass that did something or found a primary that does not answer,
   * for ten after another. What the event says does not matter: the next pass looks for itself.
   */
  async waitForEvent(last?: PassReport): Promise<void> {
    const urgent = last !== undefined && isUrgent(last);
    const seconds = urgent ? waitAfterWorkSeconds : waitForEventsSeconds;
    const over = new AbortController();
    const reasons = [this.#untilEvent(seconds, over.signal)];
    const connections = this.#connections?.connections;
    if (last !== undefined && !urgent && connections !== undefined) {
      const addresses = [...last.observation.looks.values()].map(({ machine }) => machine.address);
      reasons.push(untilSilent(connections, addresses, over.signal));
    }
    await Promise.race(reasons);
    over.abort();
    await Promise.all(reasons);
  }

  /** Says that a pass threw, and why. */
  sayFailed(error: unknown): void {
    this.#log.line("error", "pass-failed", { error: String(error) });
  }

  /** Whether a backup goes on beside the passes. */
  isBackingUp(): boolean {
    return this.#backups.isRunning();
  }

  close(): void {
    this.#connections?.connections.close();
  }

  /** A controller for these settings, without lease: for looking, and for a person's own orders. */
  async controller(journal: LogJournal, loaded: LoadedSettings): Promise<Controller> {
    const { settings } = loaded;
    const login = await loadConnection(this.#clients.secrets, settings.connection);
    const key = JSON.stringify(login);
    if (this.#connections?.key !== key) {
      this.#connections?.connections.close();
      this.#connections = { key, connections: new Connections(login) };
    }
    this.#memory.formed ||= this.#lease.formed;
    return new Controller({
      fleet: this.#fleet(settings),
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
    await this.#log.chore("audit", () => this.#storeAudit(journal));
    await this.#log.chore("warm-pool", () => this.#releaseWarm(loaded.settings));
    await this.#log.chore("scale", () => this.#scale(loaded, report));
    await this.#log.chore("backup", () => this.#tendBackups(loaded.settings, controller, report, backupsUntil));
    return report;
  }

  /** Without a queue, or with one that cannot be read, all of the time. */
  async #untilEvent(seconds: number, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    const { queueUrl } = this.#environment;
    const receive = () => this.#receive(queueUrl ?? "", seconds, signal);
    if (queueUrl === undefined || !(await this.#log.chore("events", receive))) {
      const left = Math.max(0, seconds * 1_000 - (performance.now() - started));
      await sleep(left, undefined, { signal }).catch(() => {});
    }
  }

  /** A message that arrives while the wait is broken off comes again a minute later. */
  async #receive(QueueUrl: string, WaitTimeSeconds: number, abortSignal: AbortSignal): Promise<void> {
    const { sqs } = this.#clients;
    const wait = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds });
    const { Messages = [] } = await sqs.send(wait, { abortSignal }).catch((error: unknown) => {
      if (!abortSignal.aborted) {
        throw error;
      }
      return { Messages: [] };
    });
    if (Messages.length > 0) {
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  }

  async #storeAudit(journal: LogJournal): Promise<void> {
    this.#audit = [...this.#audit, ...journal.takeAudit()].slice(-mostAuditEntries);
    if (this.#audit.length === 0) {
      return;
    }
    const { cluster, stateBucket } = this.#environment;
    const time = new Date().toISOString();
    const key = `${cluster}/audit/${time.slice(0, 10).replaceAll("-", "/")}/${time}-${process.pid}.jsonl`;
    const body = this.#audit.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    await this.#clients.s3.send(new PutObjectCommand({ Bucket: stateBucket, Key: key, Body: body }));
    this.#audit = [];
  }

  async #releaseWarm(settings: Settings): Promise<void> {
    if (performance.now() - this.#lastWarmLook < warmLookMs) {
      return;
    }
    await this.#fleet(settings).releaseWarm(new Date());
    this.#lastWarmLook = performance.now();
  }

  async #scale(loaded: LoadedSettings, report: PassReport): Promise<void> {
    const { cluster } = this.#environment;
    const holdsLease = () => this.#lease.isHeld();
    const common = { clients: this.#clients, cluster, log: this.#log, holdsLease };
    const last = this.#lastScaling;
    const options = { ...common, ...(last === undefined ? {} : { last }) };
    this.#lastScaling = (await scaleIfDue(options, loaded, report)) ?? last;
  }

  async #tendBackups(settings: Settings, controller: Controller, report: PassReport, until: number): Promise<void> {
    const mayBegin = isAtRest(report) && performance.now() < until && !this.isBackingUp();
    const source = mayBegin
      ? {
          login: await loadConnection(this.#clients.secrets, settings.connection),
          observe: async () => (await controller.plan()).observation,
          mayGoOn: () => this.#lease.isHeld(),
          shardBytes: ownersOf(report).map(({ usedBytes }) => usedBytes),
        }
      : undefined;
    await this.#backups.tend(settings, this.#lease.formedAt, source);
  }

  #fleet(settings: Settings): AwsFleet {
    return new AwsFleet(this.#clients, this.#environment.cluster, settings.connection.port, settings.zones);
  }
}

/** Whether the next pass should not wait for an event: this one changed something, or a shard has no primary that answers. */
function isUrgent({ outcomes, observation }: PassReport): boolean {
  const did = outcomes.some(({ action, error }) => action.kind !== "heartbeat" && error === undefined);
  return did || observation.cluster.nodes.some((node) => !node.reachable && node.slots.length > 0);
}
