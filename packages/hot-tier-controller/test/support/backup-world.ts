import { expect } from "vitest";
import { continueBackup } from "../../src/backup/backup.ts";
import { fileSeconds } from "../../src/backup/manifest.ts";
import type { Manifest } from "../../src/backup/manifest.ts";
import type { BackupProgress } from "../../src/backup/progress.ts";
import type { Observation } from "../../src/cluster/observe.ts";
import { countSlots, normalizeRanges, quotas, subtractRanges, takeSlots } from "../../src/slots.ts";
import type { SlotRange } from "../../src/slots.ts";

/** The generation that the worlds take. */
export const generation = "2026-11-21T10-00-00.000Z";
const bytesPerSecond = 1e9;
const shardBytes = 1e9;
/** How long a shard's stream takes within the budget. */
const shardMs = fileSeconds(shardBytes, bytesPerSecond) * 1_000;

/** A turn's process died. */
export class Killed extends Error {}

/** A cluster, a bucket and a clock: what a turn sees of the world. Nothing else outlives a turn. */
export class World {
  /** Shard by shard, the slots that it owns. */
  owned: SlotRange[][];
  /** What each stored file really holds. */
  readonly files = new Map<string, readonly SlotRange[]>();
  progress: { progress: BackupProgress; etag: string } | undefined;
  manifest: Manifest | undefined;
  forks = 0;
  clock = 0;
  steps = 0;
  killAt = Infinity;
  /** How many times longer than the budget says a stream takes. */
  slowness = 1;
  /** What happens at a step, beside the kill. */
  at: (step: number) => void = () => {};

  constructor(shards: number) {
    this.owned = evenly(shards);
  }

  /** Everything that a turn does passes here: it may be killed before or after each. */
  step(): void {
    this.steps += 1;
    this.at(this.steps);
    if (this.steps === this.killAt) {
      throw new Killed();
    }
  }

  observe(): Observation {
    const nodes = this.owned.flatMap((slots, index) => [
      node(`p${index}`, "primary", slots),
      { ...node(`r${index}`, "replica", []), primaryId: `p${index}` },
    ]);
    const cluster = { nodes, settled: true, openSlots: [], moves: [], capacity: {}, backupRunning: true, formed: true };
    return { cluster, looks: new Map() };
  }

  turn(shardsThatFit: number, mayGoOn = (): boolean => true): Promise<Manifest | undefined> {
    return continueBackup(
      {
        cluster: "hot",
        login: {},
        store: {
          getProgress: async () => {
            this.step();
            return await Promise.resolve(this.progress);
          },
          putProgress: async (progress, etag) => {
            this.step();
            if (this.progress?.etag !== etag) {
              throw new Error("another controller goes on");
            }
            const next = `${Number(etag ?? 0) + 1}`;
            this.progress = { progress, etag: next };
            this.step();
            return await Promise.resolve(next);
          },
          putFile: async (_, name, data) => {
            this.step();
            const pieces: Uint8Array[] = [];
            for await (const piece of data) {
              pieces.push(piece);
            }
            this.step();
            expect([...this.files.keys()]).not.toContain(name);
            this.files.set(name, JSON.parse(Buffer.concat(pieces).toString()) as SlotRange[]);
            this.step();
            return { bytes: 1, sha256: "" };
          },
          putManifest: async (manifest) => {
            this.step();
            this.manifest = manifest;
            this.step();
            return await Promise.resolve();
          },
        },
        observe: async () => {
          this.step();
          return await Promise.resolve(this.observe());
        },
        bytesPerSecond,
        onFile: () => {},
        mayGoOn,
        endsAt: this.clock + (shardsThatFit + 0.5) * shardMs,
        now: () => this.clock,
        read: (address) => this.read(address),
      },
      generation,
    );
  }

  /** A replica's stream: it holds what its shard owns at the fork. */
  async *read(address: string): AsyncGenerator<Buffer> {
    this.step();
    this.forks += 1;
    const slots = this.owned[Number(address.slice(1))] ?? [];
    this.clock += this.slowness * shardMs;
    yield await Promise.resolve(Buffer.from(JSON.stringify(slots)));
    this.step();
  }
}

function node(id: string, role: "primary" | "replica", slots: readonly SlotRange[]) {
  const known = {
    zone: "z",
    instanceId: id,
    instance: "running",
    reachable: true,
    downForMs: 0,
    confirmedDown: false,
    idleForMs: 0,
    member: true,
  } as const;
  return {
    ...known,
    id,
    address: id,
    role,
    slots,
    blank: false,
    offset: 1,
    synced: true,
    unsyncedForMs: 0,
    usedBytes: shardBytes,
  };
}

function evenly(shards: number): SlotRange[][] {
  let next = 0;
  return quotas(shards).map((count) => {
    next += count;
    return [[next - count, next - 1]];
  });
}

/** The last slot of one shard goes to another one. */
export function moveSlot(world: World, from: number, to: number): void {
  const [giver, taker] = [from % world.owned.length, to % world.owned.length];
  const [given = [], taken = []] = [world.owned[giver], world.owned[taker]];
  const moved = takeSlots(given, 1);
  if (giver !== taker && countSlots(given) > 1) {
    world.owned[giver] = subtractRanges(given, moved);
    world.owned[taker] = normalizeRanges([...taken, ...moved]);
  }
}
