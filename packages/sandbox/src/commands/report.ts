/** `report`: a deployment as one HTML page, for people who have to trust it before they run it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { CheckpointStore } from "../checkpoint/store.ts";
import { UserError } from "../engine/model.ts";
import { RunKind, stackDirectory } from "../engine/stack-set.ts";
import { readProject, type Project } from "../project/project.ts";
import { configuredStacks, readStackConfig } from "../project/stack-config.ts";
import { buildModel } from "../report/build-model.ts";
import { planFacts, type PlanFacts } from "../report/plan-facts.ts";
import { PreviewRecorder } from "../report/preview-recorder.ts";
import { renderPage } from "../report/render/page.ts";
import { fromFile, fromState, type RawState, type Source } from "../report/source.ts";
import { addStackOptions, collect, readPolicyConfig, selectStacks, type StackOptions } from "./options.ts";
import { isRefusal, loadPlanModule } from "./plan.ts";
import { runEmbedded } from "./run.ts";

export interface ReportOptions extends StackOptions {
  file?: string;
  out?: string;
  state: boolean;
  policyPack: string[];
  policyPackConfig?: string;
}

/** What the project's own plan says; nothing for a project that has none, or a stack that is not its own. */
async function plannedFacts(project: Project, stack: string): Promise<PlanFacts | undefined> {
  if (!configuredStacks(project).includes(stack)) return undefined;
  try {
    const { plan } = await loadPlanModule(project);
    const { values } = await readStackConfig(project, stack);
    return planFacts(plan(stack, values, {}).data);
  } catch (error) {
    // A page without plan says that cost and quotas are not known; whoever wants the reason runs `plan`.
    if (error instanceof UserError || isRefusal(error)) return undefined;
    throw error;
  }
}

/** The project around a file, when the file is about one of its stacks. */
function projectAround(directory: string, name: string): Project | undefined {
  try {
    const project = readProject(directory);
    return project.name === name ? project : undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function readReportFile(path: string): Source {
  try {
    return fromFile(readFileSync(path, "utf8"), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UserError(`--file ${path}: ${(error as Error).message}`);
  }
}

function storedSource(project: Project, state: string, stack: string): Source {
  const file = new CheckpointStore(stackDirectory(state, project.name, stack)).read();
  const resources = file?.deployment.resources ?? [];
  if (resources.length === 0)
    throw new UserError(
      `stack ${stack} has no state in ${state}: run \`up\` first, or leave --state out to report a preview`,
    );
  return fromState(resources as RawState[], "the sandbox's stored state", stack);
}

/** Previews the stacks with the embedded engine, and records what it would do. */
async function previewSources(
  project: Project,
  stacks: string[],
  state: string,
  options: ReportOptions,
  say: (text: string) => void,
): Promise<{ sources: Map<string, Source>; failed: string[] }> {
  const recorders = new Map<string, PreviewRecorder>();
  const failed: string[] = [];
  const packs = options.policyPack.map((directory) => resolve(directory));
  await runEmbedded({
    kind: RunKind.Preview,
    project,
    stacks,
    stateDirectory: state,
    concurrency: availableParallelism(),
    parallel: 4 * availableParallelism(),
    targets: [],
    policyPacks: packs,
    policyConfig: readPolicyConfig(options.policyPackConfig, options.policyPack),
    events: (stack) => {
      const recorder = new PreviewRecorder(packs.length > 0);
      recorders.set(stack, recorder);
      return recorder;
    },
    finished: (stack, { succeeded }) => {
      say(`${stack}: preview ${succeeded ? "done" : "failed; the page says why"}\n`);
      if (!succeeded) failed.push(stack);
    },
  });
  return { sources: new Map([...recorders].map(([stack, recorder]) => [stack, recorder.source(stack)])), failed };
}

/** What was made. */
export interface WrittenReports {
  paths: string[];
  /** Stacks whose preview failed; their pages say why. */
  failed: string[];
}

/** Makes the pages. */
export async function writeReports(options: ReportOptions, say: (text: string) => void): Promise<WrittenReports> {
  if (options.file !== undefined) {
    if (options.stack || options.all) throw new UserError("--file names its own stack: leave --stack and --all out");
    const source = readReportFile(options.file);
    const project = projectAround(options.cwd, source.project);
    const facts = project && (await plannedFacts(project, source.stack));
    const path = resolve(options.out ?? `${source.stack}.html`);
    write(path, renderPage(buildModel(source, facts)), say);
    return { paths: [path], failed: [] };
  }
  const { project, stacks, state } = selectStacks(options);
  const { sources, failed } = options.state
    ? { sources: new Map(stacks.map((stack) => [stack, storedSource(project, state, stack)])), failed: [] }
    : await previewSources(project, stacks, state, options, say);
  const directory = resolve(options.out !== undefined && options.all ? options.out : join(state, "report"));
  const pathOf = (stack: string) =>
    options.out !== undefined && !options.all ? resolve(options.out) : join(directory, `${stack}.html`);
  const siblings = [...sources.keys()].map((stack) => ({ stack, href: `${encodeURIComponent(stack)}.html` }));
  const paths: string[] = [];
  for (const [stack, source] of sources) {
    const page = renderPage(buildModel(source, await plannedFacts(project, stack)), siblings);
    write(pathOf(stack), page, say);
    paths.push(pathOf(stack));
  }
  return { paths, failed };
}

function write(path: string, page: string, say: (text: string) => void): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, page);
  say(`${path}\n`);
}

export function registerReportCommand(program: Command): void {
  addStackOptions(
    program.command("report").description("one HTML page a deployment: topology, addresses, cost, policies, changes"),
  )
    .option("--state", "of what is deployed in the sandbox, instead of a preview", false)
    .option("--file <path>", "of a real `pulumi preview --json` or `pulumi stack export`")
    .option(
      "--out <path>",
      "the page's file, or with --all the folder of the pages (default: report in the state's folder)",
    )
    .option("--policy-pack <dir>", "show what this policy pack finds; may be given more than once", collect, [])
    .option("--policy-pack-config <file>", "JSON file with settings for the packs' rules")
    .action(async (options: ReportOptions) => {
      const { failed } = await writeReports(options, (text) => process.stdout.write(text));
      if (failed.length > 0) process.exitCode = 1;
    });
}
