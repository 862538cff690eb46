import { describe, expect, it } from "vitest";
import { gameDays } from "../packages/components/src/drills/game-days.ts";
import { disasterRecoveryPlan, frontDoorRecoveryPlan } from "@mrgc/components/plans";
import { playAll, worldOf } from "./game-days.ts";

describe.each(["us-east-1", "us-east-2", "us-west-2"])("game days on the configuration of %s", (stack) => {
  it("end within the plan's RTO and lose no more than its RPO", { timeout: 300_000 }, async () => {
    const reports = await playAll(Object.keys(gameDays), worldOf(stack), 15);
    expect(reports.flatMap(({ name, broken }) => broken.map((what) => `${name}: ${what}`))).toEqual([]);
    // There is a way back from every one of them.
    expect(reports.filter(({ runs }) => runs === 0).map(({ name }) => name)).toEqual([]);
  });
});

it("are of a region's stack, and of one that there is", () => {
  expect(() => worldOf("nowhere")).toThrow("There is no stack nowhere; there are global, us-east-1,");
  expect(() => worldOf("global")).toThrow("global is not a region's stack");
});

it("every game day of the plans can be played, and every game day is of a plan", () => {
  const world = worldOf("us-east-1");
  const planned = [disasterRecoveryPlan(world.region), frontDoorRecoveryPlan(world.frontDoor)].flatMap(
    ({ objectives }) => objectives.flatMap(({ gameDay }) => (gameDay === undefined ? [] : [gameDay])),
  );
  expect(planned.sort()).toEqual(Object.keys(gameDays).sort());
});
