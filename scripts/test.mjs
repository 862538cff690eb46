// npm test: every check there is, one after the other, and a last line that counts them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, runNode, setUp } from "./setup.mjs";

const reportFile = join(root, "node_modules", ".cache", "vitest-report.json");
const vitestReport = `--outputFile.json=${reportFile}`;

const checks = [
  { name: "type check", args: ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"] },
  { name: "lint", args: ["node_modules/eslint/bin/eslint.js", ".", "--max-warnings", "0"] },
  { name: "format", args: ["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."] },
  { name: "unused code", args: ["node_modules/knip/bin/knip.js", "--no-progress"] },
  {
    name: "public API without a doc comment",
    args: ["node_modules/typedoc/bin/typedoc", "--tsconfig", "tsconfig.reference.json", "--emit", "none"],
  },
];

const env = await setUp();
installDebianPackages();
const toolsReady = (await runNode(["test/support/python-tools.ts"], env)) === 0;
if (!toolsReady) {
  process.stderr.write("Tools from PyPI could not be set up: the tests that need them will fail.\n");
}

const outcome = { passed: 0, failed: 0, skipped: 0 };
const chosen = process.argv.slice(2);
if (chosen.length === 0) {
  for (const check of checks) {
    const started = Date.now();
    const passed = (await runNode(check.args, env)) === 0;
    outcome[passed ? "passed" : "failed"] += 1;
    process.stdout.write(
      `${passed ? "ok    " : "FAILED"} ${check.name} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`,
    );
  }
}
await vitest();
process.stdout.write(`${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped\n`);
process.exitCode = outcome.failed === 0 && outcome.passed > 0 ? 0 : 1;

async function vitest() {
  mkdirSync(join(root, "node_modules", ".cache"), { recursive: true });
  rmSync(reportFile, { force: true });
  const args = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=json",
    vitestReport,
    ...chosen,
  ];
  const code = await runNode(args, env);
  if (!existsSync(reportFile)) {
    outcome.failed += 1;
    return;
  }
  const report = JSON.parse(readFileSync(reportFile, "utf8"));
  outcome.passed += report.numPassedTests;
  outcome.failed += report.numFailedTests;
  outcome.skipped += report.numPendingTests + report.numTodoTests;
  if (code !== 0 && report.numFailedTests === 0) {
    // A suite that could not be loaded, or an error outside of any test.
    outcome.failed += 1;
  }
}

function installDebianPackages() {
  const wanted = readFileSync(join(root, "test", "support", "apt-packages.txt"), "utf8")
    .split("\n")
    .filter((line) => line !== "");
  const installed = (name) => spawnSync("dpkg", ["-s", name]).status === 0;
  const missing = wanted.filter((name) => !installed(name));
  if (missing.length === 0 || process.getuid?.() !== 0 || spawnSync("which", ["apt-get"]).status !== 0) {
    return;
  }
  process.stderr.write(`Setting up: Debian packages ${missing.join(", ")}\n`);
  const quiet = { stdio: "ignore", env: { ...env, DEBIAN_FRONTEND: "noninteractive" } };
  spawnSync("apt-get", ["update"], quiet);
  // One by one: Ubuntu has no package `chromium`, and one that cannot be had must not keep the others away.
  for (const name of missing) {
    spawnSync("apt-get", ["install", "--yes", "--no-install-recommends", name], quiet);
  }
}
