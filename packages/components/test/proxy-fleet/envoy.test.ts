import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import https from "node:https";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pythonTools } from "../../../../test/support/python-tools.ts";
import { ClientTls } from "../../src/proxy-fleet/args.ts";
import {
  certificateResource,
  envoyConfig,
  type EnvoySettings,
  type Json,
  secretFiles,
} from "../../src/proxy-fleet/envoy-config.ts";
import { freePorts, LocalCluster, redisCli, remove, secretsFolder, until, user } from "./cluster.ts";

const login = ["--user", user.name, "--pass", user.password];
const zones = ["use1-az1", "use1-az2", "use1-az4"];

let folder: string;
let binary: string;

beforeAll(async () => {
  folder = secretsFolder();
  writeFileSync(join(folder, "certificate.json"), JSON.stringify(certificateResource(folder)));
  binary = join((await pythonTools()).sitePackages, "envoy", "_bin", "envoy");
});

afterAll(() => remove(folder));

function settings(port: number, clientTls: ClientTls, zoneId?: string): EnvoySettings {
  const certificateAuthorityPem = readFileSync(join(folder, secretFiles.authority), "utf8");
  const zone = zoneId === undefined ? {} : { zoneId };
  return { endpoint: "localhost", port, certificateAuthorityPem, clientTls, ...zone };
}

/** A running proxy and its ports. */
interface Proxy {
  requests: number;
  admin: number;
  metrics: number;
  process: ChildProcess;
}

async function start(config: (ports: Ports) => Json): Promise<Proxy> {
  const [requests = 0, admin = 0, metrics = 0, envoy = 0] = await freePorts(4);
  // Under the name that a pod falls back to when it does not know its zone: Envoy tells the format by the ending.
  const path = join(folder, ".json");
  writeFileSync(path, JSON.stringify(config({ requests, admin, metrics, envoy })));
  const args = ["--config-path", path, "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"];
  const process = spawn(binary, args, { stdio: "ignore" });
  const proxy = { requests, admin, metrics, process };
  await until(async () => {
    if ((await get(admin, "/health")) !== 200) throw new Error("not healthy");
  });
  return proxy;
}

interface Ports {
  requests: number;
  admin: number;
  metrics: number;
  envoy: number;
}

async function stop({ process }: Proxy): Promise<void> {
  process.kill("SIGKILL");
  await once(process, "exit");
}

/** Status of a request to the administration port, by HTTPS. */
function get(port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const ca = readFileSync(join(folder, secretFiles.authority));
    https
      .get({ host: "127.0.0.1", port, path, ca, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
      .on("error", reject);
  });
}

describe("the generated configuration", () => {
  it.each(Object.values(ClientTls))("is valid for Envoy with clients' TLS %s", async (clientTls) => {
    const config = envoyConfig(settings(6379, clientTls, "use1-az1"), { secretsPath: folder, configPath: folder });
    const run = promisify(execFile)(binary, ["--mode", "validate", "--config-yaml", JSON.stringify(config)]);
    const { stdout, stderr } = await run.catch((error: { stderr: string }) => Promise.reject(new Error(error.stderr)));
    expect(stdout + stderr).toContain("OK");
  });
});

describe("a client through the proxy, with TLS on both sides", { timeout: 90_000 }, () => {
  let cluster: LocalCluster;

  beforeAll(async () => {
    cluster = await LocalCluster.redisWithTls(folder);
  }, 90_000);
  afterAll(() => cluster.stop());

  const started = (clientTls: ClientTls) =>
    start((ports) =>
      envoyConfig(settings(cluster.ports[0] ?? 0, clientTls), { ports, secretsPath: folder, configPath: folder }),
    );

  it("writes to and reads from every shard, and shows the cluster its own certificate", async () => {
    const proxy = await started(ClientTls.AtLoadBalancer);
    try {
      for (let key = 0; key < 30; key++) {
        expect(redisCli(proxy.requests, folder, login, ["SET", `key-${key}`, `value-${key}`])).toBe("OK");
      }
      const sizes = cluster.ports.slice(0, 3).map((port) => Number(cluster.ask(port, "DBSIZE")));
      expect(sizes.reduce((sum, size) => sum + size)).toBe(30);
      expect(sizes.every((size) => size > 0)).toBe(true);
      await until(() => {
        for (let key = 0; key < 30; key++) {
          if (redisCli(proxy.requests, folder, login, ["GET", `key-${key}`]) !== `value-${key}`)
            throw new Error("late");
        }
      });
    } finally {
      await stop(proxy);
    }
  });

  it("refuses who does not log in", async () => {
    const proxy = await started(ClientTls.AtLoadBalancer);
    try {
      expect(() => redisCli(proxy.requests, folder, [], ["GET", "key-1"])).toThrow("NOAUTH");
      const wrong = ["--user", user.name, "--pass", "guess"];
      expect(() => redisCli(proxy.requests, folder, wrong, ["GET", "key-1"])).toThrow();
    } finally {
      await stop(proxy);
    }
  });

  it("admits by certificate alone when TLS is mutual, and nobody without", async () => {
    const proxy = await started(ClientTls.Mutual);
    try {
      expect(redisCli(proxy.requests, folder, [], ["SET", "mutual", "yes"])).toBe("OK");
      const ca = join(folder, secretFiles.authority);
      const bare = promisify(execFile)("/usr/bin/redis-cli", [
        ...["-h", "127.0.0.1", "-p", String(proxy.requests), "--tls", "--cacert", ca, "GET", "mutual"],
      ]);
      await expect(bare).rejects.toThrow();
    } finally {
      await stop(proxy);
    }
  });

  it("tells its health by HTTPS and its metrics, and nothing else", async () => {
    const proxy = await started(ClientTls.AtLoadBalancer);
    try {
      expect(await get(proxy.admin, "/live")).toBe(200);
      expect(await get(proxy.admin, "/health")).toBe(200);
      expect(await get(proxy.admin, "/config_dump")).toBe(404);
      const metrics = await (await fetch(`http://127.0.0.1:${proxy.metrics}/metrics`)).text();
      expect(metrics).toContain("envoy_cluster_membership_total");
      expect((await fetch(`http://127.0.0.1:${proxy.metrics}/quitquitquit`, { method: "POST" })).status).toBe(404);
    } finally {
      await stop(proxy);
    }
  });
});

describe("reads, with a Valkey that tells zones", { timeout: 90_000 }, () => {
  let cluster: LocalCluster;

  beforeAll(async () => {
    cluster = await LocalCluster.valkeyWithZones(folder, zones);
  }, 90_000);
  afterAll(() => cluster.stop());

  it.each(zones)("of a proxy in %s stay there: less than one in twenty crosses it", async (zoneId) => {
    const proxy = await start((ports) => {
      const config = envoyConfig(settings(cluster.ports[0] ?? 0, ClientTls.AtLoadBalancer, zoneId), {
        ports,
        secretsPath: folder,
        configPath: folder,
      });
      return withoutUpstreamTls(config);
    });
    try {
      for (let key = 0; key < 12; key++) {
        redisCli(proxy.requests, folder, login, ["SET", `zoned-${key}`, "x"]);
      }
      const before = cluster.gets();
      for (let key = 0; key < 60; key++) {
        redisCli(proxy.requests, folder, login, ["GET", `zoned-${key % 12}`]);
      }
      const served = cluster.gets().map((count, index) => count - (before[index] ?? 0));
      const total = served.reduce((sum, count) => sum + count);
      const near = served.reduce((sum, count, index) => sum + (zones[index % 3] === zoneId ? count : 0), 0);
      expect(total).toBe(60);
      expect((total - near) / total).toBeLessThan(0.05);
      // Every shard's copy in the zone takes part: a primary and two replicas.
      expect(served.filter((count) => count > 0)).toHaveLength(3);
    } finally {
      await stop(proxy);
    }
  });
});

/** PyPI's Valkey is built without TLS: the same configuration without the transport socket of one cluster. */
function withoutUpstreamTls(config: Json): Json {
  const copy = structuredClone(config) as {
    static_resources: { clusters: { name: string; transport_socket?: Json }[] };
  };
  for (const cluster of copy.static_resources.clusters) {
    if (cluster.name === "hot_tier") delete cluster.transport_socket;
  }
  return copy as unknown as Json;
}
