import { setTimeout as sleep } from "node:timers/promises";
import { Connections } from "../../src/cluster/connections.ts";
import type { ConnectionSettings } from "../../src/cluster/connections.ts";
import { Lanes } from "../../src/execute/lanes.ts";
import { moveSlots } from "../../src/execute/move.ts";
import { defaultPace } from "../../src/execute/pace.ts";
import type { Alarm, Bounds } from "../../src/model.ts";
import { defaultBounds } from "../../src/model.ts";
import { Controller, isAtRest, silentJournal } from "../../src/run/controller.ts";
import type { PassReport } from "../../src/run/controller.ts";
import { countSlots } from "../../src/slots.ts";
import type { SlotRange } from "../../src/slots.ts";
import { LocalFleet } from "./local-fleet.ts";
import { serverBinary } from "./servers.ts";
import type { Server } from "./servers.ts";

export const zones = ["z1", "z2", "z3"];
export const testBounds: Bounds = { ...defaultBounds, nodeTimeoutMs: 2_000, electionGraceMs: 2_000 };
const restTimeoutMs = 200_000;

/** Real servers on loopback and the controller that tends them. */
export class ClusterUnderTest {
  readonly fleet: LocalFleet;
  readonly connections: Connections;
  readonly alarms: Alarm[] = [];
  controller: Controller;
  /** Actions that failed, with the servers' words: retried by the next pass, but worth a look. */
  readonly failures: string[] = [];

  readonly #login: ConnectionSettings;

  private constructor(fleet: LocalFleet, shards: number, login: ConnectionSettings) {
    this.fleet = fleet;
    this.#login = login;
    this.connections = new Connections(login);
    this.controller = this.newController(shards);
  }

  /** @param login of the controller; with `tls` the servers speak nothing else, and `settings` have to name their certificates */
  static async start(
    server: Server,
    shards: number,
    settings: readonly string[] = [],
    appendonly = false,
    login: ConnectionSettings = {},
  ): Promise<ClusterUnderTest> {
    const binary = await serverBinary(server);
    const { nodeTimeoutMs } = testBounds;
    const tls = login.tls !== undefined;
    const fleet = new LocalFleet({ binary, zones, nodeTimeoutMs, settings, appendonly, tls });
    return new ClusterUnderTest(fleet, shards, login);
  }

  /** A controller that knows nothing but what the state bucket would tell it: as after a crash, or with another target. */
  newController(
    shards: number,
    mayGoOn?: () => boolean,
    bounds: Bounds = testBounds,
    connections: Connections = this.connections,
  ): Controller {
    const formed = (this.controller as Controller | undefined)?.memory.formed ?? false;
    this.controller = new Controller({
      fleet: this.fleet,
      connections,
      desired: { shards, zones },
      bounds,
      formed,
      migrateAuth: this.#migrateAuth(),
      ...(mayGoOn === undefined ? {} : { holdsLease: mayGoOn }),
      journal: {
        ...silentJournal,
        alarm: (alarm) => this.alarms.push(alarm),
        outcome: ({ action, error }) => {
          if (error !== undefined) {
            this.failures.push(`${action.kind}: ${error}`);
          }
        },
      },
    });
    return this.controller;
  }

  /** Passes until there is nothing left to do twice in a row; each pass is handed to `look`. */
  async untilRest(look: (report: PassReport) => void = () => {}): Promise<void> {
    const deadline = performance.now() + restTimeoutMs;
    let quiet = 0;
    let last: PassReport | undefined;
    while (quiet < 2) {
      if (performance.now() > deadline) {
        throw new Error(
          `no rest in ${restTimeoutMs} ms: ${JSON.stringify(last?.plan)} ${this.failures.slice(-5).join("; ")}`,
        );
      }
      last = await this.controller.tick();
      look(last);
      await this.fleet.refill();
      quiet = isAtRest(last) ? quiet + 1 : 0;
      await sleep(100);
    }
  }

  /** Passes until every slot has a live owner; gives the milliseconds it took. */
  async untilCovered(): Promise<number> {
    const started = performance.now();
    while (performance.now() - started < restTimeoutMs) {
      if (coveredSlots(await this.controller.tick()) === 16_384) {
        return performance.now() - started;
      }
      await sleep(100);
    }
    throw new Error(`slots are still uncovered after ${restTimeoutMs} ms: ${JSON.stringify(this.alarms.slice(-3))}`);
  }

  /** Moves slots between two shards without asking whether that is wanted. */
  async moveByHand(from: string, to: string, slots: readonly SlotRange[], byKeys = false): Promise<void> {
    const { looks } = (await this.controller.plan()).observation;
    const [source, destination] = [looks.get(from), looks.get(to)];
    if (source === undefined || destination === undefined) {
      throw new Error(`${from} or ${to} does not answer`);
    }
    const { connections } = this;
    const primaries = await this.primaries();
    const { paces } = this.controller.memory;
    const ignore = { auth: [], onProgress: () => {}, mayGoOn: () => true };
    const context = { connections, primaries, pace: defaultPace, paces, lanes: new Lanes(1), ...ignore };
    await moveSlots(context, source, destination, slots, byKeys);
  }

  #migrateAuth(): string[] {
    const { username = "default", password } = this.#login;
    return password === undefined ? [] : ["AUTH2", username, password];
  }

  addresses(): string[] {
    return [...this.fleet.machinesById.values()].map((machine) => machine.address);
  }

  /** Addresses of the nodes that own slots now. */
  async primaries(): Promise<string[]> {
    const { cluster } = (await this.controller.plan()).observation;
    return cluster.nodes.filter((node) => node.slots.length > 0 && node.reachable).map((node) => node.address);
  }

  async close(): Promise<void> {
    this.connections.close();
    await this.fleet.close();
  }
}

/** Slots that a live node owns in the observation of a pass. */
export function coveredSlots({ observation }: PassReport): number {
  return observation.cluster.nodes
    .filter((node) => node.reachable && node.member && node.role === "primary")
    .reduce((sum, node) => sum + countSlots(node.slots), 0);
}

/** Shards as `zone list: slots`, the primary's zone first. */
export function describeShards({ observation }: PassReport): string[] {
  const { nodes } = observation.cluster;
  return nodes
    .filter((node) => node.role === "primary")
    .map((primary) => {
      const replicas = nodes.filter((node) => node.primaryId === primary.id).map((node) => node.zone);
      return `${[primary.zone, ...replicas].sort().join(" ")}: ${countSlots(primary.slots)}`;
    })
    .sort();
}
