import { writeFile } from "node:fs/promises";
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import type { LoadOptions } from "./load.ts";
import { splitAddress } from "./places.ts";
import { makeReport, renderReport } from "./report.ts";
import type { Row } from "./report.ts";
import { bench, probe } from "./run.ts";
import type { CheckContext, ProbeOptions } from "./run.ts";
import { findTargets } from "./targets.ts";
import type { TargetOptions, Targets } from "./targets.ts";
import { Verdict } from "./verdict.ts";

interface CheckOptions extends TargetOptions {
  readonly json?: string;
  readonly count: number;
  readonly iperf?: readonly string[];
  readonly iperfSeconds: number;
  readonly iperfStreams: number;
  readonly baselineGbps?: number;
  readonly seconds: number;
  readonly clients: number;
  readonly pipeline: number;
  readonly valueBytes: number;
  readonly reads: number;
  readonly keys: number;
  readonly rate: number;
}

/** What a check may be asked to do; the defaults are a load that a cluster in use does not notice. */
const defaults = {
  /** The documents' `ping -c 100`. */
  count: 100,
  /** 20 s at 5,000/s are the 100,000 requests of the documents' redis-benchmark, and leave this process idle half of the time. */
  seconds: 20,
  rate: 5_000,
  clients: 5,
  pipeline: 1,
  /** The documents' average payload. */
  valueBytes: 1_024,
  reads: 0.9,
  keys: 10_000,
  /** The documents' 60 s are within a burst as well: it is the baseline that has to hold. */
  iperfSeconds: 10,
  /** The documents' `iperf3 -P 10`. */
  iperfStreams: 10,
} as const;

const exitCodes = { failed: 1, interrupted: 130 };

/** Adds `bench`, `probe` and `check`: measurements on the live network and cluster against what the documents promise. */
export function addCheckCommands(program: Command, write: (line: string) => void): void {
  const add = (
    name: string,
    description: string,
    measure: (targets: Targets, options: CheckOptions, context: CheckContext) => Promise<Row[]>,
  ): Command =>
    targetOptions(program.command(name).description(description)).action(async (own: CheckOptions) => {
      await report({ ...program.opts<TargetOptions>(), ...own }, measure, write);
    });
  loadOptions(add("bench", "load a cluster gently and compare its latencies with the documents'", benchRows));
  probeOptions(add("probe", "measure round trips and throughput to every node and endpoint", probeRows));
  loadOptions(
    probeOptions(
      add("check", "probe and bench a region: one report, exit code 0 only if nothing failed", async (...given) => [
        ...(await probeRows(...given)),
        ...(given[2].signal.aborted ? [] : await benchRows(...given)),
      ]),
    ),
  );
}

async function report(
  options: CheckOptions,
  measure: (targets: Targets, options: CheckOptions, context: CheckContext) => Promise<Row[]>,
  write: (line: string) => void,
): Promise<void> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  signals.forEach((signal) => process.once(signal, interrupt));
  try {
    const startedAt = new Date().toISOString();
    const targets = await findTargets(options, process.env);
    const progress = (line: string): void => void process.stderr.write(`${line}\n`);
    const rows = await measure(targets, options, { signal: stop.signal, progress });
    const { region, fromZone } = targets;
    const found = makeReport(rows, {
      ...(region === undefined ? {} : { region }),
      ...(fromZone === undefined ? {} : { fromZone }),
      startedAt,
      interrupted: stop.signal.aborted,
    });
    const json = JSON.stringify(found, undefined, 2);
    if (options.json !== undefined && options.json !== "-") {
      await writeFile(options.json, `${json}\n`);
    }
    write(options.json === "-" ? json : renderReport(found));
    process.exitCode = found.interrupted
      ? exitCodes.interrupted
      : found.verdict === Verdict.Fail
        ? exitCodes.failed
        : 0;
  } finally {
    signals.forEach((signal) => process.removeListener(signal, interrupt));
  }
}

function benchRows(targets: Targets, options: CheckOptions, context: CheckContext): Promise<Row[]> {
  const { seconds, clients, pipeline, valueBytes, reads, keys, rate } = options;
  const load: LoadOptions = { seconds, clients, pipeline, valueBytes, readShare: reads, keys, mostPerSecond: rate };
  return bench(targets, load, context);
}

function probeRows(targets: Targets, options: CheckOptions, context: CheckContext): Promise<Row[]> {
  const { count, iperf = [], iperfSeconds, iperfStreams, baselineGbps } = options;
  const wanted: ProbeOptions = {
    count,
    iperf,
    iperfSeconds,
    iperfStreams,
    ...(baselineGbps === undefined ? {} : { baselineBitsPerSecond: baselineGbps * 1e9 }),
  };
  return probe(targets, wanted, context);
}

function targetOptions(command: Command): Command {
  return command
    .option("--region <region>", "region to check; its stack is asked for by the Pulumi CLI unless --outputs is given")
    .option("--outputs <file>", "what `pulumi stack output --json` printed; - for standard input")
    .option("--secret <id>", "secret with username, password and ca to log in by (default: the stack's)")
    .option("--from-zone <zone id>", "zone of this machine (default: by its address, in the stack's subnets)")
    .option("--endpoint <name=host:port>", "one more endpoint to connect to; once for each", collect)
    .option("--json <file>", "write the report as JSON too; - for JSON instead of the table");
}

function probeOptions(command: Command): Command {
  return command
    .option("--count <count>", "round trips to each address", wholeNumber(1, 100_000), defaults.count)
    .option("--iperf <zone=host:port>", "machine where `iperf3 -s` runs; once for each", collectServer)
    .option("--iperf-seconds <seconds>", "length of each iperf3 run", wholeNumber(1, 3_600), defaults.iperfSeconds)
    .option("--iperf-streams <count>", "connections of iperf3", wholeNumber(1, 128), defaults.iperfStreams)
    .option("--baseline-gbps <gbps>", "what the weaker end keeps (default: the node's 6.25)", between(0.001, 1_000));
}

function loadOptions(command: Command): Command {
  return command
    .option("--seconds <seconds>", "how long", between(0.1, 86_400), defaults.seconds)
    .option("--rate <per second>", "most commands a second", between(1, 10_000_000), defaults.rate)
    .option("--clients <count>", "clients at once", wholeNumber(1, 1_000), defaults.clients)
    .option("--pipeline <count>", "commands in a request", wholeNumber(1, 1_000), defaults.pipeline)
    .option("--value-bytes <bytes>", "size of values", wholeNumber(1, 1_048_576), defaults.valueBytes)
    .option("--reads <share>", "share of requests that read, 0 to 1", between(0, 1), defaults.reads)
    .option("--keys <count>", "keys to write, use and remove", wholeNumber(1, 10_000_000), defaults.keys);
}

function collect(value: string, all: readonly string[] = []): string[] {
  return [...all, value];
}

function collectServer(value: string, all: readonly string[] = []): string[] {
  const [, address] = /^[^=\s]+=(.+)$/.exec(value) ?? [];
  try {
    splitAddress(address ?? "");
  } catch {
    throw new InvalidArgumentError("Has to be zone=host:port, such as usw2-az1=10.66.1.5:5201.");
  }
  return collect(value, all);
}

function between(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= least && value <= most)) {
      throw new InvalidArgumentError(`Has to be a number from ${least} to ${most}.`);
    }
    return value;
  };
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = between(least, most)(text);
    if (!Number.isInteger(value)) {
      throw new InvalidArgumentError(`Has to be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}
