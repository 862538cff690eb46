import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { awsClients, loadConnection, loadSettings, readEnvironment, storeDesiredShards } from "../aws/environment.ts";
import { Lease } from "../aws/lease.ts";
import { HotTierService } from "../aws/service.ts";
import { leaseLengthMs } from "../timing.ts";
import { BackupStore } from "../backup/store.ts";
import { Connections } from "../cluster/connections.ts";
import type { ConnectionSettings } from "../cluster/connections.ts";
import { ListedFleet } from "../cluster/listed-fleet.ts";
import { defaultBounds } from "../model.ts";
import type { Session } from "./commands.ts";
import { Controller, silentJournal } from "./controller.ts";
import type { Journal } from "./controller.ts";
import { describeAction } from "./report.ts";

/** Options that every command of `hot-tier` takes. */
export interface GlobalOptions {
  /** `zone=host:port`, for a cluster that is tended by hand. */
  readonly node?: readonly string[];
  readonly shards?: number;
  readonly bucket?: string;
  readonly cluster?: string;
  readonly username?: string;
  readonly tls?: boolean;
  /** File with the authority (PEM) that signs the certificates of listed nodes. Default: the system's authorities. */
  readonly caFile?: string;
  readonly nodeTimeoutMs?: number;
}

const listedBudgets = { backupBytesPerSecond: 400_000_000, backupIntervalSeconds: 3_600, backupsKept: 24 };

/** Name under which this process holds the lease. */
export function ownerName(): string {
  return `${hostname()}-${process.pid}-${Date.now().toString(36)}`;
}

/**
 * A session with the listed nodes, or with the cluster that the environment names.
 *
 * @param variables the process's environment; `HOT_TIER_PASSWORD` is the servers' password for listed nodes
 */
export async function openSession(
  options: GlobalOptions,
  variables: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
): Promise<{ readonly session: Session; readonly close: () => void }> {
  return options.node === undefined
    ? awsSession(options, variables, print)
    : listedSession(options, options.node, variables, print);
}

/** How to log in to listed nodes: options say who and whether by TLS, `HOT_TIER_PASSWORD` is the password. */
export async function listedLogin(
  options: GlobalOptions,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<ConnectionSettings> {
  const { username, caFile } = options;
  const password = variables.HOT_TIER_PASSWORD;
  const tls = options.tls === true || caFile !== undefined;
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: caFile === undefined ? {} : { ca: await readFile(caFile, "utf8") } } : {}),
  };
}

function progressJournal(print: (line: string) => void): Journal {
  return {
    ...silentJournal,
    progress: (action, { movedSlots, totalSlots, bytesPerSecond, secondsLeft = 0 }) =>
      print(
        `${describeAction(action)}: ${movedSlots} of ${totalSlots}, ${(bytesPerSecond / 1e6).toFixed(1)} MB/s, ${Math.ceil(secondsLeft)} s left`,
      ),
  };
}

async function listedSession(
  options: GlobalOptions,
  nodes: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
) {
  const fleet = new ListedFleet(nodes);
  const login = await listedLogin(options, variables);
  const { username, password } = login;
  const connections = new Connections(login);
  const smallest = Math.min(...Object.values(await fleet.capacity()));
  const controller = new Controller({
    fleet,
    connections,
    desired: { shards: options.shards ?? smallest, zones: fleet.zones },
    bounds: { ...defaultBounds, nodeTimeoutMs: options.nodeTimeoutMs ?? defaultBounds.nodeTimeoutMs },
    journal: progressJournal(print),
    migrateAuth: password === undefined ? [] : ["AUTH2", username ?? "default", password],
  });
  const cluster = options.cluster ?? "hot-tier";
  const store = options.bucket === undefined ? undefined : new BackupStore(awsClients().s3, options.bucket, cluster);
  const session: Session = {
    controller,
    cluster,
    login,
    ...(store === undefined ? {} : { store }),
    budgets: listedBudgets,
    print,
    begin: () => Promise.resolve(),
  };
  return { session, close: () => connections.close() };
}

async function awsSession(
  options: GlobalOptions,
  variables: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
) {
  const environment = readEnvironment({
    ...variables,
    ...(options.cluster === undefined ? {} : { MRGC_CLUSTER: options.cluster }),
    ...(options.bucket === undefined ? {} : { MRGC_STATE_BUCKET: options.bucket }),
  });
  const { cluster, stateBucket } = environment;
  const clients = awsClients();
  const times = { lengthMs: leaseLengthMs, now: () => performance.now() };
  const lease = new Lease(clients.s3, stateBucket, cluster, ownerName(), times);
  const service = new HotTierService(clients, environment, ownerName(), print);
  const loaded = await loadSettings(clients.ssm, cluster);
  const desiredShards = options.shards ?? loaded.settings.desiredShards;
  const settings = { ...loaded.settings, desiredShards };
  const base = await service.controller(service.journal(settings), { settings });
  const controller = new Controller({
    ...base.options,
    journal: progressJournal(print),
    holdsLease: () => lease.isHeld(),
  });
  let renewal: NodeJS.Timeout | undefined;
  const begin = async (): Promise<void> => {
    const deadline = performance.now() + 3 * leaseLengthMs;
    while (!(await lease.acquire())) {
      if (performance.now() > deadline) {
        throw new Error(
          `Another controller of ${cluster} is at work and keeps the lease. Stop its service first, or let it do this.`,
        );
      }
      await sleep(1_000);
    }
    controller.memory.formed ||= lease.formed;
    renewal = setInterval(() => void lease.acquire().catch(() => {}), leaseLengthMs / 3);
    if (options.shards !== undefined) {
      await storeDesiredShards(clients.ssm, cluster, desiredShards);
    }
  };
  const session: Session = {
    controller,
    cluster,
    login: await loadConnection(clients.secrets, settings.connection),
    store: new BackupStore(clients.s3, stateBucket, cluster),
    budgets: settings.budgets,
    print,
    begin,
  };
  return {
    session,
    close: () => {
      clearInterval(renewal);
      service.close();
    },
  };
}
