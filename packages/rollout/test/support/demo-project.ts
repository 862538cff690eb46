/** A throw-away project of three regions and `global`, with one queue each, in a git repository. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readProject, storedOutputs } from "@mrgc/sandbox/host";

export const regions = ["us-east-1", "us-east-2", "us-west-2"];
export const stacks = [...regions, "global"];

const program = `
import * as pulumi from "@pulumi/pulumi";
const stack = pulumi.getStack();
const seconds = new pulumi.Config().requireNumber("seconds");
class Queue extends pulumi.CustomResource {
  constructor(name, inputs) {
    super("aws:sqs/queue:Queue", name, { visibilityTimeoutSeconds: undefined, ...inputs }, { version: "7.48.0" });
  }
}
const queue = new Queue("jobs", { name: "jobs-" + stack, visibilityTimeoutSeconds: seconds });
export const region = stack;
export const timeout = queue.visibilityTimeoutSeconds;
export const pageAlarmNames = stack === "global" ? {} : { gpu: stack + "-gpu" };
`;

export interface DemoProject {
  directory: string;
  /** Sets the queues' timeout of every stack, in the working tree. */
  setTimeouts(seconds: number): void;
  git(...args: string[]): string;
  /** The timeout that each stack has in the sandbox; undefined where the stack was never brought up. */
  timeouts(): Promise<(number | undefined)[]>;
  remove(): void;
}

export function makeDemoProject(): DemoProject {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "rollout-test-")));
  const write = (file: string, text: string): void => writeFileSync(join(directory, file), text);
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
      cwd: directory,
      encoding: "utf8",
    });
  const setTimeouts = (seconds: number): void => {
    for (const stack of stacks) write(`Pulumi.${stack}.yaml`, `config:\n  demo:seconds: "${seconds}"\n`);
  };
  write("Pulumi.yaml", "name: demo\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n");
  write("package.json", '{ "name": "demo", "type": "module", "main": "index.js" }\n');
  write(".gitignore", "node_modules\n.sandbox\n.rollout\n");
  write("index.js", program);
  setTimeouts(30);
  mkdirSync(join(directory, "node_modules", "@pulumi"), { recursive: true });
  const sdk = dirname(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
  symlinkSync(sdk, join(directory, "node_modules", "@pulumi", "pulumi"));
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "first");
  return {
    directory,
    setTimeouts,
    git,
    timeouts: () =>
      Promise.all(
        stacks.map(async (stack) => {
          const outputs = await storedOutputs(readProject(directory), join(directory, ".sandbox"), {
            project: "demo",
            stack,
          });
          return outputs?.timeout as number | undefined;
        }),
      ),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
