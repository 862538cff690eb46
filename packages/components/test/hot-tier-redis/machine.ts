import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Engine } from "../../src/hot-tier-redis/args.ts";
import { testArgs } from "../../src/hot-tier-redis/fixtures.ts";
import { hotTierPlan } from "../../src/hot-tier-redis/hot-tier-plan.ts";
import { nodeFiles } from "../../src/hot-tier-redis/user-data.ts";
import { passwords } from "./real-server.ts";

/** Why a machine cannot be imitated here; empty when it can. */
export function cannotImitate(): string {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    return "only root may mount a volume and make namespaces";
  }
  const missing = ["/usr/bin/redis-server", "/usr/bin/redis-cli", "/usr/bin/jq", "/usr/bin/openssl"].filter(
    (program) => !existsSync(program),
  );
  if (missing.length > 0) {
    return `${missing.join(", ")} missing (apt-get install redis-server jq openssl)`;
  }
  const loop = spawnSync("losetup", ["--find"]);
  return loop.status === 0 ? "" : "no loop device";
}

/** What a command on a machine ended with. */
export interface Outcome {
  status: number | null;
  /** Standard output and error together. */
  output: string;
}

/** A machine with Debian's Redis (which has TLS) as the artefact that nodes install, and a data volume of 256 MiB. */
export class Machine {
  readonly #work: string;

  constructor(volume?: Machine) {
    this.#work = mkdtempSync(join(tmpdir(), "mrgc-machine-"));
    const path = this.volume;
    if (volume === undefined) {
      writeFileSync(path, "");
      truncateSync(path, 256 * 2 ** 20);
    } else {
      cpSync(volume.volume, path);
    }
    this.#prepareAws();
    this.#writeFiles();
  }

  /** The data volume, a file. */
  get volume(): string {
    return join(this.#work, "volume");
  }

  /** SHA-256 of the whole data volume. */
  volumeHash(): string {
    return createHash("sha256").update(readFileSync(this.volume)).digest("hex");
  }

  /** What AWS answers: a file below `stub`. */
  answer(name: string, content: string): void {
    writeFileSync(join(this.#work, "stub", name), content);
  }

  /** Boots the machine, runs commands in it, and stops it with all its processes. What it wrote stays. */
  run(commands: string): Outcome {
    const boot = join(import.meta.dirname, "machine/boot.sh");
    const { status, stdout, stderr } = spawnSync(
      "unshare",
      ["--mount", "--net", "--pid", "--fork", "--kill-child", "/bin/bash", boot, this.#work, `${helpers}\n${commands}`],
      { encoding: "utf8", timeout: 120_000 },
    );
    return { status, output: `${stdout}${stderr}` };
  }

  remove(): void {
    rmSync(this.#work, { recursive: true, force: true });
  }

  #prepareAws(): void {
    const stub = join(this.#work, "stub");
    mkdirSync(join(stub, "s3"), { recursive: true });
    mkdirSync(join(stub, "secrets"));
    for (const user of ["application", "controller", "replication"] as const) {
      writeFileSync(join(stub, "secrets", user), JSON.stringify({ username: user, password: passwords[user], ca: "" }));
    }
    this.answer("lifecycle-state", "InService");
    this.answer("days", "7");
    cpSync(serverArchive(), join(stub, "s3/server.tar.gz"));
    // prettier-ignore
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
      "30", "-subj", "/CN=test", "-keyout", join(stub, "ca.key"), "-out", join(stub, "ca.crt")], { stdio: "ignore" });
  }

  #writeFiles(): void {
    const artifact = { bucket: "programs", key: "server.tar.gz", sha256: sha256(serverArchive()) };
    const args = testArgs({ engine: Engine.Redis, engineVersion: "7.0", engineArtifact: artifact });
    const files = nodeFiles(args, hotTierPlan("hot-tier", args), {
      certificateAuthorityArn: "arn:ca",
      seedName: "seeds.example",
      secretArns: { application: "application", controller: "controller", replication: "replication" },
      logGroupName: "log",
    });
    for (const file of files) {
      const path = join(this.#work, "files", file.path);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, file.content, { mode: Number.parseInt(file.permissions, 8) });
    }
  }
}

/** What the commands of a test may call. */
const helpers = `
ask() { local user=$1 password=$2; shift 2; /opt/mrgc/cli --user "$user" --pass "$password" --no-auth-warning --tls --cacert /etc/mrgc/tls/ca.crt -h localhost "$@"; }
controller() { ask controller ${passwords.controller} "$@"; }
stop_server() { kill "$(cat /run/server.pid)"; while kill -0 "$(cat /run/server.pid)" 2>/dev/null; do sleep 0.1; done; }
`;

let archive: string | undefined;

/** Removes the artefact, once no test needs it any more. */
export function removeServerArchive(): void {
  if (archive !== undefined) {
    rmSync(dirname(archive), { recursive: true, force: true });
    archive = undefined;
  }
}

/** Debian's Redis as an artefact. */
function serverArchive(): string {
  if (archive === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "mrgc-artifact-"));
    mkdirSync(join(folder, "bin"));
    for (const program of ["redis-server", "redis-cli"]) {
      copyFileSync(join("/usr/bin", program), join(folder, "bin", program));
    }
    archive = join(folder, "server.tar.gz");
    execFileSync("tar", ["-C", folder, "-czf", archive, "bin"]);
  }
  return archive;
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
