import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { checkManifest } from "../src/backup/manifest.ts";
import { formatRanges } from "../src/slots.ts";
import { generation, Killed, moveSlot, World } from "./support/backup-world.ts";

/** Whether the manifest's files hold every slot once, and what they say that they hold. */
function expectWhole({ manifest, files }: World): void {
  if (manifest === undefined) {
    throw new Error("there is no manifest");
  }
  checkManifest(manifest, generation);
  for (const { name, slots } of manifest.files) {
    expect(formatRanges(files.get(name) ?? [])).toBe(formatRanges(slots));
  }
}

async function untilWhole(world: World, shardsThatFit: number): Promise<number> {
  let turns = 0;
  while ((await world.turn(shardsThatFit)) === undefined) {
    turns += 1;
    expect(turns).toBeLessThan(100);
  }
  return turns + 1;
}

test("a generation takes as many turns as its shards need, and each shard forks once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 13 }), async (shards, fit) => {
      const world = new World(shards);
      expect(await untilWhole(world, fit)).toBe(Math.ceil(shards / fit));
      expect(world.forks).toBe(shards);
      expectWhole(world);
    }),
    { numRuns: 60 },
  );
});

test("killed between any two steps, it loses no more than the shard under way", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 5 }),
      async (shards, fit, kills) => {
        const world = new World(shards);
        let died = 0;
        for (const kill of kills) {
          world.killAt = world.steps + kill;
          const noted = world.progress?.progress.files.map(({ name }) => name) ?? [];
          await world.turn(fit).catch((error: unknown) => {
            expect(error).toBeInstanceOf(Killed);
            died += 1;
          });
          expect(world.progress?.progress.files.map(({ name }) => name) ?? []).toEqual(expect.arrayContaining(noted));
          if (world.manifest !== undefined) {
            expectWhole(world);
          }
        }
        world.killAt = Infinity;
        await untilWhole(world, fit);
        expectWhole(world);
        expect(world.forks).toBeLessThanOrEqual(shards + died);
      },
    ),
    { numRuns: 1_000 },
  );
});

test("slots that move between or within turns, with kills: the manifest holds every slot once, each from its owner at the time", async () => {
  let moved = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 5 }),
      fc.integer({ min: 1, max: 6 }),
      fc.array(
        fc.record({
          move: fc.integer({ min: 1, max: 60 }),
          from: fc.nat(9),
          to: fc.nat(9),
          kill: fc.integer({ min: 1, max: 90 }),
        }),
        { maxLength: 4 },
      ),
      async (shards, fit, events) => {
        const world = new World(shards);
        for (const { move, from, to, kill } of events) {
          const [moveAt, killAt] = [world.steps + move, world.steps + kill];
          world.killAt = killAt;
          world.at = (step) => {
            if (step === moveAt) {
              moveSlot(world, from, to);
              moved += 1;
            }
          };
          await world.turn(fit).catch((error: unknown) => {
            if (!(error instanceof Killed)) {
              expect(String(error)).toMatch(/slots changed their owner during the backup/);
            }
          });
          if (world.manifest !== undefined) {
            expectWhole(world);
            return;
          }
        }
        world.killAt = Infinity;
        world.at = () => {};
        await untilWhole(world, fit);
        expectWhole(world);
      },
    ),
    { numRuns: 1_000 },
  );
  expect(moved).toBeGreaterThan(100);
});

test("only the shards that gave or took are taken again", async () => {
  const world = new World(4);
  expect(await world.turn(3)).toBeUndefined();
  moveSlot(world, 0, 1);
  await untilWhole(world, 9);
  // Three, then the one that was left and the two that changed.
  expect(world.forks).toBe(6);
  expectWhole(world);
});

test("a controller that lost its lease notes nothing, and one that was overtaken cannot", async () => {
  const lost = new World(3);
  await expect(lost.turn(9, () => lost.files.size === 0)).rejects.toThrow("the lease was lost during the backup");
  expect(lost.progress?.progress.files).toEqual([]);

  const overtaken = new World(3);
  overtaken.at = (step) => {
    // After the first file a second controller begins the next turn and finishes.
    if (overtaken.files.size === 1 && overtaken.progress?.progress.turn === 1) {
      overtaken.progress = { progress: { ...overtaken.progress.progress, turn: 2 }, etag: `taken at ${step}` };
    }
  };
  await expect(overtaken.turn(9)).rejects.toThrow("another controller goes on");
  expect(overtaken.manifest).toBeUndefined();
});

test("a stream that is slower than the budget begins no shard that would not end in time", async () => {
  const slow = new World(4);
  slow.slowness = 2;
  // Three and a half by the budget: the second would end after 4.
  expect(await slow.turn(3)).toBeUndefined();
  expect(slow.forks).toBe(1);
  // The next turn expects it again: after two that take 1 each it does not begin a third of 2.
  slow.slowness = 1;
  expect(await slow.turn(3)).toBeUndefined();
  expect(slow.forks).toBe(3);
});

test("a stream that does not end in time is given up, and begun again after an hour and not by every turn", async () => {
  const stuck = new World(4);
  stuck.slowness = 100;
  await expect(stuck.turn(3)).rejects.toThrow(/given up after 103 s: 0 of the budget's 1000 MB\/s got through/);
  await expect(stuck.turn(3)).rejects.toThrow(
    /shard p0, 1 GB at the 10 MB\/s that get through, takes 103 s .* spread the data over more shards/,
  );
  expect([stuck.forks, stuck.files.size]).toEqual([1, 0]);

  stuck.slowness = 1;
  vi.useFakeTimers({ now: Date.now() + 3_601_000, toFake: ["Date"] });
  await untilWhole(stuck, 3);
  vi.useRealTimers();
  expectWhole(stuck);
});
