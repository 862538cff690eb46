import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { pythonTools } from "../../../../test/support/python-tools.ts";
import { collectorConfig } from "../../src/observability/collector-plan.ts";
import { keptProxyMetrics, podScrapeFile } from "../../src/observability/pod-scrape.ts";
import { rulesFile } from "../../src/observability/prometheus-rules.ts";
import { ClientTls } from "../../src/proxy-fleet/args.ts";
import {
  certificateResource,
  envoyConfig as proxyConfig,
  type EnvoySurroundings,
  secretFiles,
} from "../../src/proxy-fleet/envoy-config.ts";
import { testZones } from "../../src/regional-gpu-cluster/fixtures.ts";
import { envoyConfig as routerConfig } from "../../src/regional-gpu-cluster/envoy-config.ts";
import { routerPlan } from "../../src/regional-gpu-cluster/router-plan.ts";
import { healthy } from "../../src/testing/synthetic-series.ts";
import { freePorts, LocalCluster, redisCli, remove, secretsFolder, user } from "../proxy-fleet/cluster.ts";
import { makeCertificate } from "../regional-gpu-cluster/certificates.ts";
import { freePorts as routerPorts, type RunningEnvoy, startEnvoy } from "../regional-gpu-cluster/envoy.ts";
import { GpuHost } from "../regional-gpu-cluster/gpu-host.ts";
import { NameServer } from "../regional-gpu-cluster/name-server.ts";
import { health, infer } from "../regional-gpu-cluster/tenant.ts";
import { hasPrometheus, killed, RealPrometheus, type Sample, soon, withTarget } from "./real-prometheus.ts";

const region = "us-east-1";
const login = ["--user", user.name, "--pass", user.password];

describe.skipIf(!hasPrometheus)("proxies and routers, read by a real Prometheus (skipped without it)", () => {
  let folder: string;
  let cluster: LocalCluster | undefined;
  let proxy: { process: ChildProcess; requests: number; metrics: number };
  let names: NameServer;
  let host: GpuHost;
  let router: RunningEnvoy;
  let prometheus: RealPrometheus;
  let errorsWhileWell: Sample[];

  const query = (expr: string) => prometheus.query(expr);

  async function startProxy(): Promise<void> {
    folder = secretsFolder();
    writeFileSync(join(folder, "certificate.json"), JSON.stringify(certificateResource(folder)));
    cluster = await LocalCluster.redisWithTls(folder);
    const [requests = 0, admin = 0, metrics = 0, envoy = 0] = await freePorts(4);
    const surroundings: EnvoySurroundings = {
      ports: { requests, admin, metrics, envoy },
      secretsPath: folder,
      configPath: folder,
    };
    const config = proxyConfig(proxySettings(cluster.ports[0]!), surroundings);
    const args = ["--config-yaml", JSON.stringify(config), "--concurrency", "1", "--disable-hot-restart"];
    proxy = { process: spawn(await envoyBinary(), args, { stdio: "ignore" }), requests, metrics };
  }

  const proxySettings = (port: number) => ({
    endpoint: "localhost",
    port,
    certificateAuthorityPem: readFileSync(join(folder, secretFiles.authority), "utf8"),
    clientTls: ClientTls.AtLoadBalancer,
  });

  async function startRouter(): Promise<{ metrics: number; ask: () => Promise<string> }> {
    const certificate = makeCertificate();
    const ports = await routerPorts();
    const asItIs = (dataKey: Buffer) => dataKey;
    const plan = routerPlan({ modelPort: ports.model }, "use1", region, testZones, 1);
    names = await NameServer.start();
    names.records.set(`gpu-use1-az1-0.${plan.namespace}`, ["127.0.1.1"]);
    testZones.forEach((zoneId) => names.records.set(`router-${zoneId}.${plan.namespace}`, ["127.0.2.1"]));
    host = await GpuHost.start("127.0.1.1", ports.model, certificate, asItIs);
    const surroundings = { ports, resolver: { address: "127.0.0.1", port: names.port } };
    router = await startEnvoy(routerConfig(plan, "use1-az1", surroundings), certificate);
    await vi.waitFor(async () => expect(await health(ports.health)).toBe(200), soon);
    const tenant = { name: "acme", endpointId: "vpce-0123456789abcdef0", wrap: asItIs };
    return {
      metrics: ports.metrics,
      ask: () => infer({ ...tenant, authority: certificate.authority }, ports.tls, "x"),
    };
  }

  async function startPrometheus(routerMetrics: number): Promise<void> {
    const scraped = podScrapeFile(region);
    const collected = collectorConfig({
      region,
      zoneIds: testZones,
      scrapeSeconds: 15,
      workspaceEndpoint: "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-1/",
      gpu: { clusterName: "gpu", hostSecurityGroupId: "sg-hosts", namespaceName: "gpu.internal" },
      database: false,
    });
    const jobs = [
      withTarget(scraped, "pods", proxy.metrics, {
        __meta_kubernetes_pod_container_port_name: "metrics",
        __meta_kubernetes_pod_label_app: "prism-proxy",
        __meta_kubernetes_pod_name: "prism-proxy-1",
        __meta_kubernetes_pod_node_name: "node-1",
      }),
      withTarget(collected, "mrgc-router", routerMetrics, { __meta_dns_name: "router-use1-az1.gpu.internal" }),
    ];
    prometheus = await RealPrometheus.start(folder, jobs, rulesFile());
  }

  beforeAll(async () => {
    await startProxy();
    const { metrics, ask } = await startRouter();
    await startPrometheus(metrics);
    const command = (...words: string[]) => redisCli(proxy.requests, folder, login, words);
    await vi.waitFor(() => command("SET", "word", "x"), soon);
    await vi.waitFor(async () => {
      command("GET", "word");
      // The server answers a client's mistake: that is no error of the proxy's.
      expect(() => command("INCR", "word")).toThrow(/not an integer/);
      await ask();
      expect(await query("job:envoy_redis_latency:p99_us > 0")).toHaveLength(1);
      expect(await query("job:envoy_latency:p99_ms > 0")).toHaveLength(1);
    }, soon);
    errorsWhileWell = await query("job:envoy_redis_errors:ratio");
    await cluster?.stop();
    cluster = undefined;
    await vi.waitFor(async () => {
      expect(command("GET", "word")).toMatch(/upstream/);
      expect(await query("job:envoy_redis_errors:ratio > 0")).toHaveLength(1);
    }, soon);
  }, 180_000);

  afterAll(async () => {
    await router?.stop();
    await killed(proxy?.process);
    await prometheus?.stop();
    await Promise.all([cluster?.stop(), names?.stop(), host?.stop()]);
    remove(folder);
  });

  const synthetic = Object.keys(healthy).filter((series) => /job="(prism-proxy|mrgc-router)"/.test(series));

  it.each(synthetic)("really have the synthetic series %s", async (series) => {
    // A class of answers and a bucket come into being with the first answer that falls into them.
    const kind = series.replace(/,?envoy_response_code_class="5"/, "").replace(/,le="[^"]*"/, "");
    expect((await query(kind)).length).toBeGreaterThan(0);
  });

  it("have of a proxy's thousands of series those that rules and panels ask for", async () => {
    const names = (await query(`{job="prism-proxy",__name__=~"envoy_.+"}`)).map(({ metric }) => metric.__name__);
    expect([...new Set(names)].sort()).toEqual(keptProxyMetrics);
    expect(await query(`{__tmp_asked!=""}`)).toEqual([]);
  });

  it("are told apart by what they serve: health checks and metrics are no requests, routers have no commands", async () => {
    const jobs = async (record: string) => [...new Set((await query(record)).map(({ metric }) => metric.job))];
    expect(await jobs("job:envoy_errors:ratio")).toEqual(["mrgc-router"]);
    expect(await jobs("job:envoy_redis_errors:ratio")).toEqual(["prism-proxy"]);
    const commands = (await query("job:envoy_redis_commands:rate5m > 0")).map(
      ({ metric }) => metric.envoy_redis_command,
    );
    expect(commands.sort()).toEqual(expect.arrayContaining(["get", "incr"]));
  });

  it("have an error where a command had no answer, and none for a client's mistake", async () => {
    expect(errorsWhileWell.map(({ value }) => value[1])).toEqual(["0"]);
    const failed = (await query("envoy_redis_command_error > 0")).map(({ metric }) => metric.envoy_redis_command);
    expect(failed).toEqual(["get"]);
  });

  it("have spans of requests and none of commands: the Redis filter takes no tracer (decision 116)", async () => {
    const traced = JSON.stringify(
      proxyConfig(proxySettings(6379), { secretsPath: folder, configPath: folder }),
    ).replace(`"stat_prefix":"hot_tier"`, `"stat_prefix":"hot_tier","tracing":{}`);
    const validated = promisify(execFile)(await envoyBinary(), ["--mode", "validate", "--config-yaml", traced]);
    await expect(validated).rejects.toThrow(/no\s+such\s+field:\s+'tracing'/);
  });
});

async function envoyBinary(): Promise<string> {
  return join((await pythonTools()).sitePackages, "envoy", "_bin", "envoy");
}
