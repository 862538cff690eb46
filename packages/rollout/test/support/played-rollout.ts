/** Rollouts played by the state machine alone: a world with luck, operators who speak, and processes that die. */
import fc from "fast-check";
import { evolve, RefusedRequest, replay, stacksInFlight } from "../../src/core/machine.ts";
import { DriverName, type Entry, type Release, type RolloutEvent, type RolloutState } from "../../src/core/model.ts";
import { nextCommand } from "../../src/core/next-command.ts";
import { planWaves } from "../../src/core/wave-plan.ts";

export const release = (id: string): Release => ({ id, name: id });
const settings = { bakeSeconds: 60, pollSeconds: 10, patienceSeconds: 600, knownAlarms: [] };

export function entry(seq: number, event: RolloutEvent): Entry {
  return { seq, at: new Date(seq * 1000).toISOString(), rollout: "r1", by: "ann@desk", event };
}

export function started(
  regions: string[],
  width: number,
  withoutPrevious: string[] = [],
): RolloutEvent & { type: "started" } {
  const stacks = [...regions, "global"];
  return {
    type: "started",
    release: release("new"),
    waves: planWaves({ stacks, last: ["global"], width }),
    previous: Object.fromEntries(
      stacks.map((stack) => [stack, withoutPrevious.includes(stack) ? null : release(`old-${stack}`)]),
    ),
    settings,
    equipment: { driver: DriverName.Sandbox, policyPacks: [], alarms: { source: "cloudwatch" } },
    why: "a test",
  };
}

/** A world that a rollout runs in: what succeeds, what the alarms say, when operators speak and processes die. */
export interface World {
  regions: number;
  width: number;
  firstEver: boolean;
  /** Consulted in turn, over and over. */
  luck: number[];
}

export const worlds: fc.Arbitrary<World> = fc.record({
  regions: fc.integer({ min: 1, max: 5 }),
  width: fc.integer({ min: 1, max: 3 }),
  firstEver: fc.boolean(),
  luck: fc.array(fc.nat(99), { minLength: 10, maxLength: 120 }),
});

/** Plays a rollout to its end, or for as many turns as the luck lasts and then without any bad luck. */
export function play(
  world: World,
  onEvent: (before: RolloutState, event: RolloutEvent, after: RolloutState) => void = () => {},
) {
  const names = ["a", "b", "c", "d", "e"].slice(0, world.regions);
  const log: Entry[] = [entry(1, started(names, world.width, world.firstEver ? names : []))];
  let state = replay(log)!;
  let turn = 0;
  const roll = (): number => world.luck[turn++] ?? 50;
  const record = (event: RolloutEvent): void => {
    const next = entry(log.length + 1, event);
    const after = evolve(state, next);
    log.push(next);
    onEvent(state, event, after);
    state = after;
  };
  /** Somebody says something that is allowed now, now and then. */
  const speak = (): void => {
    const dice = roll();
    const word = ({ 0: "pause-asked", 1: "rollback-asked", 2: "abort-asked" } as const)[dice];
    if (word === undefined) return;
    try {
      record({ type: word, why: "as the dice say" });
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error;
    }
  };
  const die = (): boolean => {
    if (roll() >= 8) return false;
    record({ type: "taken-over", from: "process 1", stacks: stacksInFlight(state) });
    return true;
  };
  for (let round = 0; round < 1000 && state.outcome === undefined; round += 1) {
    speak();
    const command = nextCommand(state);
    switch (command.kind) {
      case "stop":
        if (state.paused) record({ type: "resumed", why: "go on" });
        break;
      case "check":
        if (roll() < 10) record({ type: "check-failed", wave: command.wave, reason: "an alarm" });
        else record({ type: "check-passed", wave: command.wave, changes: {} });
        break;
      case "update":
        for (const stack of command.stacks) record({ type: "update-started", stack });
        speak();
        if (die()) break;
        for (const stack of command.stacks) {
          if (roll() < 8) record({ type: "update-failed", stack, error: "no capacity" });
          else record({ type: "update-finished", stack, changes: { update: 1 } });
          speak();
          if (die()) break;
        }
        break;
      case "watch": {
        const dice = roll();
        if (dice < 10) record({ type: "gate-failed", wave: command.wave, reason: "in alarm", alarms: [] });
        else {
          const verdict = dice < 30 ? "waiting" : "green";
          record({ type: "gate-seen", wave: command.wave, verdict, alarms: [] });
          if (verdict === "green" && !die()) record({ type: "gate-passed", wave: command.wave, quietSeconds: 60 });
        }
        break;
      }
      case "return":
        for (const { stack, release: back } of command.stacks) {
          if (back) record({ type: "return-started", stack, release: back });
          else record({ type: "return-impossible", stack });
        }
        if (die()) break;
        for (const { stack, release: back } of command.stacks) {
          if (back === null) continue;
          if (roll() < 8) record({ type: "return-failed", stack, error: "throttled" });
          else record({ type: "return-finished", stack, changes: { update: 1 } });
          if (die()) break;
        }
        break;
      case "end":
        record({ type: "ended", outcome: command.outcome });
        break;
      case "await":
        throw new Error("nothing ends what is under way");
    }
  }
  return { log, state };
}
