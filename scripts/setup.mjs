// Sets up everything but Node 20 and npm: packages with pnpm (by npx) and a newer Node (the npm package `node`).
// Plain JavaScript for the Node that the machine has. Quiet and quick when nothing changed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The package manager, always by npx. */
export const pnpmVersion = "12.21.0";
const oldestNode = 20;
const passedOn = ["SIGINT", "SIGTERM", "SIGHUP"];

/** The repository's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const modules = join(root, "node_modules");
const stampFile = join(modules, ".mrgc-setup");
const logFile = join(modules, ".cache", "mrgc-setup.log");
const lockFile = join(modules, ".cache", "mrgc-setup.lock");
const newerNode = join(modules, "node", "bin", process.platform === "win32" ? "node.exe" : "node");

/**
 * Makes the workspace ready and gives the environment in which to run it: the newer Node comes first on PATH.
 * Ends the process with a clear message when a step fails.
 */
export async function setUp() {
  if (Number(process.versions.node.split(".")[0]) < oldestNode) {
    fail(
      `Node ${oldestNode} or newer is needed, this is ${process.version}.`,
      "Install a newer Node and call the command again.",
    );
  }
  const wanted = fingerprint();
  const isReady = () => existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted;
  if (!isReady()) {
    await alone(async () => {
      if (!isReady()) {
        await install();
        writeFileSync(stampFile, wanted);
      }
    });
  }
  const env = { ...process.env, PATH: `${dirname(newerNode)}${delimiter}${process.env.PATH ?? ""}` };
  // npm hands its own settings down; a nested npm or npx would warn about each.
  for (const name of Object.keys(env)) {
    if (/^npm_(config|package|lifecycle)_/.test(name)) {
      delete env[name];
    }
  }
  return env;
}

/** Runs one of the workspace's own programs with the newer Node and gives its exit code. Signals end it, too. */
export function runNode(args, env, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(newerNode, args, { cwd: root, stdio: "inherit", ...options, env });
    const passOn = (signal) => {
      // A terminal sends Ctrl-C to the child as well, and a second one would stop it at once.
      if (signal !== "SIGINT" || !process.stdin.isTTY) {
        child.kill(signal);
      }
    };
    for (const signal of passedOn) {
      process.on(signal, passOn);
    }
    child.on("error", (error) =>
      fail(`${newerNode} cannot be run: ${error.message}`, "Delete node_modules and call the command again."),
    );
    child.on("exit", (code, signal) => {
      for (const name of passedOn) {
        process.off(name, passOn);
      }
      resolve(code ?? 128 + (constants.signals[signal] ?? 1));
    });
  });
}

function fingerprint() {
  const hash = createHash("sha256").update(process.platform).update(process.arch);
  const folders = [
    ".",
    ...readdirSync(join(root, "packages")).map((name) => join("packages", name)),
    "stacks",
    "policy-pack",
    "benchmarks",
  ];
  const files = ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...folders.map((folder) => join(folder, "package.json"))];
  for (const file of files.filter((file) => existsSync(join(root, file)))) {
    hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}

/** Does work that no two commands may do at once; the lock of a process that is gone does not count. */
async function alone(work) {
  mkdirSync(dirname(lockFile), { recursive: true });
  for (let waiting = false; !takeLock(); waiting = true) {
    const owner = Number(existsSync(lockFile) ? readFileSync(lockFile, "utf8") : 0);
    if (!isAlive(owner)) {
      rmSync(lockFile, { force: true });
      continue;
    }
    if (!waiting) {
      process.stderr.write(`Process ${owner} sets up the workspace; waiting for it\n`);
    }
    await sleep(500);
  }
  const release = () => rmSync(lockFile, { force: true });
  process.once("exit", release);
  await work();
  process.off("exit", release);
  release();
}

function takeLock() {
  // Linked, the file has its content from its first moment on.
  const draft = `${lockFile}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, lockFile);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") {
      throw error;
    }
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return pid > 0;
  } catch (error) {
    return error.code === "EPERM";
  }
}

async function install() {
  mkdirSync(dirname(logFile), { recursive: true });
  const first = !existsSync(newerNode);
  process.stderr.write(
    first ? "Setting up: packages and Node from npm (once, about a minute)\n" : "Setting up: packages changed\n",
  );
  const started = Date.now();
  const ticker = process.stderr.isTTY
    ? setInterval(() => process.stderr.write(`\r  ${Math.round((Date.now() - started) / 1000)} s `), 1000)
    : undefined;
  const log = openSync(logFile, "w");
  const code = await new Promise((resolve) => {
    const npx = process.platform === "win32" ? "npx.cmd" : "npx";
    const child = spawn(npx, ["--yes", `pnpm@${pnpmVersion}`, "install", "--frozen-lockfile"], {
      cwd: root,
      stdio: ["ignore", log, log],
      env: { ...process.env, CI: "true", npm_config_loglevel: "error" },
      shell: process.platform === "win32",
    });
    child.on("error", () => resolve(127));
    child.on("exit", resolve);
  });
  clearInterval(ticker);
  process.stderr.write(process.stderr.isTTY ? "\r" : "");
  const works = code === 0 && spawnSync(newerNode, ["--version"]).status === 0;
  if (!works) {
    explainFailure(readFileSync(logFile, "utf8"));
  }
}

function explainFailure(log) {
  const step =
    /pnpm@|npx/.test(log) && !/node_modules/.test(log)
      ? `getting pnpm ${pnpmVersion}`
      : "installing the packages of pnpm-lock.yaml";
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|fetch failed|dns error|META_FETCH_FAIL/i.test(log)) {
    fail(
      `Setup needs the npm registry for ${step}, and the network did not give it.`,
      "Check the connection or the proxy (`npm config get registry`, HTTPS_PROXY), then call the command again: it goes on from here.",
    );
  }
  const lines = log.trim().split("\n").slice(-8).join("\n  ");
  fail(`Setup failed while ${step}:\n  ${lines}`, "The whole log is node_modules/.cache/mrgc-setup.log.");
}

function fail(what, mend) {
  process.stderr.write(`${what}\n${mend}\n`);
  process.exit(1);
}
