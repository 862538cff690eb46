import type { Failure, RecoveryObjective, RegionRecoveryArgs } from "./args.ts";
import { disasterRecoveryPlan } from "./recovery-plan.ts";

/** A region of which there is every part, the database's backups in another one, and a tenant that nothing leads elsewhere. */
export const testRegion: RegionRecoveryArgs = {
  region: "us-east-1",
  zoneIds: ["use1-az1", "use1-az2", "use1-az4"],
  hotTier: { shards: 16 },
  metadata: { disasterRecovery: { region: "us-east-2" } },
  gpu: { minPerZone: 1, maxPerZone: 4 },
  proxies: { minNodes: 48, maxNodes: 1000 },
  tenants: [
    { name: "acme", regions: ["us-east-1", "us-east-2"] },
    { name: "alone", regions: ["us-east-1"] },
  ],
};

/** The one objective of a failure and a part, in the region with some of it otherwise. */
export function objective(failure: Failure, part: string, change: Partial<RegionRecoveryArgs> = {}): RecoveryObjective {
  const [found, ...more] = disasterRecoveryPlan({ ...testRegion, ...change }).objectives.filter(
    (each) => each.failure === failure && each.part === part,
  );
  if (found === undefined || more.length > 0) {
    throw new Error(`${failure}, ${part} has ${found === undefined ? "no objective" : "more than one"}`);
  }
  return found;
}

/** RTO, RPO and what happens mostly, of one objective. */
export function secondsOf(failure: Failure, part: string, change: Partial<RegionRecoveryArgs> = {}) {
  const { rto, rpo, usual, missing } = objective(failure, part, change);
  return { rto: rto?.seconds, rpo: rpo?.seconds, usual: usual?.seconds, missing };
}
