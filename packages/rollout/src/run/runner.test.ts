/** The runner with a world of its own: a driver that only remembers, a clock that does not wait, a process that dies anywhere. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SeenAlarm } from "../core/model.ts";
import { AlarmState, DriverName, type Entry, type Release, type RolloutState } from "../core/model.ts";
import { planWaves } from "../core/wave-plan.ts";
import { readAuditLog } from "../durable/audit-log.ts";
import { leaveRequest, Word } from "../durable/requests.ts";
import { places, Session } from "../durable/session.ts";
import { StackFailed, type StackDriver } from "../drivers/driver.ts";
import { runRollout } from "./runner.ts";

const silent = {
  stepBegan() {},
  stepEnded() {},
  diagnostic() {},
  policyFinding() {},
  policyRemediation() {},
  programOutput() {},
  stackOutputs() {},
};
const release = (id: string): Release => ({ id, name: id });
const stacks = ["a", "b", "c", "global"];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "runner-test-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** What outlives a process: the stacks, and what their alarms say. */
class World {
  readonly stands: Record<string, string> = Object.fromEntries(stacks.map((stack) => [stack, "old"]));
  readonly ups: string[] = [];
  alarm: (stack: string, look: number) => AlarmState = () => AlarmState.Ok;
  fails: (what: string) => boolean = () => false;
  looks = 0;
  now = 0;

  driver(): StackDriver {
    const operation = (kind: string) => async (run: { stack: string; directory: string }) => {
      const what = `${kind} ${run.stack} ${run.directory}`;
      if (kind === "up") this.ups.push(`${run.stack} ${run.directory}`);
      if (this.fails(what)) throw new StackFailed(`${what} fails`);
      if (kind === "up") this.stands[run.stack] = run.directory;
      return { update: 1 };
    };
    return {
      preview: operation("preview"),
      up: operation("up"),
      outputs: async (stack) => (stack === "global" ? {} : { region: stack, pageAlarmNames: { gpu: `${stack}-gpu` } }),
      close: async () => {},
    };
  }

  run(session: Session, stop = new AbortController().signal): Promise<RolloutState> {
    return runRollout({
      session,
      driver: this.driver(),
      alarms: {
        look: async (all) => {
          this.looks += 1;
          return all.flatMap(({ stack, names }) =>
            names.map((name): SeenAlarm => ({ stack, name, state: this.alarm(stack, this.looks) })),
          );
        },
      },
      projectDirectory: async ({ id }) => id,
      requests: places(directory).requests,
      clock: {
        now: () => this.now,
        sleep: async (milliseconds) => {
          this.now += milliseconds;
        },
      },
      events: () => silent,
      note() {},
      stop,
    });
  }
}

function started(session: Session, previous: Release | null = release("old")): void {
  session.begin("1", {
    type: "started",
    release: release("new"),
    waves: planWaves({ stacks, last: ["global"], width: 2 }),
    previous: Object.fromEntries(stacks.map((stack) => [stack, previous])),
    settings: { bakeSeconds: 60, pollSeconds: 10, patienceSeconds: 300, knownAlarms: [] },
    equipment: { driver: DriverName.Sandbox, policyPacks: [], alarms: { source: "cloudwatch" } },
    why: "",
  });
}

const open = (): Session => new Session(directory, { by: "ann@desk" });
const log = (): Entry[] => readAuditLog(places(directory).log);
const last = (): string => log().at(-1)!.event.type;

describe("a rollout", () => {
  test("brings all stacks to the new release, in order, and watches every alarm of what it touched", async () => {
    const world = new World();
    const session = open();
    started(session);
    expect((await world.run(session)).outcome).toBe("succeeded");
    expect(world.ups).toEqual(["a new", "b new", "c new", "global new"]);
    const seen = log().flatMap(({ event }) =>
      event.type === "gate-seen" ? [event.alarms.map(({ name }) => name)] : [],
    );
    expect(seen).toEqual([["a-gpu"], ["a-gpu", "b-gpu", "c-gpu"], ["a-gpu", "b-gpu", "c-gpu"]]);
    // Three gates of a minute of quiet each, and nothing else takes time.
    expect(world.now).toBeGreaterThanOrEqual(180_000);
  });

  test("goes back from the second wave, also for a page of the canary", async () => {
    const world = new World();
    world.alarm = (stack) => (stack === "a" && world.stands.c === "new" ? AlarmState.Alarm : AlarmState.Ok);
    const session = open();
    started(session);
    const state = await world.run(session);
    expect([state.outcome, state.reason]).toEqual(["rolled-back", "in alarm: a-gpu (a)"]);
    expect(world.ups).toEqual(["a new", "b new", "c new", "b old", "c old", "a old"]);
    expect(Object.values(world.stands)).toEqual(["old", "old", "old", "old"]);
  });

  test("goes back when an update fails, the failed stack included", async () => {
    const world = new World();
    world.fails = (what) => what === "up b new";
    const session = open();
    started(session);
    expect((await world.run(session)).outcome).toBe("rolled-back");
    expect(world.ups).toEqual(["a new", "b new", "c new", "b old", "c old", "a old"]);
  });

  test("pauses before a wave while a page is open anywhere, or the preview fails, and touches nothing of it", async () => {
    const world = new World();
    world.alarm = (stack) => (stack === "c" && world.stands.a === "old" ? AlarmState.Alarm : AlarmState.Ok);
    const session = open();
    started(session);
    expect((await world.run(session)).reason).toBe("in alarm before the wave began: c-gpu (c)");
    expect(world.ups).toEqual([]);
    world.alarm = () => AlarmState.Ok;
    world.fails = (what) => what === "preview b new";
    session.record({ type: "resumed", why: "" });
    expect((await world.run(session)).reason).toBe("the preview of b failed: preview b new fails");
    expect(world.ups).toEqual(["a new"]);
    session.record({ type: "abort-asked", why: "" });
    expect((await world.run(session)).outcome).toBe("aborted");
    expect(world.stands).toEqual({ a: "new", b: "old", c: "old", global: "old" });
  });

  test("stays where it is when there is nothing to go back to, and says so", async () => {
    const world = new World();
    world.alarm = () => (world.stands.a === "new" ? AlarmState.Alarm : AlarmState.Ok);
    const session = open();
    started(session, null);
    expect((await world.run(session)).outcome).toBe("stranded");
    expect(log().map(({ event }) => event.type)).toContain("return-impossible");
    expect(world.ups).toEqual(["a new"]);
  });

  test("pauses when the way back fails, and tries again when told to", async () => {
    const world = new World();
    world.alarm = () => (world.stands.a === "new" ? AlarmState.Alarm : AlarmState.Ok);
    world.fails = (what) => what === "up a old";
    const session = open();
    started(session);
    const paused = await world.run(session);
    expect([paused.paused, paused.reason]).toEqual([true, "the way back failed for a"]);
    world.fails = () => false;
    session.record({ type: "resumed", why: "the account is unlocked" });
    expect((await world.run(session)).outcome).toBe("rolled-back");
    expect(world.stands.a).toBe("old");
  });

  test("takes silence for trouble when patience ends", async () => {
    const world = new World();
    world.alarm = () => AlarmState.Unknown;
    const session = open();
    started(session);
    const state = await world.run(session);
    expect([state.outcome, state.reason]).toEqual(["rolled-back", "nothing is known of a-gpu (a), for 300 s"]);
    expect(world.now).toBeGreaterThanOrEqual(300_000);
  });

  test("hears words while it waits at a gate, in their order, and says who spoke", async () => {
    const world = new World();
    const { requests } = places(directory);
    world.alarm = () => {
      if (world.looks === 2) {
        leaveRequest(requests, { rollout: "0", word: Word.Abort, why: "meant for another", by: "eve@desk" });
        leaveRequest(requests, { rollout: "1", word: Word.Pause, why: "lunch", by: "bob@desk" });
      }
      return AlarmState.Ok;
    };
    const session = open();
    started(session);
    const state = await world.run(session);
    expect([state.paused, state.activity, state.reason]).toEqual([true, "gating", "lunch"]);
    expect(log().at(-1)).toMatchObject({ by: "bob@desk", event: { type: "pause-asked" } });
  });

  test("asked to end by a signal, it pauses, and what the signal cut off is no failure", async () => {
    const world = new World();
    const stop = new AbortController();
    world.fails = (what) => {
      if (what !== "up a new") return false;
      stop.abort();
      return true;
    };
    const session = open();
    started(session);
    const paused = await world.run(session, stop.signal);
    expect([paused.paused, paused.stacks.a]).toEqual([true, "interrupted"]);
    world.fails = () => false;
    session.record({ type: "resumed", why: "" });
    expect((await world.run(session)).outcome).toBe("succeeded");
  });
});

/** The session of a process that dies right after an entry, in the middle of whatever else it does. */
class MortalSession extends Session {
  lastEntry = Infinity;

  override record(...args: Parameters<Session["record"]>): RolloutState {
    if (this.entries.length < this.lastEntry) super.record(...args);
    if (this.entries.length >= this.lastEntry) throw new Error("killed");
    return this.state!;
  }
}

/** A process that ended without a word: its lock stays, with a number that no process has any more. */
function die(): void {
  const dead = spawnSync(process.execPath, ["--version"]).pid;
  const { lock } = places(directory);
  writeFileSync(lock, readFileSync(lock, "utf8").replace(/"pid":\d+/, `"pid":${dead}`));
}

describe("killed after any entry of its log", () => {
  test.each([
    ["a good release", () => AlarmState.Ok, "succeeded", ["new", "new", "new", "new"]],
    [
      "a release whose second wave is bad",
      (world: World) => (world.stands.b === "new" ? AlarmState.Alarm : AlarmState.Ok),
      "rolled-back",
      ["old", "old", "old", "old"],
    ],
  ] as const)("a rollout of %s comes to the same end", async (_name, alarm, outcome, stands) => {
    const whole = new World();
    whole.alarm = () => alarm(whole);
    const session = open();
    started(session);
    await whole.run(session);
    session.close();
    const length = log().length;
    for (let killedAfter = 1; killedAfter < length; killedAfter += 1) {
      rmSync(directory, { recursive: true, force: true });
      const world = new World();
      world.alarm = () => alarm(world);
      const first = new MortalSession(directory, { by: "ann@desk" });
      started(first);
      first.lastEntry = killedAfter;
      await expect(world.run(first)).rejects.toThrow("killed");
      die();
      const second = open();
      second.takeOver();
      expect(log().at(-1)?.event).toMatchObject({
        type: "taken-over",
        from: expect.stringContaining("process") as string,
      });
      const state = await world.run(second);
      expect([killedAfter, state.outcome]).toEqual([killedAfter, outcome]);
      expect(Object.values(world.stands)).toEqual(stands);
      second.close();
    }
    expect(last()).toBe("ended");
  });
});
