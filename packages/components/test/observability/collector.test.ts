import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createSocketServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { collectorConfig, type CollectorSettings, keptMetrics } from "../../src/observability/collector-plan.ts";
import { collected } from "../../src/testing/synthetic-series.ts";
import { taskCredentials } from "../signature.ts";

const hasPrometheus = ["promtool", "prometheus"].every((program) => spawnSync(program, ["--version"]).status === 0);
const settings: CollectorSettings = {
  region: "us-east-1",
  zoneIds: ["use1-az1", "use1-az2"],
  scrapeSeconds: 15,
  workspaceEndpoint: "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-1/",
  hotTier: { clusterName: "hot-tier", securityGroupId: "sg-nodes" },
  gpu: { clusterName: "mrgc-gpu", hostSecurityGroupId: "sg-hosts", namespaceName: "mrgc-gpu.mrgc.internal" },
  database: true,
};
interface ScrapeJob {
  job_name: string;
  ec2_sd_configs?: unknown;
  dns_sd_configs?: unknown;
  static_configs?: unknown;
}
interface Config {
  global: { scrape_interval: string; scrape_timeout: string };
  scrape_configs: ScrapeJob[];
  remote_write: { url: string }[];
}

const soon = { timeout: 40_000, interval: 500 };

/** What EC2, Cloud Map or nobody says of the one target of a job: the labels that discovery would give it. */
const discovered: Record<string, Record<string, string>> = {
  node: { __meta_ec2_instance_id: "i-1", __meta_ec2_availability_zone_id: "use1-az1" },
  valkey: { __meta_ec2_instance_id: "i-1", __meta_ec2_availability_zone_id: "use1-az1" },
  dcgm: { __meta_ec2_instance_id: "i-2", __meta_ec2_availability_zone_id: "use1-az2" },
  "mrgc-router": { __meta_dns_name: "router-use1-az2.mrgc-gpu.mrgc.internal" },
  postgres: { instance: "metadata" },
};

describe.skipIf(!hasPrometheus)("the collector (skipped without Debian's prometheus)", () => {
  const folder = mkdtempSync(join(tmpdir(), "mrgc-collector-"));
  const children: ChildProcess[] = [];
  let exporters: Server;
  let keeper: number;

  const start = (program: string, args: string[]) => {
    // It looks for credentials to sign with before it starts.
    const env = { ...process.env, ...taskCredentials };
    children.push(spawn(program, args, { cwd: folder, env, stdio: "ignore" }));
  };
  const query = async (expr: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> => {
    const answer = await fetch(`http://127.0.0.1:${keeper}/api/v1/query?query=${encodeURIComponent(expr)}`);
    return ((await answer.json()) as { data: { result: [] } }).data.result;
  };

  beforeAll(async () => {
    keeper = await freePort();
    exporters = createServer((request, response) => {
      response.setHeader("content-type", "text/plain; version=0.0.4");
      // A name that nobody asks for stands for the thousands that exporters have.
      response.end(`${collected[request.url!.slice(1)]!.map((line) => `${line}\n`).join("")}nobody_asks 1\n`);
    }).listen(0, "127.0.0.1");
    await once(exporters, "listening");

    writeFileSync(join(folder, "keeper.json"), "{}");
    start("prometheus", [
      "--config.file=keeper.json",
      "--web.enable-remote-write-receiver",
      `--web.listen-address=127.0.0.1:${keeper}`,
      "--storage.tsdb.path=kept",
    ]);
    await vi.waitFor(() => fetch(`http://127.0.0.1:${keeper}/-/ready`), { timeout: 30_000, interval: 200 });

    // What discovery would say is written down, and the workspace is a Prometheus (Debian's build does not sign what it sends).
    const config = JSON.parse(collectorConfig(settings)) as Config;
    config.global.scrape_interval = config.global.scrape_timeout = "1s";
    config.remote_write[0]!.url = `http://127.0.0.1:${keeper}/api/v1/write`;
    const target = `127.0.0.1:${(exporters.address() as AddressInfo).port}`;
    for (const job of config.scrape_configs) {
      delete job.ec2_sd_configs;
      delete job.dns_sd_configs;
      const labels = { ...discovered[job.job_name], __metrics_path__: `/${job.job_name}` };
      job.static_configs = [{ targets: [target], labels }];
    }
    writeFileSync(join(folder, "collector.json"), JSON.stringify(config));
    start("prometheus", [
      "--enable-feature=agent",
      "--config.file=collector.json",
      "--storage.agent.path=agent",
      `--web.listen-address=127.0.0.1:${await freePort()}`,
    ]);
  });

  afterAll(async () => {
    for (const child of children) {
      if (child.exitCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    }
    exporters.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("has a configuration that promtool calls right, with any part left out", () => {
    const { hotTier, gpu, ...rest } = settings;
    for (const [key, some] of Object.entries({
      all: settings,
      "without a hot tier": { ...rest, gpu },
      "without a GPU cluster": { ...rest, hotTier },
      "a database alone": rest,
    })) {
      const file = join(folder, `${key}.json`);
      writeFileSync(file, collectorConfig(some));
      expect(execFileSync("promtool", ["check", "config", "--agent", file], { encoding: "utf8" }), key).toContain(
        "SUCCESS",
      );
    }
  });

  it("would be told of a wrong one", () => {
    const file = join(folder, "wrong.json");
    writeFileSync(file, collectorConfig(settings).replace("source_labels", "source_lables"));
    expect(() => execFileSync("promtool", ["check", "config", "--agent", file], { stdio: "pipe" })).toThrow();
  });

  it("reads every job and sends it to the workspace", async () => {
    await vi.waitFor(async () => {
      const jobs = (await query("up == 1")).map(({ metric }) => metric.job);
      expect(jobs.sort()).toEqual(Object.keys(keptMetrics).sort());
    }, soon);
  });

  it("sends what rules and panels ask for, and nothing else", async () => {
    await vi.waitFor(async () => {
      const names = new Set((await query(`{job!=""}`)).map(({ metric }) => metric.__name__!));
      // What Prometheus itself says of every scrape.
      const own = [...names].filter((name) => name !== "up" && !name.startsWith("scrape_"));
      expect(own.sort()).toEqual(Object.values(keptMetrics).flat().sort());
    }, soon);
    expect((await query("count by (mode) (node_cpu_seconds_total)")).map(({ metric }) => metric)).toEqual([
      { mode: "idle" },
    ]);
    expect(await query(`{envoy_http_conn_manager_prefix=~"health|metrics"}`)).toEqual([]);
  });

  it("labels each with its zone, machine and cluster", async () => {
    const labels = async (expr: string) => (await query(expr))[0]?.metric;
    expect(await labels("node_memory_MemTotal_bytes")).toMatchObject({
      job: "node",
      instance: "i-1",
      zone: "use1-az1",
      region: "us-east-1",
    });
    expect(await labels("redis_up")).toMatchObject({ job: "valkey", instance: "i-1", cluster: "hot-tier" });
    expect(await labels("DCGM_FI_DEV_GPU_TEMP")).toMatchObject({ job: "dcgm", Cluster: "mrgc-gpu", zone: "use1-az2" });
    expect(await labels("envoy_cluster_membership_healthy")).toMatchObject({ job: "mrgc-router", zone: "use1-az2" });
    expect(await labels("pg_up")).toMatchObject({ job: "postgres", instance: "metadata" });
  });
});

async function freePort(): Promise<number> {
  const server = createSocketServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await once(server.close(), "close");
  return port;
}
