import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { say } from "./driver.ts";
import { describeFalseFailovers, measureFalseFailovers } from "./false-failovers.ts";
import { machineFacts } from "./machine.ts";
import { describeMigration, measureMigration } from "./migration.ts";
import { describeRestore, measureRestore } from "./restore.ts";
import { describeMajorityLoss, describeZoneLoss, measureMajorityLoss, measureZoneLoss } from "./zone-loss.ts";

const parts = ["migration", "zone-loss", "lost-majority", "false-failovers", "restore"] as const;
type Part = (typeof parts)[number];

const usage = `npm run bench -- hot-tier [options]
  --part <name>    one of ${parts.join(", ")}; more than once for several (default: all)
  --quick          tiny sizes, to see that it works; keeps no results
  --server <name>  migration: valkey-9.1 or redis-7.0 (default: both); more than once for several
  --keys <count>   migration: keys that fill the cluster (default 300000); restore: keys (default 1000000)
  --nodes <count>  zone-loss: 9, 18 or 48 (default: all three); lost-majority and false-failovers (default 9)
  --runs <count>   zone-loss and lost-majority: runs (default 20); migration: pairs (default 5)
  --seconds <s>    false-failovers: how long (default 60)
  --directory <d>  where the servers keep their files (default: the system's temporary directory); /dev/shm for no disk at all`;

const { values } = parseArgs({
  options: {
    part: { type: "string", multiple: true },
    server: { type: "string", multiple: true },
    quick: { type: "boolean", default: false },
    keys: { type: "string" },
    nodes: { type: "string", multiple: true },
    runs: { type: "string" },
    seconds: { type: "string" },
    directory: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

function fail(message: string): never {
  process.stderr.write(`${message}\n\n${usage}\n`);
  process.exit(1);
}

function count(name: "keys" | "runs" | "seconds", full: number, quick: number): number {
  const value = values[name] === undefined ? (values.quick ? quick : full) : Number(values[name]);
  return Number.isInteger(value) && value > 0 ? value : fail(`--${name} has to be a whole number above 0.`);
}

function nodeCounts(full: readonly number[]): readonly number[] {
  const counts = values.nodes?.map(Number) ?? (values.quick ? [9] : full);
  if (counts.some((nodes) => nodes % 3 !== 0 || !(nodes >= 9) || nodes === 12)) {
    fail("--nodes has to be 9, or a multiple of 3 from 15 on: three zones, and no 4 shards, which cannot lose a zone.");
  }
  return counts;
}

function chosen<Name extends string>(
  given: readonly string[] | undefined,
  known: readonly Name[],
  what: string,
): Name[] {
  const unknown = given?.filter((name) => !known.includes(name as Name)) ?? [];
  return unknown.length > 0
    ? fail(`--${what} ${unknown.join(", ")}: has to be one of ${known.join(", ")}.`)
    : known.filter((name) => given?.includes(name) ?? true);
}

/** Each part's results, one after the other, with what a person reads of them. */
const measure: Record<Part, () => AsyncGenerator<{ readonly result: unknown; readonly text: string }>> = {
  async *migration() {
    for (const server of chosen(values.server, ["valkey-9.1", "redis-7.0"] as const, "server")) {
      const result = await measureMigration(server, count("keys", 300_000, 10_000), count("runs", 5, 1));
      yield { result, text: describeMigration(result) };
    }
  },
  async *"zone-loss"() {
    for (const nodes of nodeCounts([9, 18, 48])) {
      const result = await measureZoneLoss(nodes, count("runs", 20, 1));
      yield { result, text: describeZoneLoss(result) };
    }
  },
  async *"lost-majority"() {
    for (const nodes of nodeCounts([9])) {
      const result = await measureMajorityLoss(nodes, count("runs", 20, 1));
      yield { result, text: describeMajorityLoss(result) };
    }
  },
  async *"false-failovers"() {
    for (const nodes of nodeCounts([9])) {
      const result = await measureFalseFailovers(nodes, count("seconds", 60, 5));
      yield { result, text: describeFalseFailovers(result) };
    }
  },
  async *restore() {
    const result = await measureRestore(count("keys", 1_000_000, 5_000));
    yield { result, text: describeRestore(result) };
  },
};

if (values.help) {
  process.stdout.write(`${usage}\n`);
  process.exit();
}
for (const signal of ["SIGINT", "SIGTERM"]) {
  // An ordinary exit kills the servers that were started.
  process.once(signal, () => process.exit(130));
}

// Where test support makes its directories.
process.env.TMPDIR = values.directory ?? tmpdir();

const began = new Date();
const directory = join(import.meta.dirname, "results");
const file = join(directory, `${began.toISOString().slice(0, 19).replaceAll(":", "-")}.json`);
const report = { at: began.toISOString(), machine: machineFacts(), results: [] as unknown[] };
for (const part of chosen(values.part, parts, "part")) {
  for await (const { result, text } of measure[part]()) {
    process.stdout.write(`\n${text}\n\n`);
    report.results.push({ part, ...(result as object) });
    if (values.quick) {
      continue;
    }
    // After each result, so that a run that is stopped keeps what it has.
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  }
}
say(`${Math.round((Date.now() - began.getTime()) / 1_000)} s in all${values.quick ? "" : `; ${file}`}`);
process.exit();
