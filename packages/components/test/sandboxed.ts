import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const sandbox = join(import.meta.dirname, "../../sandbox/src/main.ts");

/** What a run of one stack did, as `sandbox --json` tells it. */
export interface SandboxRun {
  succeeded: boolean;
  /** Resources by what was done to them; unchanged ones are `same`. */
  counts: Record<string, number>;
  /** In the order in which they were made, without the unchanged ones. */
  steps: { kind: string; name: string; type: string }[];
  outputs: Record<string, unknown>;
}

/** A program of this package's, run in the sandbox with a state of its own. */
export interface SandboxedProgram {
  run(command: "up" | "destroy", env?: Record<string, string>): Promise<SandboxRun>;
  remove(): Promise<void>;
}

interface Report {
  stacks: (Omit<SandboxRun, "steps"> & { steps: { kind: string; urn: string }[] })[];
}

/** Prepares the program in a folder of this package. */
export async function sandboxed(folder: string, stack: string): Promise<SandboxedProgram> {
  const state = await mkdtemp(join(tmpdir(), "mrgc-program-"));
  return {
    remove: () => rm(state, { recursive: true, force: true }),
    run: async (command, env = {}) => {
      const cwd = join(import.meta.dirname, "..", folder);
      const args = [
        sandbox,
        command,
        "--stack",
        stack,
        "--cwd",
        cwd,
        "--state-dir",
        state,
        "--engine",
        "embedded",
        "--json",
      ];
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        env: { ...process.env, ...env },
        maxBuffer: 64 * 1024 * 1024,
      });
      const [report] = (JSON.parse(stdout.slice(stdout.indexOf("{"))) as Report).stacks;
      if (report === undefined) {
        throw new Error(`the sandbox told of no stack:\n${stdout}`);
      }
      const steps = report.steps.map(({ kind, urn }) => {
        const [type = "", name = ""] = urn.split("::").slice(-2);
        return { kind, type: type.split("$").at(-1) ?? "", name };
      });
      return { ...report, steps: steps.filter(({ kind }) => kind !== "same") };
    },
  };
}
