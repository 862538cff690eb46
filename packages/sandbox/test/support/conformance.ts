/**
 * Compares the embedded engine with a real CLI: the same program, configuration and providers have to lead to the same steps
 * (URN, kind and inputs).
 */
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cliEnvironment } from "../../src/attach/cli-environment.ts";
import { EventTranslator, runWithCli, selectStack } from "../../src/attach/cli-run.ts";
import { findCli } from "../../src/attach/find-cli.ts";
import { ReportBuilder } from "../../src/display/summary.ts";
import { parseAttached } from "../../src/engine/plugins.ts";
import { RunKind, runStacks } from "../../src/engine/stack-set.ts";
import { isProviderType, parseUrn } from "../../src/engine/urn.ts";
import {
  displayValue,
  isObject,
  Signature,
  signatureKey,
  type PropertyMap,
  type PropertyValue,
} from "../../src/engine/values.ts";
import { readProject, type Project } from "../../src/project/project.ts";

/** One step, comparable: secrets hidden, what differs between two runs of the same engine left out. */
export interface ComparableStep {
  urn: string;
  kind: string;
  inputs: PropertyMap;
}

/** One operation of a scenario. */
export interface Scene {
  name: string;
  kind: RunKind;
  /** Config values that differ from the files'. */
  config?: Record<string, string>;
}

export interface Engine {
  run(scene: Scene, stack: string): Promise<{ succeeded: boolean; steps: ComparableStep[]; output: string }>;
  stop(): Promise<void>;
}

/** Starts fresh providers for one engine; `package:port,...`. */
export type ProviderStarter = () => Promise<{ debugProviders: string; stop(): Promise<void> | void }>;

/** First up, an unchanged second one, one changed value, destroy. */
export const usualScenes = (changed: Record<string, string>): Scene[] => [
  { name: "first up", kind: RunKind.Up },
  { name: "unchanged up", kind: RunKind.Up },
  { name: "up with a changed value", kind: RunKind.Up, config: changed },
  { name: "destroy", kind: RunKind.Destroy },
];

/** The same, with a preview before each change. */
export const scenesWithPreviews = (changed: Record<string, string>): Scene[] => {
  const [first, unchanged, ...rest] = usualScenes(changed);
  return [
    { name: "first preview", kind: RunKind.Preview },
    first!,
    unchanged!,
    { name: "preview of a changed value", kind: RunKind.Preview, config: changed },
    ...rest,
  ];
};

/** Why there is nothing to compare with; undefined when there is a CLI. */
export const missingCli = (): string | undefined =>
  findCli()
    ? undefined
    : "no Pulumi CLI on PATH or in ~/.pulumi: the embedded engine's steps were not compared with a real one's";

/** Hides what is secret, and the marks that only one of the two writes. */
function comparable(value: PropertyValue): PropertyValue {
  const shown = displayValue(value);
  if (shown !== value && typeof shown === "string") return shown;
  if (Array.isArray(value)) return value.map(comparable);
  if (!isObject(value)) return value;
  if (value[signatureKey] !== undefined && "ciphertext" in value) return "[secret]";
  // The CLI's events leave the text of an asset out; its hash is compared.
  if (value[signatureKey] === Signature.Asset) return { hash: value.hash ?? null };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "__defaults")
      .map(([key, inner]) => [key, comparable(inner)]),
  );
}

const sorted = (steps: ComparableStep[]): ComparableStep[] =>
  steps
    // The CLI does not report the steps of providers that no program declared.
    .filter(({ urn }) => !(isProviderType(parseUrn(urn).type) && /^default(_|$)/.test(parseUrn(urn).name)))
    .map((step) => ({ ...step, inputs: comparable(step.inputs) as PropertyMap }))
    .sort((left, right) => `${left.urn} ${left.kind}`.localeCompare(`${right.urn} ${right.kind}`));

/** A copy of a project, so that neither engine nor CLI touches the original; dependencies are linked. */
export function copyProject(directory: string): string {
  const target = realpathSync(mkdtempSync(join(tmpdir(), "conformance-")));
  const skipped = new Set([".git", ".sandbox", "node_modules"]);
  for (const name of readdirSync(directory)) {
    if (!skipped.has(name))
      cpSync(join(directory, name), join(target, name), { recursive: true, verbatimSymlinks: true });
  }
  symlinkSync(realpathSync(join(directory, "node_modules")), join(target, "node_modules"));
  return target;
}

export async function embeddedEngine(project: Project, state: string, providers: ProviderStarter): Promise<Engine> {
  const { debugProviders, stop } = await providers();
  const addresses = Object.fromEntries(
    Object.entries(parseAttached(debugProviders)).map(([name, port]) => [name, `127.0.0.1:${port}`]),
  );
  return {
    async run({ kind, config }, stack) {
      const steps: ComparableStep[] = [];
      let report = new ReportBuilder(stack);
      let succeeded = false;
      await runStacks({
        kind,
        project,
        stacks: [stack],
        stateDirectory: state,
        concurrency: 1,
        parallel: 8,
        targets: [],
        policyPacks: [],
        policyConfig: {},
        endpoints: Promise.resolve(addresses),
        ...(config ? { configOverrides: config } : {}),
        events: () => {
          report = new ReportBuilder(stack, {
            stepBegan: ({ kind: step, urn, state: made, old }) =>
              steps.push({ kind: step, urn, inputs: structuredClone((made ?? old)?.inputs ?? {}) }),
          });
          return report;
        },
        finished: (_stack, result) => (succeeded = result.succeeded),
      });
      return {
        succeeded,
        steps: sorted(steps),
        output: report.report.diagnostics.map(({ message }) => message).join("\n"),
      };
    },
    stop: async () => stop(),
  };
}

export async function cliEngine(project: Project, state: string, providers: ProviderStarter): Promise<Engine> {
  const { debugProviders, stop } = await providers();
  const cli = findCli()!;
  const environment = cliEnvironment({ cli, stateDirectory: state, debugProviders });
  const selected = new Set<string>();
  return {
    async run({ kind, config }, stack) {
      if (!selected.has(stack)) await selectStack({ cli, environment, project, stack });
      selected.add(stack);
      const report = new ReportBuilder(stack);
      const translator = new EventTranslator(report);
      let output = "";
      const { succeeded } = await runWithCli({
        cli,
        environment,
        kind,
        project,
        stack,
        stateDirectory: state,
        parallel: 8,
        targets: [],
        policyPacks: [],
        ...(config ? { config } : {}),
        translator,
        onOutput: (text) => (output += text),
      });
      return { succeeded, steps: sorted(translator.steps), output };
    },
    stop: async () => stop(),
  };
}

export interface Comparison {
  scene: string;
  stack: string;
  embedded: ComparableStep[];
  cli: ComparableStep[];
}

/** Plays the scenes with both engines, each on a copy of the project and with providers of its own. */
export async function compareEngines(
  directory: string,
  stacks: string[],
  scenes: Scene[],
  providers: ProviderStarter,
): Promise<Comparison[]> {
  const roots = [copyProject(directory), copyProject(directory)];
  const [embedded, cli] = await Promise.all([
    embeddedEngine(readProject(roots[0]!), join(roots[0]!, ".sandbox"), providers),
    cliEngine(readProject(roots[1]!), join(roots[1]!, ".sandbox"), providers),
  ]);
  const comparisons: Comparison[] = [];
  try {
    for (const scene of scenes) {
      const order = scene.kind === RunKind.Destroy ? [...stacks].reverse() : stacks;
      for (const stack of order) {
        const [left, right] = [await embedded.run(scene, stack), await cli.run(scene, stack)];
        if (!left.succeeded || !right.succeeded) {
          throw new Error(
            `${scene.name} of ${stack}: embedded ${left.succeeded ? "succeeded" : `failed: ${left.output}`}; CLI ${right.succeeded ? "succeeded" : `failed: ${right.output}`}`,
          );
        }
        comparisons.push({ scene: scene.name, stack, embedded: left.steps, cli: right.steps });
      }
    }
  } finally {
    await embedded.stop();
    await cli.stop();
    for (const root of roots) rmSync(root, { recursive: true, force: true });
  }
  return comparisons;
}
