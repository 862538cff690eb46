import { spawn } from "node:child_process";
import { splitAddress } from "./places.ts";

export interface ThroughputOptions {
  readonly seconds: number;
  /** Connections at once: one alone gets at most 5 Gbps between placement groups (E33). */
  readonly streams: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a run of iperf3 moved from here to there. */
export interface Throughput {
  readonly seconds: number;
  /** As the other end received it. */
  readonly bitsPerSecond: number;
  readonly retransmits: number;
}

/** Said instead of a measurement where the program is not there. */
export const iperfMissing =
  "iperf3 is not installed on this machine: dnf install iperf3 (Amazon Linux 2023) or apt-get install iperf3 (Debian)";

/**
 * Runs the machine's own `iperf3` against one that serves at `address` (`iperf3 -s`).
 *
 * @throws Error with iperf3's own words, or with how to install it
 */
export async function measureThroughput(address: string, options: ThroughputOptions): Promise<Throughput> {
  const { host, port } = splitAddress(address);
  const args = ["--client", host, "--port", String(port), "--json", "--connect-timeout", "3000"];
  const { signal } = options;
  const output = await new Promise<string>((resolve, reject) => {
    const child = spawn("iperf3", [...args, "--time", String(options.seconds), "--parallel", String(options.streams)], {
      stdio: ["ignore", "pipe", "ignore"],
      ...(signal === undefined ? {} : { signal }),
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new Error(iperfMissing, { cause: error }) : error),
    );
    child.once("close", () => resolve(text));
  });
  return parseIperf(output);
}

/**
 * Reads iperf3's `--json`.
 *
 * @throws Error with its `error`, or when it holds no sum
 */
export function parseIperf(output: string): Throughput {
  let report: IperfReport;
  try {
    report = JSON.parse(output) as IperfReport;
  } catch (error) {
    throw new Error(`iperf3 gave no JSON: ${output.slice(0, 200)}`, { cause: error });
  }
  if (report.error !== undefined) {
    throw new Error(`iperf3: ${report.error}`);
  }
  const received = report.end?.sum_received;
  if (typeof received?.bits_per_second !== "number" || typeof received.seconds !== "number") {
    throw new Error("iperf3 gave no sum: it was stopped before its end");
  }
  return {
    seconds: received.seconds,
    bitsPerSecond: received.bits_per_second,
    retransmits: report.end?.sum_sent?.retransmits ?? 0,
  };
}

interface IperfReport {
  readonly error?: string;
  readonly end?: {
    readonly sum_sent?: { readonly retransmits?: number };
    readonly sum_received?: { readonly bits_per_second?: number; readonly seconds?: number };
  };
}
