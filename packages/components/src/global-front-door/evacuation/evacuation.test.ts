import fc from "fast-check";
import { expect, test } from "vitest";
import { Move, nextStep, type RegionDial } from "./dial-rules.ts";
import { evacuate, type Dials } from "./evacuation.ts";

const dial = (region: string, dialPercent = 100, healthy: boolean | undefined = true): RegionDial => ({
  region,
  dialPercent,
  healthy,
});
const three = [dial("us-east-1"), dial("us-east-2"), dial("us-west-2")];
const healths = fc.constantFrom<(boolean | undefined)[]>(true, false, undefined);

/** Dials whose regions' health follows a script; the last entry stays. */
function scripted(
  start: RegionDial[],
  script: RegionDial["healthy"][][],
): Dials & { turns: [string, number][]; regions: RegionDial[] } {
  let look = 0;
  const world = {
    turns: [] as [string, number][],
    regions: start,
    read: async () => {
      const healthy = script[Math.min(look++, script.length - 1)] ?? [];
      world.regions = world.regions.map((region, index) => ({ ...region, healthy: healthy[index] }));
      return world.regions;
    },
    turn: async (region: string, percent: number) => {
      world.turns.push([region, percent]);
      world.regions = world.regions.map((each) => (each.region === region ? { ...each, dialPercent: percent } : each));
    },
    wait: async () => {},
  };
  return world;
}

test("an evacuation goes down in quarters, a return up", async () => {
  const world = scripted(three, [[false, true, true]]);
  expect((await evacuate(world, { region: "us-east-1", move: Move.Evacuate }, () => {})).finished).toBe(true);
  expect(world.turns.map(([, percent]) => percent)).toEqual([75, 50, 25, 0]);
  const back = scripted(world.regions, [[true, true, true]]);
  await evacuate(back, { region: "us-east-1", move: Move.Return }, () => {});
  expect(back.turns.map(([, percent]) => percent)).toEqual([25, 50, 75, 100]);
});

test("a dry run tells the same steps and turns nothing", async () => {
  const world = scripted(three, [[true, true, true]]);
  const { finished, steps } = await evacuate(
    world,
    { region: "us-east-1", move: Move.Evacuate, dryRun: true },
    () => {},
  );
  expect(finished).toBe(true);
  expect(steps.map(({ kind }) => kind)).toEqual(["turn", "turn", "turn", "turn", "done"]);
  expect(world.turns).toEqual([]);
});

test("holds while a receiver is silent or unhealthy, goes on when it is back, gives up in the end", async () => {
  const world = scripted(three, [
    [true, undefined, true],
    [true, false, true],
    [true, true, true],
  ]);
  expect((await evacuate(world, { region: "us-east-1", move: Move.Evacuate }, () => {})).finished).toBe(true);
  const never = scripted(three, [[true, undefined, true]]);
  const { finished, steps } = await evacuate(
    never,
    { region: "us-east-1", move: Move.Evacuate, patience: 3 },
    () => {},
  );
  expect([finished, steps.length, never.turns]).toEqual([false, 3, []]);
});

test("the last healthy region stays, and so does one while another stands halfway", () => {
  const alone = [dial("us-east-1"), dial("us-east-2", 100, false), dial("us-west-2", 0)];
  expect(nextStep(alone, "us-east-1", Move.Evacuate)).toMatchObject({ kind: "refuse" });
  const halfway = [dial("us-east-1"), dial("us-east-2", 50), dial("us-west-2")];
  expect(nextStep(halfway, "us-east-1", Move.Evacuate)).toMatchObject({
    kind: "refuse",
    reason: expect.stringContaining("us-east-2") as string,
  });
  expect(nextStep(three, "eu-west-1", Move.Evacuate)).toMatchObject({ kind: "refuse" });
});

test("an ill region is not given traffic back", () => {
  expect(nextStep([dial("us-east-1", 0, false), dial("us-east-2")], "us-east-1", Move.Return).kind).toBe("hold");
  expect(
    nextStep([{ ...dial("us-east-1", 0), healthy: undefined }, dial("us-east-2")], "us-east-1", Move.Return).kind,
  ).toBe("hold");
});

test("whatever health does and operators ask, no turn leaves the service without a healthy region that takes all its traffic", () => {
  const ask = fc.record({
    region: fc.nat(2),
    move: fc.constantFrom(Move.Evacuate, Move.Return),
    health: fc.tuple(healths, healths, healths),
  });
  fc.assert(
    fc.property(fc.array(ask, { maxLength: 60 }), fc.constantFrom(10, 25, 40, 100), (asks, turnPercent) => {
      let regions = three;
      for (const { region, move, health } of asks) {
        regions = regions.map((each, index) => ({ ...each, healthy: health[index] }));
        const step = nextStep(regions, regions[region]!.region, move, turnPercent);
        if (step.kind !== "turn") {
          continue;
        }
        expect(Math.abs(step.toPercent - step.fromPercent)).toBeLessThanOrEqual(turnPercent);
        const others = regions.filter((each) => each.region !== step.region);
        expect(others.filter(({ dialPercent }) => dialPercent > 0 && dialPercent < 100)).toEqual([]);
        if (step.toPercent < step.fromPercent) {
          // Worked out from the dials alone: who takes the traffic is known to be healthy, and there is somebody.
          const takers = others.filter(({ dialPercent }) => dialPercent > 0);
          expect(takers.length).toBeGreaterThan(0);
          expect(takers.every(({ healthy }) => healthy === true)).toBe(true);
        } else {
          expect(regions.find((each) => each.region === step.region)?.healthy).toBe(true);
        }
        regions = regions.map((each) =>
          each.region === step.region ? { ...each, dialPercent: step.toPercent } : each,
        );
      }
    }),
    { numRuns: 2000 },
  );
});
