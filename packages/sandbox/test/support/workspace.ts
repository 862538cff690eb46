/** Throw-away projects for tests: a folder with a program, its configuration, and the SDKs of this package. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ReportBuilder, type StackReport } from "../../src/display/summary.ts";
import { runStacks, type RunKind, type StackSetOptions } from "../../src/engine/stack-set.ts";
import { readProject } from "../../src/project/project.ts";

const packageRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const policyPackage = join(packageRoot, "..", "..", "policy-pack");

export interface Workspace {
  directory: string;
  write(file: string, text: string): void;
  remove(): void;
}

/** A resource class for programs that use the test provider. */
export const thingClass = `
import * as pulumi from "@pulumi/pulumi";
export class Thing extends pulumi.CustomResource {
  constructor(name, args, options = {}) {
    super("test:index:Thing", name, { address: undefined, echo: undefined, ...args }, { version: "1.2.3", ...options });
  }
}
`;

/** Makes a project named `demo`; `files` may replace any of its files. */
export function makeWorkspace(files: Record<string, string> = {}): Workspace {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "sandbox-test-")));
  const workspace: Workspace = {
    directory,
    write(file, text) {
      const path = join(directory, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
  const defaults: Record<string, string> = {
    "Pulumi.yaml": "name: demo\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
    "package.json": '{ "name": "demo", "type": "module", "main": "index.js" }\n',
    "index.js": "",
    "thing.js": thingClass,
  };
  for (const [file, text] of Object.entries({ ...defaults, ...files })) workspace.write(file, text);
  mkdirSync(join(directory, "node_modules", "@pulumi"), { recursive: true });
  for (const name of ["pulumi", "aws", "awsx", "eks", "kubernetes"]) {
    symlinkSync(join(packageRoot, "node_modules", "@pulumi", name), join(directory, "node_modules", "@pulumi", name));
  }
  return workspace;
}

/** Writes a policy pack named `fixture` into a workspace's folder `pack`; its rules are given as the source of a list. */
export function policyPackFiles(workspace: Workspace, rules: string): string {
  const pack = join(workspace.directory, "pack");
  workspace.write(
    "pack/PulumiPolicy.yaml",
    "runtime: { name: nodejs, options: { typescript: false } }\nversion: 0.0.1\n",
  );
  workspace.write(
    "pack/package.json",
    '{ "name": "pack", "version": "0.0.1", "type": "commonjs", "main": "index.js" }',
  );
  workspace.write(
    "pack/index.js",
    `const { PolicyPack } = require("@pulumi/policy");\nnew PolicyPack("fixture", { policies: [${rules}] });`,
  );
  const modules = join(pack, "node_modules", "@pulumi");
  mkdirSync(modules, { recursive: true });
  for (const name of ["policy", "pulumi"])
    symlinkSync(realpathSync(join(policyPackage, "node_modules", "@pulumi", name)), join(modules, name));
  return pack;
}

export type RunOverrides = Partial<Omit<StackSetOptions, "kind" | "project" | "events" | "finished">>;

/** Runs one operation with the embedded engine, and returns a report for every stack. */
export async function run(
  kind: RunKind,
  workspace: Pick<Workspace, "directory">,
  port: number,
  overrides: RunOverrides = {},
): Promise<Map<string, StackReport>> {
  const builders = new Map<string, ReportBuilder>();
  const project = readProject(workspace.directory);
  await runStacks({
    stacks: ["dev"],
    stateDirectory: join(workspace.directory, ".sandbox"),
    concurrency: 2,
    parallel: 8,
    targets: [],
    policyPacks: [],
    policyConfig: {},
    endpoints: Promise.resolve({ test: `127.0.0.1:${port}` }),
    ...overrides,
    kind,
    project,
    events: (stack) => {
      const builder = new ReportBuilder(stack);
      builders.set(stack, builder);
      return builder;
    },
    finished: (stack, result) => builders.get(stack)!.finish(result.succeeded),
  });
  return new Map([...builders].map(([stack, builder]) => [stack, builder.report]));
}

/** As `run`, for the one stack `dev`. */
export async function runDev(
  kind: RunKind,
  workspace: Workspace,
  port: number,
  overrides: RunOverrides = {},
): Promise<StackReport> {
  return (await run(kind, workspace, port, overrides)).get("dev")!;
}

/** `create a`, `replace b`, ...: the steps on resources of the test provider, by name. */
export const stepsOf = (report: StackReport): string[] =>
  report.steps
    .filter(({ urn }) => urn.includes("test:index:Thing"))
    .map(({ kind, urn }) => `${kind} ${urn.split("::").at(-1)}`);
