import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Pack, type Resource } from "./analyzer.ts";

const root = join(import.meta.dirname, "../..");
const { values } = parseArgs({ options: { checkpoint: { type: "string" }, runs: { type: "string", default: "3" } } });
const runs = Number(values.runs);
const parallel = 16;

/** The stack: a checkpoint that was named, or the region us-east-1 brought up in the sandbox. */
function stack(): Resource[] {
  let path = values.checkpoint;
  if (path === undefined) {
    const state = mkdtempSync(join(tmpdir(), "policy-benchmark-"));
    const up = [
      "packages/sandbox/src/main.ts",
      "up",
      "--stack",
      "us-east-1",
      "--engine",
      "embedded",
      "--state-dir",
      state,
    ];
    execFileSync(process.execPath, up, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
    path = join(state, "mrgc", "us-east-1", "checkpoint.json");
  }
  const { deployment } = JSON.parse(readFileSync(path, "utf8")) as { deployment: { resources: CheckpointResource[] } };
  return deployment.resources.map(({ urn, type, inputs, outputs, propertyDependencies }) => ({
    urn,
    type,
    name: urn.split("::").at(-1) ?? "",
    inputs: plain(inputs ?? {}),
    outputs: plain(outputs ?? {}),
    dependencies: propertyDependencies ?? {},
  }));
}

/** The key by which Pulumi marks secrets, assets and references to resources. An engine shows packs what is inside. */
const signature = "4dabf18193072939515e22adb298388d";

function plain<Value>(value: Value): Value {
  if (Array.isArray(value)) {
    return value.map(plain) as Value;
  }
  if (!(value instanceof Object)) {
    return value;
  }
  if (signature in value) {
    return "marked" as Value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item as unknown)])) as Value;
}

interface CheckpointResource {
  urn: string;
  type: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  propertyDependencies?: Record<string, string[]>;
}

/** The same stack again and again under other names, to `size` resources. */
function repeated(resources: readonly Resource[], size: number): Resource[] {
  return Array.from({ length: size }, (_, index) => {
    const resource = resources[index % resources.length] as Resource;
    const copy = Math.floor(index / resources.length);
    const rename = (urn: string) => urn.replace(/([^:]*)$/, `${copy}-$1`);
    const dependencies = Object.fromEntries(
      Object.entries(resource.dependencies).map(([property, urns]) => [property, urns.map(rename)]),
    );
    return { ...resource, urn: rename(resource.urn), name: rename(resource.name), dependencies };
  });
}

/** @pulumi/awsguard as a pack; undefined where npm cannot fetch it. */
function awsguard(): string | undefined {
  const folder = join(root, "node_modules", ".cache", "awsguard");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      name: "awsguard-pack",
      version: "1.0.0",
      main: "index.js",
      dependencies: { "@pulumi/awsguard": "0.3.1" },
    }),
  );
  writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\n");
  writeFileSync(
    join(folder, "index.js"),
    'const { AwsGuard } = require("@pulumi/awsguard");\nnew AwsGuard({ all: "mandatory" });\n',
  );
  try {
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"], {
      cwd: folder,
      stdio: "ignore",
    });
    return folder;
  } catch {
    return undefined;
  }
}

/** Milliseconds of processor time, which other programs on the machine do not stretch. */
interface Measured {
  start: number;
  resources: number;
  stack: number;
  peakMib: number;
  findings: number;
}

async function measure(folder: string, resources: readonly Resource[]): Promise<Measured> {
  const pack = await Pack.start(folder);
  try {
    const started = pack.cpuMs();
    let findings = 0;
    const queue = [...resources];
    await Promise.all(
      Array.from({ length: parallel }, async () => {
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
          findings += await pack.analyze(next);
        }
      }),
    );
    const judged = pack.cpuMs();
    findings += await pack.analyzeStack(resources);
    return {
      start: started,
      resources: (judged - started) / resources.length,
      stack: (pack.cpuMs() - judged) / resources.length,
      peakMib: pack.peakMib(),
      findings,
    };
  } finally {
    pack.stop();
  }
}

const region = stack();
const sizes = [region.length, 5000];
const packs = Object.entries({ mrgc: join(root, "policy-pack"), awsguard: awsguard() });
process.stdout.write(`${runs} interleaved rounds, medians; processor time, the protocol included\n`);
for (const size of sizes) {
  const resources = repeated(region, size);
  const results = new Map<string, Measured[]>();
  for (let round = 0; round < runs; round += 1) {
    for (const [name, folder] of packs) {
      if (folder !== undefined) {
        results.set(name, [...(results.get(name) ?? []), await measure(folder, resources)]);
      }
    }
  }
  for (const [name, folder] of packs) {
    const measured = results.get(name);
    if (folder === undefined || measured === undefined) {
      process.stdout.write(`${name}: skipped, npm cannot fetch it here\n`);
      continue;
    }
    const middle = (pick: (one: Measured) => number) =>
      measured.map(pick).sort((a, b) => a - b)[Math.floor(measured.length / 2)] ?? Number.NaN;
    const findings = size === region.length ? `  findings ${middle((one) => one.findings)}` : "";
    process.stdout.write(
      `${String(size).padStart(5)} resources  ${name.padEnd(9)} start ${middle((one) => one.start).toFixed(0)} ms  resource rules ${middle((one) => one.resources).toFixed(2)} ms ` +
        `and stack rules ${middle((one) => one.stack).toFixed(2)} ms a resource  peak ${middle((one) => one.peakMib).toFixed(0)} MiB${findings}\n`,
    );
  }
}
