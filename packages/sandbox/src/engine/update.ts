/** `preview` and `up`: the program says what should be, the engine makes it so. */
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AssetHasher } from "./assets.ts";
import type { RunInfo } from "./construct.ts";
import { DefaultProviders } from "./default-providers.ts";
import { executeDeletes, generateDeletes } from "./deletions.ts";
import { organization } from "./deployment.ts";
import { FunctionCalls } from "./function-calls.ts";
import { Callbacks, ResourceHooks } from "./hooks.ts";
import { Bail, emptyState, HookKind, StepKind, UserError, type Goal, type ResourceState, type Step } from "./model.ts";
import { startMonitorServer } from "./monitor-server.ts";
import { analyzeStack, startPacks } from "./policies.ts";
import { alreadyReported, startProgram } from "./program.ts";
import { ResourceMonitor, type MonitorRun } from "./resource-monitor.ts";
import { describeError, firstUsefulLine } from "./rpc-error.ts";
import { RunContext, type RunOptions, type RunResult } from "./run-context.ts";
import { afterHooks } from "./step-apply.ts";
import { StepExecutor } from "./step-executor.ts";
import { StepGenerator } from "./step-generator.ts";
import { parseUrn, rootStackType, rootUrn } from "./urn.ts";
import { valuesEqual, type PropertyMap } from "./values.ts";

const exitGraceMs = 2000;

class Update {
  #context: RunContext;
  #options: RunOptions;
  #generator: StepGenerator;
  #executor: StepExecutor;
  #callbacks = new Callbacks();
  #hooks: ResourceHooks;
  #monitor: ResourceMonitor;
  #functions: FunctionCalls;
  #info: RunInfo;
  #packs: Promise<void> = Promise.resolve();
  /** The root's own registration, which everything else waits for. */
  #root: Promise<unknown> = Promise.resolve();
  #stackOutputs: PropertyMap | undefined;
  /** The step that made a component, until it says its outputs. */
  #componentSteps = new Map<string, Step>();
  #releaseProgram: () => void = () => undefined;
  #programSignalled: Promise<void>;
  #signalProgram: () => void = () => undefined;
  #finished: Promise<void>;

  constructor(context: RunContext) {
    this.#context = context;
    const { options, deployment } = context;
    this.#options = options;
    this.#hooks = new ResourceHooks(this.#callbacks, options.preview);
    this.#generator = new StepGenerator(deployment);
    this.#executor = new StepExecutor(deployment, this.#hooks, this.#generator.deletes);
    this.#info = {
      project: options.project.name,
      stack: options.stack,
      organization,
      config: options.config.values,
      secretKeys: options.config.secretKeys,
      preview: options.preview,
      parallel: options.parallel,
      monitorAddress: "",
    };
    const run: MonitorRun = {
      deployment,
      info: this.#info,
      projectRoot: options.project.root,
      hooks: this.#hooks,
      callbacks: this.#callbacks,
      assets: new AssetHasher(options.project.programDirectory),
      defaultProviders: new DefaultProviders({
        config: options.config.values,
        secretKeys: options.config.secretKeys,
        register: async (goal) => (await this.#register(goal)).state,
      }),
      register: (goal) => (goal.type === rootStackType ? this.#registerRoot(goal) : this.#register(goal)),
      read: (state) => this.#read(state),
      registerOutputs: (urn, outputs) => this.#registerOutputs(urn, outputs),
    };
    this.#monitor = new ResourceMonitor(run);
    this.#functions = new FunctionCalls(run, this.#monitor);
    this.#programSignalled = new Promise((resolve) => (this.#signalProgram = resolve));
    this.#finished = new Promise((resolve) => (this.#releaseProgram = resolve));
  }

  /** Runs work for a resource after the packs' start and the root; an error ends the run, once it is reported. */
  async #guarded<T>(urn: string, work: () => Promise<T>, root = this.#root): Promise<T> {
    const { deployment } = this.#context;
    const refuseWhenCancelled = (): void => {
      if (deployment.cancelled) throw new Bail("canceled");
    };
    refuseWhenCancelled();
    try {
      await this.#packs;
      await root;
      refuseWhenCancelled();
      return await work();
    } catch (error) {
      if (!(error instanceof Bail) && !deployment.cancelled) deployment.error(describeError(error), urn);
      deployment.cancel();
      throw error instanceof Bail ? error : new Bail(describeError(error));
    }
  }

  /** Tells the root's URN at once, so that the program loads its modules while policy packs still start. */
  #registerRoot(goal: Goal): Promise<{ state: ResourceState; unknown: boolean }> {
    const { stack, project } = this.#options;
    // Why it failed was reported, and the run is cancelled.
    this.#root = this.#register(goal, Promise.resolve()).catch(() => undefined);
    return Promise.resolve({ state: emptyState(rootUrn(stack, project.name), goal.type, false), unknown: false });
  }

  #register(goal: Goal, root = this.#root): Promise<{ state: ResourceState; unknown: boolean }> {
    const work = async () => {
      const { steps, state } = await this.#generator.generate(goal, (now) => this.#executor.run(now));
      if (steps.length > 0) await this.#executor.run(steps);
      if (!goal.custom) {
        const step = steps.find(({ kind }) => kind !== StepKind.Replace);
        if (step) this.#componentSteps.set(state.urn, step);
      }
      return { state, unknown: steps.some(({ skipped }) => skipped) };
    };
    return this.#guarded("", work, root);
  }

  #read(request: ResourceState): Promise<ResourceState> {
    return this.#guarded("", async () => {
      const { name } = splitReadName(request.urn);
      const urn = this.#generator.claimUrn(request.parent, request.type, name);
      const { steps, state } = this.#generator.readSteps(urn, { ...request, urn });
      await this.#executor.run(steps);
      return state;
    });
  }

  async #registerOutputs(urn: string, outputs: PropertyMap): Promise<void> {
    const { deployment } = this.#context;
    if (parseUrn(urn).type === rootStackType) {
      this.#stackOutputs = outputs;
      return;
    }
    const state = deployment.news.get(urn);
    const step = this.#componentSteps.get(urn);
    if (!state || !step) {
      if (this.#generator.skippedCreates.has(urn)) return;
      throw new Error(`cannot complete a resource '${urn}' whose registration isn't pending`);
    }
    this.#componentSteps.delete(urn);
    this.#setOutputs(state, outputs);
    const kind =
      step.kind === StepKind.Update
        ? HookKind.AfterUpdate
        : step.kind.startsWith("create")
          ? HookKind.AfterCreate
          : undefined;
    if (kind) await afterHooks(this.#executor.context, kind, step);
  }

  #setOutputs(state: ResourceState, outputs: PropertyMap): void {
    const changed = !valuesEqual(state.outputs, outputs);
    state.outputs = outputs;
    if (changed) this.#context.deployment.snapshot.patch(state);
  }

  /** Runs the program to its end. Reports how it failed. */
  async #runProgram(): Promise<() => Promise<void>> {
    const { deployment } = this.#context;
    const { events } = this.#options;
    let errors = "";
    const program = (this.#options.startProgram ?? startProgram)({
      ...this.#options,
      address: this.#info.monitorAddress,
      onStdout: (text) => events.programOutput(text),
      onStderr: (text) => {
        errors += text;
      },
    });
    deployment.onCancel(() => void program.stop());
    this.#packs = startPacks(deployment, this.#options, this.#info.monitorAddress);
    await this.#packs;
    const { code, signal } = await Promise.race([
      program.exited,
      this.#programSignalled.then(() => ({ code: 0, signal: null })),
    ]);
    if (code !== 0 && !deployment.cancelled) {
      if (code !== alreadyReported)
        deployment.error(`the program ended with ${signal ?? `exit code ${code}`}: ${firstUsefulLine(errors)}`);
      else deployment.markFailed();
      deployment.cancel();
    }
    if (errors !== "") this.#log(errors);
    if (code === 0 && errors !== "") events.programOutput(errors);
    return async () => {
      // A program that waited for its deletions ends by itself; only one that does not is ended.
      await Promise.race([program.exited, sleep(exitGraceMs, undefined, { ref: false })]).catch(() => undefined);
      await program.stop();
    };
  }

  /** What a program says about its errors stays in a file: the screen gets the first line that helps. */
  #log(text: string): void {
    const { directory } = this.#options;
    mkdirSync(directory, { recursive: true });
    appendFileSync(join(directory, "program.log"), `${this.#context.shown(text.trimEnd())}\n`);
  }

  async run(): Promise<RunResult> {
    const { deployment } = this.#context;
    const server = await startMonitorServer({
      deployment: () => deployment,
      monitor: () => this.#monitor,
      functions: () => this.#functions,
      hooks: () => this.#hooks,
      info: () => this.#info,
      logError: (message) => this.#log(message),
      shutdown: () => {
        this.#signalProgram();
        return this.#finished;
      },
    });
    this.#info.monitorAddress = this.#context.engineAddress = server.address;
    let stopProgram: () => Promise<void> = () => Promise.resolve();
    try {
      stopProgram = await this.#runProgram();
      await this.#root;
      await this.#executor.settle();
      if (!deployment.cancelled) deployment.checkTargets((urn) => this.#generator.urns.has(urn));
      if (!deployment.cancelled) await this.#delete();
      if (!deployment.cancelled && !deployment.failed) await analyzeStack(deployment);
      this.#finishOutputs();
    } catch (error) {
      if (!(error instanceof Bail)) throw error;
    } finally {
      await this.#executor.settle();
      this.#releaseProgram();
      await Promise.all([...deployment.packs.map((pack) => pack.stop()), stopProgram()]);
      this.#callbacks.close();
      server.stop();
    }
    return { succeeded: !deployment.failed && !deployment.cancelled, outputs: this.#stackOutputs ?? {} };
  }

  async #delete(): Promise<void> {
    const { deployment } = this.#context;
    try {
      await executeDeletes(deployment, this.#executor, await generateDeletes(deployment, this.#generator));
    } catch (error) {
      if (!(error instanceof Bail)) deployment.error(describeError(error));
      else deployment.markFailed();
    }
  }

  /** A failed run adds outputs but removes none: what is missing may only not have been reached. */
  #finishOutputs(): void {
    const { deployment } = this.#context;
    const { stack, project } = this.#options;
    const root = deployment.news.get(rootUrn(stack, project.name));
    if (!root || !this.#stackOutputs) return;
    this.#setOutputs(root, deployment.failed ? { ...root.outputs, ...this.#stackOutputs } : this.#stackOutputs);
    this.#options.events.stackOutputs(root.outputs);
  }
}

/** The monitor hands a read's identity over as parent, type and name. */
function splitReadName(key: string): { name: string } {
  return { name: key.split("\n").slice(2).join("\n") };
}

/** Runs the program against a stack. */
export async function update(options: RunOptions): Promise<RunResult> {
  const context = await RunContext.open(options);
  try {
    return await new Update(context).run();
  } catch (error) {
    if (error instanceof UserError) {
      context.deployment.error(error.message);
      return { succeeded: false, outputs: {} };
    }
    throw error;
  } finally {
    context.close();
  }
}
