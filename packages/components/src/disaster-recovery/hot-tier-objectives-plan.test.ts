import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  mostBackupSeconds,
  leaseLengthMs,
  leaseTakeover,
  waitForEventsSeconds,
  workMs,
} from "../../../hot-tier-controller/src/timing.ts";
import { recoveryPoint } from "../../../hot-tier-controller/src/backup/manifest.ts";
import { decideBackup } from "../../../hot-tier-controller/src/backup/schedule.ts";
import { defaultBounds } from "../../../hot-tier-controller/src/model.ts";
import { backupTimes, betweenTurnsSeconds, controllerTiming } from "../hot-tier-redis/controller-timing.ts";
import { Failure, type RegionRecoveryArgs } from "./args.ts";
import { objective, secondsOf } from "./fixtures.ts";

describe("the hot tier's objectives", () => {
  it("give the cluster its own time, then the controller's order, for each primary of the zone", () => {
    // 10 s of waiting and 10 s between two calls; 3 s time-out and 3 s for the election are over at the next look, 10 s later.
    expect(secondsOf(Failure.Node, "hot tier: a primary")).toMatchObject({
      rto: 20 + 10 + 3.3,
      usual: 3 + 1.8,
      rpo: 2,
    });
    // 16 primaries over three zones: 6, 5 and 5.
    expect(secondsOf(Failure.Zone, "hot tier: a zone's primaries").rto).toBeCloseTo(20 + 10 + 6 * 3.3, 6);
  });

  it("follow the number of shards and the node timeout", () => {
    const zone = (hotTier: RegionRecoveryArgs["hotTier"]) =>
      secondsOf(Failure.Zone, "hot tier: a zone's primaries", { hotTier });
    // 160 over three zones: 54 in one.
    expect(zone({ shards: 160 }).rto).toBeCloseTo(30 + 54 * 3.3, 6);
    // 15 s and 3 s are two looks; the election itself waits 12 s longer.
    expect(zone({ shards: 16, nodeTimeoutMs: 15_000 })).toMatchObject({ rto: 20 + 20 + 6 * 3.3, usual: 15 + 1.8 });
  });

  it("copy a new member's data at the network's baseline", () => {
    // 88 GiB are 94.5 GB; at 6.25 Gbps 121 s. The server may come back for 600 s, the launch is assumed as 300 s.
    expect(secondsOf(Failure.Node, "hot tier: redundancy").rto).toBe(600 + 300 + 121);
    // r6i.8xlarge: 176 GiB at 12.5 Gbps is the same time.
    const twice = { hotTier: { shards: 16, instanceType: "r6i.8xlarge" } };
    expect(secondsOf(Failure.Node, "hot tier: redundancy", twice).rto).toBe(600 + 300 + 121);
  });

  it("bring a lost controller back by the next call and the lease", () => {
    expect(secondsOf(Failure.Controller, "hot tier: nobody tends it")).toMatchObject({ rto: 60 + 30 + 10, rpo: 0 });
  });

  it("lose with all copies what came after the start of the last whole backup", () => {
    // 160 GiB are 171.8 GB: 439.8 s at half of 6.25 Gbps, and 4.6 s of forks; the interval is an hour, and 20 s until the next look.
    const part = "hot tier: from a backup";
    const { rto, rpo } = secondsOf(Failure.Data, part, { dataGibPerShard: 10 });
    expect(rpo).toBe(Math.ceil(3600 + 439.804 + 4.639) + 20);
    // A minute's alarm, a person, machines, and the same stream back.
    expect(rto).toBe(60 + 300 + 300 + 440);
    const measured = secondsOf(Failure.Data, part, { dataGibPerShard: 10, times: { response: 60, launch: 100 } });
    expect(measured.rto).toBe(60 + 60 + 100 + 440);
  });

  it("take a full hot tier's backup over several calls", () => {
    // A shard of 88 GiB is 94.49 GB: 241.89 s at 390.625 MB/s and 2.55 s of fork; three fit into 780 s, so 16 take six calls, 70 s apart.
    const { rto, rpo, missing } = secondsOf(Failure.Data, "hot tier: from a backup");
    const backup = 16 * 244.44 + 5 * 70;
    expect(missing).toBeUndefined();
    expect(rpo).toBeCloseTo(2 * backup + 70, -1);
    expect(rto).toBe(60 + 300 + 300 + 3871);
  });

  it("follow what the function was seen to pass on", () => {
    const part = "hot tier: from a backup";
    // 94.49 GB at 75 MB/s are 1,259.9 s, and 2.6 s of fork.
    const full = secondsOf(Failure.Data, part, { functionMegabytesPerSecond: 75 });
    expect(full.missing).toMatch(/^a shard of 88 GiB takes 1263 s .* it takes none above 54 GiB a shard/);
    // 50 GiB are 53.69 GB: 715.8 s and 1.4 s; one a call, 16 calls.
    const { rpo } = secondsOf(Failure.Data, part, { functionMegabytesPerSecond: 75, dataGibPerShard: 50 });
    expect(rpo).toBeCloseTo(2 * (16 * 717.28 + 15 * 70) + 70, -1);
    // More than the budget changes nothing.
    const quick = secondsOf(Failure.Data, part, { functionMegabytesPerSecond: 5000 });
    expect(quick.rpo).toBe(secondsOf(Failure.Data, part).rpo);
    expect(() => objective(Failure.Data, part, { functionMegabytesPerSecond: 0 })).toThrow(
      /functionMegabytesPerSecond/,
    );
  });

  it("say that nothing is left where a shard does not fit into a call, or none is elsewhere", () => {
    // 300 GiB are 322.1 GB: 824.6 s and 8.7 s of fork.
    const { rto, rpo, missing } = secondsOf(Failure.Data, "hot tier: from a backup", { dataGibPerShard: 300 });
    expect([rto, rpo]).toEqual([undefined, undefined]);
    expect(missing).toMatch(/^a shard of 300 GiB takes 834 s and a call of the controller's function has 780/);
    expect(missing).toContain("none above 280 GiB a shard. Spread the data over more shards");
    expect(secondsOf(Failure.Region, "hot tier: this region's data").missing).toContain("set snapshotReplicaRegion");
    const elsewhere = { hotTier: { shards: 16, snapshotReplicaRegion: "us-east-2" }, dataGibPerShard: 10 };
    expect(secondsOf(Failure.Region, "hot tier: this region's data", elsewhere)).toMatchObject({
      rpo: 4045 + 20 + 900,
      missing: undefined,
    });
  });

  it("use the controller's own figures", () => {
    expect(controllerTiming).toEqual({
      scheduleSeconds: 60,
      workSeconds: workMs / 1000,
      waitSeconds: waitForEventsSeconds,
      takeoverSeconds: (leaseLengthMs * leaseTakeover) / 1000,
      electionGraceSeconds: defaultBounds.electionGraceMs / 1000,
      replaceAfterSeconds: defaultBounds.replaceAfterMs / 1000,
      mostBackupSeconds,
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 1000 }),
        fc.double({ min: 1e6, max: 1e12, noNaN: true }),
        fc.integer({ min: 1e6, max: 10e9 }),
        fc.integer({ min: 1, max: 1e5 }),
        (shards, bytes, rate, every) => {
          const planned = backupTimes(shards, bytes, rate, every);
          const budget = { backupBytesPerSecond: rate, backupIntervalSeconds: every };
          const { problem } = decideBackup(
            { finished: [], unfinished: [] },
            [bytes],
            budget,
            mostBackupSeconds,
            new Date(),
          );
          expect(planned.shardsPerCall === 0).toBe(problem !== undefined);
          const streams = planned.backupSeconds - (planned.calls - 1) * betweenTurnsSeconds;
          if (problem === undefined) {
            expect(streams / recoveryPoint(shards * bytes, rate, every).backupSeconds).toBeCloseTo(1, 6);
          }
        },
      ),
    );
  });
});
