/** Does what the state machine says, and tells it what came of it. The only place where the two meet. */
import type { EngineEvents } from "@mrgc/sandbox/host";
import { alarmsOf, type AlarmSource, type StackAlarms } from "../alarms/alarm-source.ts";
import { type GateProgress, judge, reasonToHold } from "../core/gate.ts";
import { RefusedRequest } from "../core/machine.ts";
import {
  Activity,
  type Changes,
  type Release,
  type RolloutEvent,
  type RolloutState,
  type SeenAlarm,
} from "../core/model.ts";
import { type Command, nextCommand } from "../core/next-command.ts";
import { takeRequests, type WordRequest } from "../durable/requests.ts";
import type { Session } from "../durable/session.ts";
import type { StackDriver, StackRun } from "../drivers/driver.ts";

export interface Clock {
  /** Milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export interface RunnerOptions {
  session: Session;
  driver: StackDriver;
  alarms: AlarmSource;
  /** The project's folder in a release. */
  projectDirectory(release: Release): Promise<string>;
  /** Folder of words that operators left. */
  requests: string;
  clock: Clock;
  events(stack: string): EngineEvents;
  note(text: string): void;
  /** Asks for a pause when it fires: somebody wants this process to end. */
  stop: AbortSignal;
}

/** How often words are listened for while something is under way. */
const listenMs = 250;

const wordEvents = { pause: "pause-asked", rollback: "rollback-asked", abort: "abort-asked" } as const;

/** Works on the session's rollout until it ends or is paused. */
export async function runRollout(options: RunnerOptions): Promise<RolloutState> {
  const runner = new Runner(options);
  for (;;) {
    runner.listen();
    const command = nextCommand(runner.state);
    if (command.kind === "stop") return runner.state;
    await runner.execute(command);
  }
}

class Runner {
  readonly #options: RunnerOptions;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  get state(): RolloutState {
    return this.#options.session.state!;
  }

  /** Writes down what operators said meanwhile. A word that makes no sense any more is answered with a note. */
  listen(): void {
    const { requests, stop } = this.#options;
    for (const request of takeRequests(requests, this.state.id)) this.#hear(request);
    if (stop.aborted && !this.state.paused && this.state.asked === undefined && this.state.outcome === undefined)
      this.#record({ type: "pause-asked", why: "the process was asked to end" });
  }

  #hear({ word, why, by }: WordRequest): void {
    try {
      this.#options.session.record({ type: wordEvents[word], why }, by);
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error;
      this.#options.note(`${word} of ${by} was not followed: ${error.message}`);
    }
  }

  #record(event: RolloutEvent): void {
    this.#options.session.record(event);
  }

  async execute(command: Command): Promise<void> {
    switch (command.kind) {
      case "check":
        return this.#check(command);
      case "update":
        return this.#listeningTo(Promise.all(command.stacks.map((stack) => this.#update(stack))));
      case "watch":
        return this.#watch(command);
      case "return":
        return this.#listeningTo(Promise.all(command.stacks.map(({ stack, release }) => this.#return(stack, release))));
      case "end":
        return this.#record({ type: "ended", outcome: command.outcome });
      default:
        throw new Error(`nothing can be done for "${command.kind}" here`);
    }
  }

  /** Waits for work, and hears operators meanwhile. */
  async #listeningTo(work: Promise<unknown>): Promise<void> {
    let done = false;
    const finished = work.finally(() => (done = true));
    finished.catch(() => undefined);
    while (!done) {
      await Promise.race([finished, this.#options.clock.sleep(listenMs)]);
      this.listen();
    }
    await finished;
  }

  async #check({ wave, stacks, watch }: Command & { kind: "check" }): Promise<void> {
    let verdict: RolloutEvent;
    const looking = this.#previews(stacks, watch).then(
      (changes) => (verdict = { type: "check-passed", wave, changes }),
      (error: Error) => (verdict = { type: "check-failed", wave, reason: error.message }),
    );
    await this.#listeningTo(looking);
    const due = nextCommand(this.state);
    // Somebody may have spoken meanwhile; the wave is checked again then.
    if (due.kind === "check" && due.wave === wave) this.#record(verdict!);
  }

  /** @throws Error with the reason why the wave may not begin */
  async #previews(stacks: string[], watch: string[]): Promise<Record<string, Changes>> {
    const { driver, alarms, projectDirectory, events } = this.#options;
    const { settings, release, id } = this.state;
    const directory = await projectDirectory(release);
    const reason = reasonToHold(await alarms.look(await this.#alarmsOf(watch, directory)), settings);
    if (reason !== undefined) throw new Error(reason);
    const message = `rollout ${id}: before the wave`;
    const changes: Record<string, Changes> = {};
    for (const stack of stacks) {
      try {
        changes[stack] = await driver.preview({ stack, directory, message, events: events(stack) });
      } catch (error) {
        throw new Error(`the preview of ${stack} failed: ${(error as Error).message}`, { cause: error });
      }
    }
    return changes;
  }

  /** The alarms that the stacks' outputs name. */
  async #alarmsOf(stacks: string[], directory: string): Promise<StackAlarms[]> {
    const named = await Promise.all(
      stacks.map(async (stack) => alarmsOf(stack, await this.#options.driver.outputs(stack, directory))),
    );
    return named.filter(({ names }) => names.length > 0);
  }

  async #update(stack: string): Promise<void> {
    const { projectDirectory, events } = this.#options;
    const { release, id } = this.state;
    const directory = await projectDirectory(release);
    this.#record({ type: "update-started", stack });
    await this.#up("update", {
      stack,
      directory,
      message: `rollout ${id}: release ${release.name}`,
      events: events(stack),
    });
  }

  async #return(stack: string, release: Release | null): Promise<void> {
    if (release === null) return this.#record({ type: "return-impossible", stack });
    const { projectDirectory, events } = this.#options;
    this.#record({ type: "return-started", stack, release });
    const message = `rollout ${this.state.id}: back to release ${release.name}`;
    let directory: string;
    try {
      directory = await projectDirectory(release);
    } catch (error) {
      return this.#record({ type: "return-failed", stack, error: (error as Error).message });
    }
    await this.#up("return", { stack, directory, message, events: events(stack) });
  }

  async #up(kind: "update" | "return", run: StackRun): Promise<void> {
    const { stack } = run;
    let changes: Changes;
    try {
      changes = await this.#options.driver.up(run);
    } catch (error) {
      // A terminal's Ctrl-C reaches the engine as well: what it cut off did not fail by itself, and is done again later.
      const type = this.#options.stop.aborted ? "interrupted" : (`${kind}-failed` as const);
      return this.#record({ type, stack, error: (error as Error).message });
    }
    this.#record({ type: `${kind}-finished`, stack, changes });
  }

  async #watch({ wave, watch }: Command & { kind: "watch" }): Promise<void> {
    const { clock, alarms: source, projectDirectory } = this.#options;
    const { settings, release } = this.state;
    const watched = await this.#alarmsOf(watch, await projectDirectory(release));
    let progress: GateProgress = { since: clock.now() };
    while (this.#isGating(wave)) {
      const alarms = await source.look(watched);
      this.listen();
      if (!this.#isGating(wave)) return;
      const result = judge(progress, alarms, clock.now(), settings);
      progress = result.progress;
      const { decision } = result;
      if (decision.kind === "fail") return this.#record({ type: "gate-failed", wave, reason: decision.reason, alarms });
      this.#noteSeen(wave, decision.kind === "pass" ? "green" : decision.verdict, alarms);
      if (decision.kind === "pass")
        return this.#record({ type: "gate-passed", wave, quietSeconds: decision.quietSeconds });
      await this.#pause(settings.pollSeconds * 1000, wave);
    }
  }

  #isGating(wave: number): boolean {
    const { activity, paused, asked, wave: now } = this.state;
    return activity === Activity.Gating && !paused && asked === undefined && now === wave;
  }

  /** A look that shows nothing new is not written down. */
  #noteSeen(wave: number, verdict: "green" | "waiting", alarms: SeenAlarm[]): void {
    const states = (seen: SeenAlarm[]): string =>
      JSON.stringify(seen.map(({ stack, name, state }) => [stack, name, state]));
    const before = this.state.gate;
    if (before?.verdict === verdict && states(before.alarms) === states(alarms)) return;
    this.#record({ type: "gate-seen", wave, verdict, alarms });
  }

  async #pause(milliseconds: number, wave: number): Promise<void> {
    const { clock } = this.#options;
    const end = clock.now() + milliseconds;
    for (let left = milliseconds; left > 0 && this.#isGating(wave); left = end - clock.now()) {
      await clock.sleep(Math.min(listenMs, left));
      this.listen();
    }
  }
}
