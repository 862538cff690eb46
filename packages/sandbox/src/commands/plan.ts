/** `plan`: what a stack will be, from its configuration alone. No engine, provider or policy pack is started. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";
import { UserError } from "../engine/model.ts";
import type { Project } from "../project/project.ts";
import { readStackConfig } from "../project/stack-config.ts";
import { addStackOptions, selectStacks, type StackOptions } from "./options.ts";

interface PlanCommandOptions extends StackOptions {
  json: boolean;
  prices?: string;
  pricesOf?: string;
}

/**
 * What a project has to offer for this command: `plan.ts` or `plan.js` beside its program, which exports
 * `plan(stack, config, options)`.
 */
interface PlanModule {
  plan(
    stack: string,
    config: Record<string, string>,
    options: { priceFile?: string; pricesOf?: string },
  ): { text: string; data: unknown };
}

/** @throws UserError when the project has no plan. */
export async function loadPlanModule(project: Project): Promise<PlanModule> {
  const path = ["plan.ts", "plan.js"].map((name) => join(project.programDirectory, name)).find(existsSync);
  if (!path)
    throw new UserError(
      `project ${project.name} has no plan: add plan.ts to ${project.programDirectory}, exporting plan(stack, config, options)`,
    );
  const module = (await import(pathToFileURL(path).href)) as Partial<PlanModule>;
  if (typeof module.plan !== "function") throw new UserError(`${path} exports no function named plan`);
  return module as PlanModule;
}

function readPrices(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UserError(`--prices ${path}: ${(error as Error).message}`);
  }
}

/** A configuration that cannot be planned is the user's to mend; its message says how. */
export const isRefusal = (error: unknown): error is Error =>
  error instanceof Error && ["PlanRefusedError", "SettingsError"].includes(error.constructor.name);

export async function showPlans(options: PlanCommandOptions, print: (text: string) => void): Promise<void> {
  const { project, stacks } = selectStacks(options);
  const { plan } = await loadPlanModule(project);
  const priceFile = readPrices(options.prices);
  const data: Record<string, unknown> = {};
  for (const stack of stacks) {
    const { values } = await readStackConfig(project, stack);
    try {
      const planned = plan(stack, values, { priceFile, pricesOf: options.pricesOf });
      data[stack] = planned.data;
      if (!options.json) print(planned.text);
    } catch (error) {
      throw isRefusal(error) ? new UserError(`stack ${stack} cannot be planned:\n${error.message}`) : error;
    }
  }
  if (options.json) print(`${JSON.stringify(data, null, 2)}\n`);
}

export function registerPlanCommand(program: Command): void {
  addStackOptions(
    program
      .command("plan")
      .description("addresses, quotas, cost and recovery of a stack, from its configuration alone"),
  )
    .option("--json", "print the plans as data, by stack", false)
    .option("--prices <file>", "JSON file of prices that go before the known ones")
    .option("--prices-of <region>", "take this region's prices where the stack's own are not known")
    .action((options: PlanCommandOptions) => showPlans(options, (text) => process.stdout.write(text)));
}
