import { hotTierPlan } from "../hot-tier-redis/hot-tier-plan.ts";
import { refuseAll } from "../shared/refusal.ts";
import { postgresPlan } from "../metadata-postgres/postgres-plan.ts";
import { defaultProbeIntervalSeconds } from "../tenant-endpoint/tenant-endpoint-plan.ts";
import type { DisasterRecoveryPlan, RegionRecoveryArgs } from "./args.ts";
import { databaseCopies, databaseObjectives, type DatabaseRecovery } from "./database-objectives-plan.ts";
import { entryCopies, entryObjectives, type EntryRecovery } from "./entry-objectives-plan.ts";
import { givenTimes } from "./given-times.ts";
import { hotTierCopies, hotTierObjectives, type HotTierRecovery } from "./hot-tier-objectives-plan.ts";

const mib = 1024 ** 2;
const gib = 1024 ** 3;

/**
 * What a region keeps where, and how long each failure lasts and what it costs. Every number is the sum of terms that name
 * their setting, page or measurement; nothing of it was measured on AWS.
 *
 * @throws PlanRefusedError for what the hot tier's or the database's own plan refuses, and for a wrong duration
 */
export function disasterRecoveryPlan(args: RegionRecoveryArgs): DisasterRecoveryPlan {
  const { region, zoneIds } = args;
  const network = { region, zoneIds };
  const times = givenTimes(args.times);
  const entry: EntryRecovery = {
    args,
    probeIntervalSeconds: args.probeIntervalSeconds ?? defaultProbeIntervalSeconds,
    times,
  };
  const hotTier = args.hotTier && hotTierRecovery({ ...args.hotTier, network }, args, times);
  const database: DatabaseRecovery | undefined = args.metadata && {
    region,
    plan: postgresPlan({ ...args.metadata, network }),
    elsewhere: args.metadata.disasterRecovery,
    times,
  };
  return {
    scope: region,
    copies: [
      ...(hotTier === undefined ? [] : hotTierCopies(hotTier)),
      ...(database === undefined ? [] : databaseCopies(database)),
      ...entryCopies(entry),
    ],
    objectives: [
      ...(hotTier === undefined ? [] : hotTierObjectives(hotTier)),
      ...entryObjectives(entry),
      ...(database === undefined ? [] : databaseObjectives(database)),
    ],
  };
}

function hotTierRecovery(
  args: Parameters<typeof hotTierPlan>[1],
  { dataGibPerShard, functionMegabytesPerSecond: measured }: RegionRecoveryArgs,
  times: HotTierRecovery["times"],
): HotTierRecovery {
  refuseAll(
    measured === undefined || measured > 0
      ? []
      : [
          {
            path: "functionMegabytesPerSecond",
            value: measured,
            reason: "has to be a number of MB/s above 0",
            mend: "Correct it, or leave it out.",
          },
        ],
  );
  const plan = hotTierPlan("hot-tier", args);
  const perShard = dataGibPerShard === undefined ? plan.node.memory.maxmemoryMib * mib : dataGibPerShard * gib;
  const functionBytesPerSecond = measured === undefined ? {} : { functionBytesPerSecond: measured * 1e6 };
  return { plan, dataBytes: plan.shardPlan.shards * perShard, ...functionBytesPerSecond, times };
}
