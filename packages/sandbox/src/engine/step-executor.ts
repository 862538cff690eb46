/** Runs steps: a limited number at a time, each recorded before and after, none begun after a failure. */
import type { Deployment } from "./deployment.ts";
import type { ResourceHooks } from "./hooks.ts";
import { Bail, StepKind, type Step } from "./model.ts";
import { describeError } from "./rpc-error.ts";
import { withoutSecrets } from "./secret-filter.ts";
import { applyStep, PartialFailure, ProtectedResource, type ApplyContext } from "./step-apply.ts";

/** Lets a number of tasks run at once; the others wait in order. */
export class Slots {
  #free: number;
  #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}

export class StepExecutor {
  #deployment: Deployment;
  #context: ApplyContext;
  #slots: Slots;
  #running = new Set<Promise<void>>();

  constructor(deployment: Deployment, hooks: ResourceHooks, deletes: ReadonlySet<string>) {
    this.#deployment = deployment;
    this.#context = { deployment, hooks, deletes };
    this.#slots = new Slots(Math.max(1, deployment.options.parallel));
  }

  get context(): ApplyContext {
    return this.#context;
  }

  /** Runs steps one after the other. Throws Bail when one fails; the reason was reported. */
  async run(steps: Step[]): Promise<void> {
    const work = this.#runSerially(steps);
    const settled = work.catch(() => undefined).finally(() => this.#running.delete(settled));
    this.#running.add(settled);
    await work;
  }

  async #runSerially(steps: Step[]): Promise<void> {
    await this.#slots.take();
    try {
      for (const step of steps) {
        if (this.#deployment.cancelled) throw new Bail("canceled");
        await this.#runOne(step);
      }
    } finally {
      this.#slots.give();
    }
  }

  async #runOne(step: Step): Promise<void> {
    const { events, snapshot, news, reads } = this.#deployment;
    events.stepBegan(step);
    snapshot.begin(step);
    let failure: unknown;
    try {
      await applyStep(this.#context, step);
    } catch (error) {
      failure = error;
    }
    const kept = failure === undefined || failure instanceof PartialFailure;
    if (kept && step.state && step.kind !== StepKind.Replace) {
      const isRead = step.kind === StepKind.Read || step.kind === StepKind.ReadReplacement;
      (isRead ? reads : news).set(step.state.urn, step.state);
    }
    snapshot.end(step, kept);
    if (failure === undefined) {
      events.stepEnded(step, undefined);
      return;
    }
    const message = withoutSecrets(describeError(failure), step.state?.inputs, step.old?.inputs, step.old?.outputs);
    events.stepEnded(step, message);
    this.#deployment.error(message, step.urn);
    // A refused delete changed nothing: the others go on, so that all of them are reported at once.
    if (!(failure instanceof ProtectedResource)) this.#deployment.cancel();
    throw new Bail(message);
  }

  /** Waits for what is under way. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
