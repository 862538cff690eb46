import { existsSync, readFileSync } from "node:fs";
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
import { Failure, type FrontDoorRecoveryArgs, type RecoveryObjective, type RegionRecoveryArgs } from "./args.ts";
import { frontDoorRecoveryPlan } from "./front-door-recovery-plan.ts";
import { disasterRecoveryPlan } from "./recovery-plan.ts";
import { inWords, renderRecovery, renderRecoveryPage } from "./render.ts";

const region: RegionRecoveryArgs = {
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

/** RTO, RPO and what happens mostly, of one objective. */
function secondsOf(failure: Failure, part: string, change: Partial<RegionRecoveryArgs> = {}) {
  const { rto, rpo, usual, missing } = objective(failure, part, change);
  return { rto: rto?.seconds, rpo: rpo?.seconds, usual: usual?.seconds, missing };
}

function objective(failure: Failure, part: string, change: Partial<RegionRecoveryArgs> = {}): RecoveryObjective {
  const found = disasterRecoveryPlan({ ...region, ...change }).objectives.filter(
    (each) => each.failure === failure && each.part === part,
  );
  expect(found).toHaveLength(1);
  return found[0]!;
}

function frontDoor(part: string, change: Partial<FrontDoorRecoveryArgs> = {}): RecoveryObjective | undefined {
  return frontDoorRecoveryPlan({ regions: ["us-east-1", "us-east-2"], ...change }).objectives.find(
    (each) => each.part === part,
  );
}

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

describe("the way in", () => {
  it("is back when checks, names and resolvers have had their time", () => {
    expect(secondsOf(Failure.Node, "GPU host").rto).toBe(2 * 5 + 2 + 5);
    expect(secondsOf(Failure.Node, "router").rto).toBe(2 * 10 + 5 + 5);
    expect(secondsOf(Failure.Node, "proxy").rto).toBe(2 * 10 + 5 + 5);
    expect(secondsOf(Failure.Zone, "private tenants")).toMatchObject({ rto: 30 + 60 + 5, usual: 2 * 10 + 5 + 5 });
    expect(secondsOf(Failure.Region, "private tenants").rto).toBe(3 * 10 + 15 + 60 + 5);
    expect(secondsOf(Failure.Region, "private tenants", { probeIntervalSeconds: 30 }).rto).toBe(3 * 30 + 15 + 60 + 5);
  });

  it("takes the checks' time where names are quicker", () => {
    const quick = { times: { zoneLeavesName: 1, dnsTtl: 2 } };
    expect(secondsOf(Failure.Zone, "private tenants", quick).rto).toBe(2 * 10 + 5 + 5);
  });

  it("names tenants that nothing leads elsewhere", () => {
    const stranded = objective(Failure.Region, "private tenants of one region");
    expect([stranded.effect, stranded.rto]).toEqual(["down: alone", undefined]);
    const all = disasterRecoveryPlan({ ...region, tenants: [{ name: "alone", regions: ["us-east-1"] }] }).objectives;
    expect(all.filter(({ failure, part }) => failure === Failure.Region && part.includes("tenants"))).toHaveLength(1);
  });

  it("needs a person for keys, for KMS and for a gateway", () => {
    expect(secondsOf(Failure.Key, "attested key").rto).toBe(300 + 300);
    expect(secondsOf(Failure.KeyService, "attested key").rto).toBe(300 + 30 + 15 + 60 + 5);
    expect(secondsOf(Failure.Gateway, "NAT").rto).toBe(300 + 300);
    // Its alarm waits for three minutes in a row.
    expect(secondsOf(Failure.Key, "hot tier's key").rto).toBe(180 + 300 + 300);
  });
});

describe("the database's objectives", () => {
  it("follow its availability", () => {
    expect(secondsOf(Failure.Database, "metadata: the writer")).toMatchObject({ rto: 120, rpo: 0 });
    const cluster = { metadata: { availability: "cluster" as const } };
    expect(secondsOf(Failure.Database, "metadata: the writer", cluster)).toMatchObject({ rto: 35, rpo: 0 });
  });

  it("restore by snapshot, log and one reading of the whole storage", () => {
    // 500 GiB are 536,871 MB: 1,074 s at 500 MB/s.
    const part = "metadata: to a second before";
    expect(secondsOf(Failure.Data, part)).toMatchObject({ rto: 300 + 1800 + 3600 + 1074, rpo: 300 });
    // 200 GiB lie on one volume of 125 MB/s: 214,748 / 125.
    expect(secondsOf(Failure.Data, part, { metadata: { storageGib: 200 } }).rto).toBe(300 + 1800 + 3600 + 1718);
  });

  it("survive the region as far as copies are in another one", () => {
    const part = "metadata: this region's";
    expect(secondsOf(Failure.Region, part)).toMatchObject({ rto: 6774, rpo: 1800 });
    const running = {
      metadata: { disasterRecovery: { region: "us-east-2", subnetIds: ["subnet-1"], vpcId: "vpc-1" } },
    };
    // The alarm fires above 30 s of lag, five minutes in a row.
    expect(secondsOf(Failure.Region, part, running)).toMatchObject({ rto: 300 + 600, rpo: 30 + 300 });
    expect(secondsOf(Failure.Region, part, { metadata: {} }).missing).toContain("set disasterRecovery");
    const cluster = { metadata: { availability: "cluster" as const, disasterRecovery: { region: "us-east-2" } } };
    expect(secondsOf(Failure.Region, part, cluster).missing).toContain("Multi-AZ cluster");
  });
});

describe("the front door's objectives", () => {
  it("add the load balancer's checks and the accelerator's time", () => {
    expect(frontDoor("public tenants")?.rto?.seconds).toBe(25 + 30 + 5);
    expect(frontDoor("accelerator or its name")?.rto?.seconds).toBe(300 + 600 + 60 + 5);
  });

  it("move a region by as many turns as the dial needs", () => {
    expect(frontDoor("region evacuated")?.rto?.seconds).toBe(4 * 60);
    expect(frontDoor("region returned", { turnPercent: 30, settleSeconds: 20 })?.rto?.seconds).toBe(4 * 20);
    expect(frontDoor("region that answers badly, evacuated")?.rto?.seconds).toBe(300 + 4 * 60);
  });

  it("have nowhere to go with one region", () => {
    const alone = frontDoor("public tenants", { regions: ["us-east-1"] });
    expect([alone?.effect, alone?.rto]).toEqual(["down", undefined]);
    expect(frontDoor("region evacuated", { regions: ["us-east-1"] })).toBeUndefined();
  });

  it("refuse what the command refuses", () => {
    expect(() => frontDoor("public tenants", { turnPercent: 0 })).toThrow(/turnPercent/);
    expect(() => frontDoor("public tenants", { settleSeconds: -1 })).toThrow(/settleSeconds/);
  });
});

describe("the plan", () => {
  it("says where copies are, by the shard plan and the regions", () => {
    const copies = disasterRecoveryPlan(region).copies;
    const data = copies.find(({ what }) => what === "data, 16 shards of 3 copies");
    expect(data?.where).toBe(
      "use1-az1: 16 members, 6 of them primaries; use1-az2: 16 members, 5 of them primaries; use1-az4: 16 members, 5 of them primaries",
    );
    const elsewhere = copies
      .filter(({ outlives }) => outlives.includes(Failure.Region))
      .map(({ part, what }) => `${part}: ${what}`);
    expect(elsewhere).toEqual(["metadata: backups and log", "tenants: registry", "stack: Pulumi's state"]);
    const more = disasterRecoveryPlan({
      ...region,
      gpu: { minPerZone: 1, maxPerZone: 4, multiRegionKey: true },
    }).copies;
    expect(more.filter(({ outlives }) => outlives.includes(Failure.Region))).toHaveLength(4);
  });

  it("leaves no number without its terms, and no failure without a page that exists", () => {
    const all = [
      ...disasterRecoveryPlan(region).objectives,
      ...frontDoorRecoveryPlan({ regions: ["a", "b"] }).objectives,
    ];
    expect(new Set(all.map(({ failure }) => failure))).toEqual(new Set(Object.values(Failure)));
    expect(new Set(all.map(({ failure, part }) => `${failure} ${part}`)).size).toBe(all.length);
    for (const { rto, rpo, usual, missing, runbook } of all) {
      for (const estimate of [rto, rpo, usual].filter((each) => each !== undefined)) {
        expect(estimate.seconds).toBe(estimate.terms.reduce((sum, { seconds }) => sum + seconds, 0));
        expect(estimate.terms.every(({ what, source }) => what !== "" && source !== "")).toBe(true);
      }
      expect(missing === undefined).toBe(rto !== undefined && rpo !== undefined);
      const [page = "", heading] = runbook.split("#");
      const file = new URL(`../../../../docs/${page}`, import.meta.url);
      expect(existsSync(file), runbook).toBe(true);
      const headings = [...readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
        title
          .toLowerCase()
          .replaceAll(/[^a-z0-9 -]/g, "")
          .replaceAll(" ", "-"),
      );
      expect(heading === undefined || headings.includes(heading), runbook).toBe(true);
    }
  });

  it("has a zone cost no less than a node, and more of anything cost no less time, whatever the sizes", () => {
    const sizes = fc.record({
      shards: fc.integer({ min: 5, max: 300 }),
      nodeTimeoutMs: fc.integer({ min: 1000, max: 15_000 }),
      probe: fc.constantFrom(10, 30, 60),
      gib: fc.integer({ min: 1, max: 88 }),
    });
    const timesOf = ({
      shards,
      nodeTimeoutMs,
      probe,
      gib,
    }: {
      shards: number;
      nodeTimeoutMs: number;
      probe: number;
      gib: number;
    }) =>
      disasterRecoveryPlan({
        ...region,
        hotTier: { shards, nodeTimeoutMs },
        probeIntervalSeconds: probe,
        dataGibPerShard: gib,
      }).objectives;
    fc.assert(
      fc.property(sizes, sizes, (one, two) => {
        const smaller = timesOf({
          shards: Math.min(one.shards, two.shards),
          nodeTimeoutMs: Math.min(one.nodeTimeoutMs, two.nodeTimeoutMs),
          probe: Math.min(one.probe, two.probe),
          gib: Math.min(one.gib, two.gib),
        });
        const larger = timesOf({
          shards: Math.max(one.shards, two.shards),
          nodeTimeoutMs: Math.max(one.nodeTimeoutMs, two.nodeTimeoutMs),
          probe: Math.max(one.probe, two.probe),
          gib: Math.max(one.gib, two.gib),
        });
        expect(larger.map(({ part }) => part)).toEqual(smaller.map(({ part }) => part));
        larger.forEach(({ rto, rpo }, index) => {
          // Left out is the longest of all: nothing comes back.
          expect(rto?.seconds ?? Infinity).toBeGreaterThanOrEqual(smaller[index]?.rto?.seconds ?? Infinity);
          expect(rpo?.seconds ?? Infinity).toBeGreaterThanOrEqual(smaller[index]?.rpo?.seconds ?? Infinity);
        });
        const [node, zone] = ["hot tier: a primary", "hot tier: a zone's primaries"].map(
          (part) => larger.find((each) => each.part === part)?.rto?.seconds ?? NaN,
        );
        expect(zone).toBeGreaterThanOrEqual(node ?? NaN);
      }),
    );
  });

  it("is plain data, and shows every number and where it comes from", () => {
    const plan = disasterRecoveryPlan(region);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    const text = renderRecovery(plan);
    expect(text).toMatch(/region +private tenants +110 s/);
    expect(text).toContain("RTO 110 s = 30 s 3 looks of the tenant's probe, 10 s apart [probeIntervalSeconds] + ");
    expect(renderRecoveryPage(plan)).toContain("| region | private tenants | 110 s |");
    expect([0, 33.3, 119, 120, 410, 6774, 7200].map(inWords)).toEqual([
      "0 s",
      "33.3 s",
      "119 s",
      "2 min",
      "6 min 50 s",
      "1 h 52 min 54 s",
      "2 h",
    ]);
  });

  it("refuses durations that are none", () => {
    expect(() => disasterRecoveryPlan({ ...region, times: { launch: -1 } })).toThrow(
      /times\.launch: has to be a number/,
    );
    expect(() => disasterRecoveryPlan({ ...region, times: { lunch: 3600 } as never })).toThrow(/times\.lunch/);
  });

  it("plans a region of which there is only a part", () => {
    const { region: name, zoneIds } = region;
    const parts = disasterRecoveryPlan({ region: name, zoneIds }).objectives.map(({ part }) => part);
    expect(parts).toEqual(["private tenants", "a tenant's probe", "NAT"]);
  });
});
