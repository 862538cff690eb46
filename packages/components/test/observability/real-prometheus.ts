import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { vi } from "vitest";

/** Whether Debian's Prometheus is installed. */
export const hasPrometheus = spawnSync("prometheus", ["--version"]).status === 0;

/** How long something of a second's scrapes may take on a machine that is busy. */
export const soon = { timeout: 40_000, interval: 250 };

type ScrapeJob = Record<string, unknown>;

/** An answer to a query: the series and its value now. */
export interface Sample {
  metric: Record<string, string>;
  value: [number, string];
}

/**
 * A job as it is configured, with one target that discovery would have found.
 *
 * @param found labels that discovery would give the target
 * @throws Error when the configuration has no such job
 */
export function withTarget(config: string, name: string, port: number, found: Record<string, string>): ScrapeJob {
  const { scrape_configs } = JSON.parse(config) as { scrape_configs: ScrapeJob[] };
  const job = scrape_configs.find(({ job_name }) => job_name === name);
  if (job === undefined) {
    throw new Error(`no job is called ${name}`);
  }
  const own = Object.entries(job).filter(([setting]) => !/^static_configs$|_sd_configs$/.test(setting));
  return { ...Object.fromEntries(own), static_configs: [{ targets: [`127.0.0.1:${port}`], labels: found }] };
}

/** A real Prometheus that scrapes every second. */
export class RealPrometheus {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(port: number, process: ChildProcess) {
    this.port = port;
    this.#process = process;
  }

  /** @param rules text of a rule file, evaluated every second too */
  static async start(folder: string, jobs: ScrapeJob[], rules?: string): Promise<RealPrometheus> {
    const config = {
      global: { scrape_interval: "1s", scrape_timeout: "1s" },
      scrape_configs: jobs,
      ...(rules === undefined ? {} : { rule_files: ["rules.json"] }),
    };
    writeFileSync(join(folder, "prometheus.json"), JSON.stringify(config));
    if (rules !== undefined) {
      writeFileSync(join(folder, "rules.json"), rules.replaceAll('"interval": "1m"', '"interval": "1s"'));
    }
    const port = await freePort();
    const args = [
      "--config.file=prometheus.json",
      `--web.listen-address=127.0.0.1:${port}`,
      "--storage.tsdb.path=kept",
    ];
    const prometheus = new RealPrometheus(port, spawn("prometheus", args, { cwd: folder, stdio: "ignore" }));
    await vi.waitFor(() => fetch(`http://127.0.0.1:${port}/-/ready`), soon);
    return prometheus;
  }

  async query(expr: string): Promise<Sample[]> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/api/v1/query?query=${encodeURIComponent(expr)}`);
    return ((await answer.json()) as { data: { result: Sample[] } }).data.result;
  }

  stop(): Promise<void> {
    return killed(this.#process);
  }
}

/** Ends a process at once, if it still runs. */
export async function killed(process: ChildProcess | undefined): Promise<void> {
  if (process !== undefined && process.exitCode === null && process.signalCode === null) {
    process.kill("SIGKILL");
    await once(process, "exit");
  }
}

/** A port of loopback that nobody uses at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await once(server.close(), "close");
  return port;
}
