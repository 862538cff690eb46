/** `destroy`: everything the checkpoint holds is deleted; the program is not run. */
import { executeDeletes, generateDeletes } from "./deletions.ts";
import { Callbacks, ResourceHooks } from "./hooks.ts";
import { Bail } from "./model.ts";
import { describeError } from "./rpc-error.ts";
import { RunContext, type RunOptions, type RunResult } from "./run-context.ts";
import { StepExecutor } from "./step-executor.ts";
import { StepGenerator } from "./step-generator.ts";

export async function destroy(options: RunOptions): Promise<RunResult> {
  const context = await RunContext.open(options);
  const { deployment } = context;
  const generator = new StepGenerator(deployment);
  const executor = new StepExecutor(deployment, new ResourceHooks(new Callbacks(), options.preview), generator.deletes);
  try {
    deployment.checkTargets();
    await executeDeletes(deployment, executor, await generateDeletes(deployment, generator));
  } catch (error) {
    if (error instanceof Bail) deployment.markFailed();
    else deployment.error(describeError(error));
  } finally {
    await executor.settle();
    context.close();
  }
  return { succeeded: !deployment.failed && !deployment.cancelled, outputs: {} };
}
