import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findCli } from "../../packages/sandbox/src/attach/find-cli.ts";

/** How long something took, and the most memory that it and all its children had together. */
interface Measurement {
  seconds: number;
  peakMib: number;
}

const root = join(import.meta.dirname, "../..");
const { values } = parseArgs({ options: { runs: { type: "string", default: "5" } } });
const runs = Number(values.runs);
const sampleMs = 20;

// A folder of its own, so that what `npm start` left does not change what is measured: every preview is of a first `up`.
const state = mkdtempSync(join(tmpdir(), "preview-benchmark-"));
process.on("exit", () => rmSync(state, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));

const main = join(root, "packages/sandbox/src/main.ts");
const preview = (engine: string) => [main, "preview", "--stack", "us-east-1", "--engine", engine, "--state-dir", state];
const candidates: Record<string, { args: string[]; cwd: string }> = {
  floor: { args: [join(import.meta.dirname, "floor.ts")], cwd: root },
  preview: { args: preview("embedded"), cwd: root },
  "preview with the pack": { args: [...preview("embedded"), "--policy-pack", "policy-pack"], cwd: root },
  ...(findCli() ? { "preview by the real CLI": { args: preview("cli"), cwd: root } } : {}),
};

const measured: Record<string, Measurement[]> = {};
for (let round = 0; round <= runs; round += 1) {
  // Interleaved, so that whatever else the machine does meets all of them; the first round warms caches and is dropped.
  for (const [name, { args, cwd }] of Object.entries(candidates)) {
    const result = await measure(args, cwd);
    if (round > 0) {
      (measured[name] ??= []).push(result);
    }
  }
}
report();

function report(): void {
  const floor = measured.floor ?? [];
  process.stdout.write(`${runs} interleaved rounds, medians; ratio to the floor (Node that loads the same SDKs)\n`);
  for (const [name, results] of Object.entries(measured)) {
    const seconds = median(results.map((result) => result.seconds));
    const peakMib = median(results.map((result) => result.peakMib));
    const time = seconds / median(floor.map((result) => result.seconds));
    const memory = peakMib / median(floor.map((result) => result.peakMib));
    process.stdout.write(
      `${name.padEnd(24)} ${seconds.toFixed(2)} s (${time.toFixed(2)} x)  ${peakMib.toFixed(0)} MiB (${memory.toFixed(2)} x)\n`,
    );
  }
}

function measure(args: string[], cwd: string): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
    let peakMib = 0;
    const sampler = setInterval(() => {
      peakMib = Math.max(peakMib, treeMib(child.pid ?? 0));
    }, sampleMs);
    child.on("exit", (code) => {
      clearInterval(sampler);
      const seconds = (performance.now() - started) / 1000;
      if (code === 0) {
        resolve({ seconds, peakMib });
      } else {
        reject(new Error(`${args.join(" ")} ended with ${code}`));
      }
    });
  });
}

/** Resident memory of a process and everything below it, MiB. */
function treeMib(pid: number): number {
  const children = new Map<number, number[]>();
  const resident = new Map<number, number>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${entry}/status`, "utf8");
      const parent = Number(/PPid:\s+(\d+)/.exec(status)?.[1]);
      resident.set(Number(entry), Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    } catch {
      // It ended between the listing and the reading.
    }
  }
  const sum = (of: number): number =>
    (resident.get(of) ?? 0) + (children.get(of) ?? []).reduce((total, child) => total + sum(child), 0);
  return sum(pid);
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
