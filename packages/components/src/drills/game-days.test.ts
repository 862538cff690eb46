import { expect, test } from "vitest";
import { disasterRecoveryPlan } from "../disaster-recovery/recovery-plan.ts";
import { hotTierPlan } from "../hot-tier-redis/hot-tier-plan.ts";
import { DialsWorld } from "./dials-world.ts";
import { playGameDay, type GameDayWorld } from "./game-day.ts";
import { gameDayReport } from "./game-day-report.ts";
import { gameDays } from "./game-days.ts";
import { loseMembers, looks } from "./hot-tier-world.ts";
import { loseController } from "./lease-world.ts";
import { Move } from "../global-front-door/evacuation/dial-rules.ts";

const world: GameDayWorld = {
  region: {
    region: "us-east-1",
    zoneIds: ["use1-az1", "use1-az2", "use1-az4"],
    hotTier: { shards: 16 },
    dataGibPerShard: 10,
    metadata: {},
    gpu: { minPerZone: 1, maxPerZone: 4 },
    tenants: [{ name: "acme", regions: ["us-east-1", "us-east-2"] }],
  },
  frontDoor: { regions: ["us-east-1", "us-east-2", "us-west-2"] },
};
const play = (name: string, changed: Partial<GameDayWorld> = {}, runs = 20) =>
  playGameDay(name, gameDays[name]!, { ...world, ...changed }, runs);

test("every game day ends as the plan says", { timeout: 120_000 }, async () => {
  for (const name of Object.keys(gameDays)) {
    expect([name, (await play(name)).broken]).toEqual([name, []]);
  }
});

test.each([
  // What is changed makes the failure longer than a plan that does not know of it says.
  ["node", { hotTier: { shards: 16, nodeTimeoutMs: 15_000 } }],
  ["zone", { hotTier: { shards: 160 } }],
  ["region", { probeIntervalSeconds: 60 }],
  ["zone-entry", { times: { zoneLeavesName: 300 } }],
  ["database", { times: { standbyFailover: 400 } }],
  ["database-restore", { metadata: { storageGib: 1500 } }],
  ["hot-tier-restore", { dataGibPerShard: 17 }],
] as const)("%s breaks when the world is slower than the plan", async (name, slower) => {
  const plan = disasterRecoveryPlan(world.region);
  const slowWorld = { ...world, region: { ...world.region, ...slower } };
  const { broken } = await playGameDay(name, gameDays[name]!, slowWorld, 60, [plan]);
  expect(broken[0]).toMatch(/^seed \d+: (over after|[\d.]+ s are lost)/);
});

test.each([
  // 300 GiB at half of 6.25 Gbps are 825 s, and a call has 780; so are 88 GiB at 75 MB/s 1,260 s.
  { dataGibPerShard: 300 },
  { dataGibPerShard: undefined, functionMegabytesPerSecond: 75 },
])("where there is no way back, the controller itself takes no backup: %j", async (change) => {
  const report = await play("hot-tier-restore", { region: { ...world.region, ...change } });
  expect([report.runs, report.broken]).toEqual([0, []]);
  expect(gameDayReport([report])).toContain("| none |  | everything | yes: there is no way back |");
});

test.each([
  // 16 times 244.4 s, and 16 times 717.3 s: longer than one backup without any time between its calls.
  [{ dataGibPerShard: undefined }, 3911],
  [{ dataGibPerShard: 50, functionMegabytesPerSecond: 75 }, 11_476],
])("a backup of several calls keeps to the plan: %j", async (change, oneBackup) => {
  const report = await play("hot-tier-restore", { region: { ...world.region, ...change } }, 60);
  expect([report.runs, report.broken]).toEqual([60, []]);
  expect(report.worstLost).toBeGreaterThan(oneBackup);
});

test("a configuration without the part has nothing to play", async () => {
  await expect(play("node", { region: { ...world.region, hotTier: undefined } })).rejects.toThrow(/no game day node/);
});

test.each([0, -1, 1.5, NaN])("%d runs play nothing, and are refused", async (runs) => {
  await expect(play("node", {}, runs)).rejects.toThrow(/runs has to be a whole number from 1/);
});

test("the same seeds give the same report", async () => {
  expect(await play("zone-entry")).toEqual(await play("zone-entry"));
});

const plan = hotTierPlan("hot-tier", { ...world.region.hotTier, network: world.region });
const nobodyElected = { election: () => undefined, orderedFailover: () => 1 };

test("when nobody is elected, the controller orders a failover for each primary that went", () => {
  const zone = plan.layout.zoneIds[0];
  const outcome = loseMembers(plan, (node) => node.zone === zone, nobodyElected, 0);
  // The call began at the loss: looks at 10 and 20 s, and 6 s of patience are over at the second. Six primaries were there.
  expect(outcome).toEqual({ coveredAfter: 20 + 6, ordered: 6, lost: [] });
});

test("elections that succeed leave the controller nothing to order", () => {
  const outcome = loseMembers(plan, ({ id }) => id === "0-0", { ...nobodyElected, election: () => 4 }, 0);
  expect(outcome).toEqual({ coveredAfter: 4, ordered: 0, lost: [] });
});

test("a shard without any copy stays lost", () => {
  const outcome = loseMembers(plan, ({ id }) => id.startsWith("3-"), nobodyElected, 0);
  expect([outcome.lost, outcome.ordered]).toEqual([[3], 0]);
});

test("the controller looks within its calls only", () => {
  const first: number[] = [];
  for (const look of looks(35)) {
    if (first.push(look) === 4) {
      break;
    }
  }
  // The call began 35 s before: looks at 40 s of it, then a pause until the next call at 60 s.
  expect(first).toEqual([5, 25, 35, 45]);
});

test("a dead controller's lease stands still for 30 s before another takes it", async () => {
  // Died 10 s into a call: the next one begins 50 s later, looks at 50, 60, 70 and takes the lease at 80 s.
  expect(await loseController(10, 0)).toEqual({ tendedAfter: 80, heldTwice: false });
});

test("an evacuation that was stopped goes on from where the dials are", async () => {
  const dials = new DialsWorld(["us-east-1", "us-east-2"], { "us-east-1": 50 }, () => 0.5);
  const { finished } = await dials.move("us-east-1", Move.Evacuate, 25, 60);
  expect([finished, dials.now, dials.regions[0]?.dialPercent]).toEqual([true, 120, 0]);
});
