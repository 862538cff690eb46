import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { parse } from "yaml";
import { takeLock } from "../../packages/sandbox/src/checkpoint/lock.ts";
import { UserError } from "../../packages/sandbox/src/engine/model.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const pnpm = ["--yes", "pnpm@12.21.0"];
const outputLimit = 256 * 1024 * 1024;

/** The published packages, and a folder outside of the workspace in which they are installed. */
export interface Packed {
  folder: string;
  components: string;
  policyPack: string;
  /** A folder of `folder` with a program copied from the workspace. Its packages are those of `folder`. */
  program(name: string, source: string, manifest?: Record<string, unknown>): string;
  remove(): void;
}

/** What a run of one stack did, as `sandbox --json` tells it. */
export interface StackRun {
  succeeded: boolean;
  counts: Record<string, number>;
  steps: { kind: string; urn: string }[];
  findings: { policy: string; urn: string; level: string; message: string }[];
  outputs: Record<string, unknown>;
}

/** A resource in a stack's state. */
export interface StoredResource {
  urn: string;
  type: string;
  inputs?: Record<string, unknown>;
}

async function pnpmRun(cwd: string, ...args: string[]): Promise<void> {
  try {
    await run("npx", [...pnpm, ...args], { cwd, maxBuffer: outputLimit });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    const told = `${stdout}\n${stderr}`.trim().split("\n").slice(-25).join("\n");
    throw new Error(`pnpm ${args[0] ?? ""} failed in ${cwd}:\n${told}`, { cause: error });
  }
}

/**
 * Packs a workspace package as a release does: its `prepack` builds it, in its own folder. So one test packs at a time;
 * two would take each other's files away.
 */
export async function pack(source: string, into: string): Promise<string> {
  mkdirSync(into, { recursive: true });
  const release = await soleUse(join(root, source, "node_modules/.packing"));
  try {
    await pnpmRun(join(root, source), "pack", "--pack-destination", into);
  } finally {
    release();
  }
  const [tarball] = readdirSync(into).filter((file) => file.endsWith(".tgz"));
  if (tarball === undefined) {
    throw new Error(`${source} made no tarball`);
  }
  return join(into, tarball);
}

/** Waits until no other process holds the lock; gives the function that ends its use. */
async function soleUse(lock: string): Promise<() => void> {
  for (;;) {
    try {
      return takeLock(lock, "of the tarballs");
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw error;
      }
      await sleep(250);
    }
  }
}

/** Installs tarballs, and what their users need beside them, in a folder. */
export async function install(folder: string, tarballs: Record<string, string>): Promise<void> {
  const { catalog } = parse(readFileSync(join(root, "pnpm-workspace.yaml"), "utf8")) as {
    catalog: Record<string, string>;
  };
  const beside = ["@pulumi/aws", "@pulumi/pulumi", "@types/node", "typescript"];
  const dependencies = {
    ...Object.fromEntries(Object.entries(tarballs).map(([name, tarball]) => [name, `file:${tarball}`])),
    ...Object.fromEntries(beside.map((name) => [name, catalog[name]])),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "foreign", private: true, dependencies }));
  // An upgrade changes the lock file, which pnpm refuses by default where CI is set.
  await pnpmRun(folder, "install", "--prefer-offline", "--ignore-scripts", "--no-frozen-lockfile");
}

/** Packs both packages and installs them outside of the workspace, so that nothing of it can be found by accident. */
export async function packed(): Promise<Packed> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "mrgc-packed-")));
  const components = await pack("packages/components", join(folder, "components-tarball"));
  const policyPack = await pack("policy-pack", join(folder, "policy-pack-tarball"));
  await install(folder, { "@mrgc/components": components, "@mrgc/policy-pack": policyPack });
  return {
    folder,
    components,
    policyPack,
    program: (name, source, manifest = { type: "module" }) => {
      const copy = join(folder, name);
      cpSync(join(root, source), copy, { recursive: true, filter: (path) => !path.endsWith(".sandbox") });
      writeFileSync(join(copy, "package.json"), JSON.stringify({ name, private: true, ...manifest }));
      return copy;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs a stack of a program with the sandbox's embedded engine. The program's folder keeps the state. */
export async function sandbox(
  program: string,
  command: "up" | "preview" | "destroy",
  stack: string,
  options: { policyPack?: string; env?: Record<string, string> } = {},
): Promise<StackRun> {
  const packs = options.policyPack === undefined ? [] : ["--policy-pack", options.policyPack];
  const stdout = await sandboxCommand(
    [command, ...packs, "--engine", "embedded", "--json"],
    program,
    stack,
    options.env,
  );
  const [only] = (JSON.parse(stdout) as { stacks: StackRun[] }).stacks;
  if (only === undefined) {
    throw new Error("no stack was reported");
  }
  return only;
}

/** What stands in a stack's state, secrets readable, by URN. */
export async function stored(program: string, stack: string): Promise<Map<string, StoredResource>> {
  const stdout = await sandboxCommand(["export", "--show-secrets"], program, stack, {});
  const { deployment } = JSON.parse(stdout) as { deployment: { resources: StoredResource[] } };
  return new Map(deployment.resources.map((resource) => [resource.urn, resource]));
}

/** A step of a preview by a Pulumi CLI. */
export interface PreviewStep {
  op: string;
  urn: string;
  newState?: { inputs?: Record<string, unknown> };
}

/** Runs a Pulumi CLI on a program, with the sandbox's providers in place of AWS. Gives what it prints. */
export async function pulumi(program: string, stack: string, ...args: string[]): Promise<string> {
  const env = { PULUMI_HOME: join(program, ".pulumi-home") };
  return sandboxCommand(["exec", "--", "pulumi", ...args], program, stack, env);
}

async function sandboxCommand(
  command: string[],
  program: string,
  stack: string,
  env: Record<string, string> = {},
): Promise<string> {
  const main = join(root, "packages/sandbox/src/main.ts");
  const [name = "", ...rest] = command;
  const args = [main, name, "--cwd", program, "--stack", stack, ...rest];
  try {
    const { stdout } = await run(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      maxBuffer: outputLimit,
    });
    return stdout;
  } catch (error) {
    // A run that fails reports as well, and a test may expect it.
    const { stdout } = error as { stdout?: string };
    if (stdout?.startsWith("{") === true) {
      return stdout;
    }
    throw error;
  }
}

/** The plugin of the installed package, started as Pulumi's language host starts it. */
export interface RunningPlugin {
  /** What `PULUMI_DEBUG_PROVIDERS` has to say. */
  attach: string;
  process: ChildProcess;
}

/** Starts the plugin; who calls ends its process. */
export async function startPlugin(folder: string): Promise<RunningPlugin> {
  const runner = join(folder, "node_modules/@pulumi/pulumi/cmd/run-plugin/index.js");
  const plugin = join(folder, "node_modules/@mrgc/components/plugin");
  const child = spawn(process.execPath, [runner, plugin], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  return { attach: `mrgc:${port.toString().trim()}`, process: child };
}
