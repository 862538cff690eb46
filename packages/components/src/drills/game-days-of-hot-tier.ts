import { decideBackup, generationName } from "../../../hot-tier-controller/src/backup/schedule.ts";
import { fileSeconds } from "../../../hot-tier-controller/src/backup/manifest.ts";
import { mostBackupSeconds } from "../../../hot-tier-controller/src/timing.ts";
import { backupTimes, controllerTiming } from "../hot-tier-redis/controller-timing.ts";
import { controllerBudgets } from "../hot-tier-redis/controller-plan.ts";
import { clusterAlarms } from "../hot-tier-redis/alarms-plan.ts";
import { hotTierPlan, type HotTierPlan } from "../hot-tier-redis/hot-tier-plan.ts";
import { replicaLagLimitSeconds } from "../hot-tier-redis/server-config.ts";
import type { Dice, GameDay, GameDayWorld } from "./game-day.ts";
import { loseMembers, looks, type HotTierOutcome } from "./hot-tier-world.ts";
import { loseController } from "./lease-world.ts";

const mib = 1024 ** 2;
const gib = 1024 ** 3;

function planOf({ region }: GameDayWorld): HotTierPlan {
  return hotTierPlan("hot-tier", { ...region.hotTier, network: { region: region.region, zoneIds: region.zoneIds } });
}

/** In a third of the runs every election fails, in the others one of three: the controller has to step in. */
function lose(world: GameDayWorld, dice: Dice, fails: Parameters<typeof loseMembers>[1]): HotTierOutcome {
  const plan = planOf(world);
  const splitShare = dice.random() < 1 / 3 ? 1 : 1 / 3;
  return loseMembers(
    plan,
    fails,
    {
      election: () => (dice.random() < splitShare ? undefined : plan.nodeTimeoutMs / 1000 + dice.upTo("election", 0.3)),
      orderedFailover: () => dice.upTo("orderedFailover", 0.6),
    },
    dice.random() * controllerTiming.scheduleSeconds,
  );
}

function outcome({ coveredAfter, lost }: HotTierOutcome, dice: Dice) {
  return {
    seconds: coveredAfter,
    // What the dead primary had acknowledged and not sent: never older than the lag at which it stops taking writes.
    lostSeconds: dice.random() * replicaLagLimitSeconds,
    checks: { "every slot has a primary again": lost.length === 0 },
  };
}

/** Failures of the hot tier and its controller. */
export const hotTierDays: Record<string, GameDay> = {
  node: {
    title: "A machine with a primary dies",
    play(world, dice) {
      const { shards } = planOf(world).shardPlan;
      const shard = Math.floor(dice.random() * shards);
      return outcome(
        lose(world, dice, ({ id, role }) => role === "primary" && id.startsWith(`${shard}-`)),
        dice,
      );
    },
  },
  zone: {
    title: "A zone with its members dies",
    play(world, dice) {
      const { zoneIds } = planOf(world).layout;
      const zone = zoneIds[Math.floor(dice.random() * zoneIds.length)];
      return outcome(
        lose(world, dice, (node) => node.zone === zone),
        dice,
      );
    },
  },
  controller: {
    title: "The controller dies with the lease in its hands",
    async play(_, { random }) {
      const phase = random() * controllerTiming.workSeconds;
      const { tendedAfter, heldTwice } = await loseController(phase, random() * 5);
      return { seconds: tendedAfter, checks: { "two never hold the lease at once": !heldTwice } };
    },
  },
  "hot-tier-restore": {
    title: "All copies of a shard are gone: everything comes from the last backup",
    play(world, dice) {
      const plan = planOf(world);
      const bytes = dataBytesOf(world, plan);
      const { backupBytesPerSecond, backupIntervalSeconds } = controllerBudgets(plan);
      const stream = streamOf(world, plan);
      const { shards } = plan.shardPlan;
      const { worstSeconds } = backupTimes(shards, bytes / shards, stream, backupIntervalSeconds);
      // Some backups later, at any moment between two.
      const lostAt = worstSeconds * (2 + 2 * dice.random());
      const phase = dice.random() * controllerTiming.scheduleSeconds;
      const { starts, problem } = backupsUntil(lostAt, plan, bytes, stream, phase);
      const alarm = clusterAlarms(plan).find(({ key }) => key === "slots-uncovered");
      return {
        seconds:
          60 * (alarm?.minutes ?? 0) + dice.upTo("response") + dice.upTo("launch") + bytes / backupBytesPerSecond,
        lostSeconds: lostAt - (starts.at(-1) ?? -Infinity),
        checks: { "backups were taken": starts.length > 0 && problem === undefined },
      };
    },
    playRefusal(world) {
      const plan = planOf(world);
      const { starts, problem } = backupsUntil(
        6 * controllerBudgets(plan).backupIntervalSeconds,
        plan,
        dataBytesOf(world, plan),
        streamOf(world, plan),
        0,
      );
      if (starts.length > 0 || problem === undefined) {
        throw new Error("the plan says that no backup is taken, and one is");
      }
    },
  },
};

function dataBytesOf({ region }: GameDayWorld, plan: HotTierPlan): number {
  const perShard =
    region.dataGibPerShard === undefined ? plan.node.memory.maxmemoryMib * mib : region.dataGibPerShard * gib;
  return plan.shardPlan.shards * perShard;
}

/** What the function passes on. */
function streamOf({ region }: GameDayWorld, plan: HotTierPlan): number {
  const { functionMegabytesPerSecond = Infinity } = region;
  return Math.min(controllerBudgets(plan).backupBytesPerSecond, functionMegabytesPerSecond * 1e6);
}

/**
 * Lets the controller's own rules take backups, a turn a call, and gives the starts of those that were whole in time. A call
 * goes on until its turn ends, and the wait that is under way then; the schedule begins the next at a full minute.
 */
function backupsUntil(
  end: number,
  plan: HotTierPlan,
  bytes: number,
  bytesPerSecond: number,
  phase: number,
): { starts: number[]; problem?: string } {
  const budget = { ...controllerBudgets(plan), backupBytesPerSecond: bytesPerSecond };
  const { shards } = plan.shardPlan;
  const { scheduleSeconds, waitSeconds } = controllerTiming;
  const shardSeconds = fileSeconds(bytes / shards, bytesPerSecond);
  const shardBytes = Array.from({ length: shards }, () => bytes / shards);
  const date = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000);
  const starts: number[] = [];
  let running: { name: string; start: number; files: number } | undefined;
  let busyUntil = 0;
  for (const look of looks(phase)) {
    if (look > end) {
      break;
    }
    if (look < busyUntil) {
      continue;
    }
    const decision = decideBackup(
      {
        finished: starts.map((start) => generationName(date(start))),
        unfinished: running === undefined ? [] : [running.name],
      },
      shardBytes,
      budget,
      mostBackupSeconds,
      date(look),
    );
    if (decision.problem !== undefined) {
      return { starts, problem: decision.problem };
    }
    if (decision.take === undefined) {
      continue;
    }
    running = running?.name === decision.take ? running : { name: decision.take, start: look, files: 0 };
    let now = look;
    while (running.files < shards && now + shardSeconds <= look + mostBackupSeconds) {
      now += shardSeconds;
      running.files++;
    }
    if (running.files === shards && now <= end) {
      starts.push(running.start);
      running = undefined;
    }
    const ended = now + waitSeconds;
    busyUntil = Math.ceil((ended + phase) / scheduleSeconds) * scheduleSeconds - phase;
  }
  return { starts };
}
