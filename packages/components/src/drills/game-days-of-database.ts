import { Availability } from "../metadata-postgres/args.ts";
import { postgresPlan } from "../metadata-postgres/postgres-plan.ts";
import type { Dice, GameDay, GameDayWorld } from "./game-day.ts";

/** MB/s are of 10^6 bytes, GiB of 2^30. */
const megabytesPerGib = 1024 ** 3 / 1e6;

function planOf({ region }: GameDayWorld) {
  return postgresPlan({ ...region.metadata, network: { region: region.region, zoneIds: region.zoneIds } });
}

/** Writes a second, in a database that keeps a commit only when a standby has it too. */
function writesThrough(dice: Dice, failsFor: number): { acknowledged: number[]; kept: number[] } {
  const acknowledged: number[] = [];
  const kept: number[] = [];
  const failsAt = 60 * dice.random();
  for (let second = 0; second < 600; second++) {
    const writerIsUp = second < failsAt || second >= failsAt + failsFor;
    if (writerIsUp) {
      // The standby has it before the client hears of it; the writer may die in between.
      kept.push(second);
      if (second + dice.random() < failsAt || second >= failsAt + failsFor) {
        acknowledged.push(second);
      }
    }
  }
  return { acknowledged, kept };
}

/** Failures of the metadata database. */
export const databaseDays: Record<string, GameDay> = {
  database: {
    title: "The database's writer dies",
    play(world, dice) {
      const cluster = planOf(world).availability === Availability.Cluster;
      const seconds = dice.upTo(cluster ? "clusterFailover" : "standbyFailover", 0.5);
      const { acknowledged, kept } = writesThrough(dice, seconds);
      const there = new Set(kept);
      return {
        seconds,
        checks: { "every commit that a client heard of is there": acknowledged.every((second) => there.has(second)) },
      };
    },
  },
  "database-restore": {
    title: "Rows are deleted by mistake: the database goes back to the second before",
    play(world, dice) {
      const { storageGib, throughputMBps = 125 } = planOf(world).storage;
      const logEvery = dice.upTo("databaseLog", 1);
      // The log leaves in pieces; the mistake is noticed at once, before its piece is in S3.
      const mistakeAt = 3600 + 600 * dice.random();
      const newest = Math.floor(mistakeAt / logEvery) * logEvery;
      const target = Math.min(mistakeAt, newest);
      const writes = Array.from({ length: 7200 }, (_, second) => second).filter((second) => second < mistakeAt);
      const restored = writes.filter((second) => second <= target);
      return {
        seconds:
          dice.upTo("response") +
          dice.upTo("databaseCreate") +
          dice.upTo("databaseReplay") +
          (storageGib * megabytesPerGib) / throughputMBps,
        lostSeconds: mistakeAt - (restored.at(-1) ?? 0),
        checks: {
          "nothing of after the mistake is there": restored.every((second) => second < mistakeAt),
          "all of before the last log is there": restored.length === Math.floor(target) + 1,
        },
      };
    },
  },
};
