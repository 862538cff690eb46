import { spawnSync } from "node:child_process";

/** A release cannot be found, stored or made ready. */
export class ReleaseError extends Error {}

/** Runs git and gives its output without the last line break. */
export function git(
  args: string[],
  options: { cwd?: string; input?: string; env?: Record<string, string> } = {},
): string {
  const { error, status, stdout, stderr } = spawnSync("git", args, {
    cwd: options.cwd,
    input: options.input,
    env: { ...process.env, ...options.env },
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (error) throw new ReleaseError(`releases are kept with git, and it cannot be run: ${error.message}`);
  if (status !== 0) throw new ReleaseError(`git ${args.join(" ")} failed: ${stderr.trim()}`);
  return stdout.replace(/\n$/, "");
}

/** As `git`, but undefined where it fails. */
export function tryGit(args: string[], cwd: string): string | undefined {
  const { status, stdout } = spawnSync("git", args, { cwd, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
