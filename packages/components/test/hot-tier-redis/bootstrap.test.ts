import { readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { pythonTools } from "../../../../test/support/python-tools.ts";
import { cannotImitate, Machine, removeServerArchive } from "./machine.ts";

const scripts = join(import.meta.dirname, "../../src/hot-tier-redis/node-scripts");
const reason = cannotImitate();

it.each(["bootstrap", "certificate", "metrics"])("%s.sh has nothing that shellcheck finds", async (name) => {
  const { stdout, status } = spawnSync((await pythonTools()).bin("shellcheck"), [join(scripts, `${name}.sh`)], {
    encoding: "utf8",
  });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

describe.skipIf(reason !== "")(
  `the bootstrap on an imitated machine${reason === "" ? "" : ` (skipped: ${reason})`}`,
  () => {
    const machines: Machine[] = [];
    const machine = (volume?: Machine) => {
      const made = new Machine(volume);
      machines.push(made);
      return made;
    };
    afterAll(removeServerArchive);
    afterEach(() => machines.splice(0).forEach((made) => made.remove()));

    it("makes a node from a blank volume, and changes nothing the second time", () => {
      const node = machine();
      const { status, output } = node.run(`
      set -e
      state() { find /etc/mrgc /etc/fstab /opt/mrgc /data -type f ! -path '/data/appendonlydir/*' -exec sha256sum {} + | sort; blkid -p -o value -s UUID /dev/nvme1n1; }
      /opt/mrgc/bootstrap
      controller cluster info | grep cluster_known_nodes
      state >/stub/first
      echo second
      /opt/mrgc/bootstrap
      state >/stub/second
      cmp /stub/first /stub/second && echo unchanged
      grep --count /data /etc/fstab
      findmnt --noheadings --output FSTYPE,OPTIONS /data
      stat --format '%U %a' /data /etc/mrgc/users.acl /etc/mrgc/node.conf /etc/mrgc/node.password /etc/mrgc/tls/node.key
      cat /stub/issued /sys/kernel/mm/transparent_hugepage/enabled /stub/sysctl
      controller config get maxmemory
      stop_server`);
      expect(output).toContain("formatting /dev/nvme1n1, which is blank");
      expect(output.split("second\n")[1]).not.toContain("formatting");
      expect(output).toContain("ready for the controller");
      expect(output).toContain("unchanged");
      expect(output).toContain("cluster_known_nodes:1");
      expect(output).toMatch(/^1\next4 +rw,noatime/m);
      expect(output).toContain(
        "mrgc 750\nroot 640\nroot 640\nroot 600\nroot 640\nsigned\nnever\nvm.overcommit_memory = 1",
      );
      expect(output).toContain("94489280512");
      expect(status).toBe(0);
    });

    it("keeps the data of a volume that another machine has filled", () => {
      const first = machine();
      const filled = first.run(`
      set -e
      /opt/mrgc/bootstrap
      controller cluster addslotsrange 0 16383
      controller config set min-replicas-to-write 0
      until controller set remember me | grep OK; do sleep 0.2; done
      controller cluster myid
      stop_server
      echo note >/data/note
      blkid -p -o value -s UUID /dev/nvme1n1`);
      expect(filled.status).toBe(0);
      const [id, uuid] = [/^[0-9a-f]{40}$/m, /^[0-9a-f-]{36}$/m].map((pattern) => pattern.exec(filled.output)?.[0]);
      const second = machine(first);
      const { status, output } = second.run(`
      set -e
      /opt/mrgc/bootstrap
      until controller get remember | grep me; do sleep 0.2; done
      controller cluster myid
      cat /data/note
      blkid -p -o value -s UUID /dev/nvme1n1
      stop_server`);
      expect(output).not.toContain("formatting");
      expect(output).toContain("me\n");
      expect(output).toContain("note\n");
      expect(output).toContain(id);
      expect(output).toContain(uuid);
      expect(status).toBe(0);
    });

    it.each([
      ["bytes that nobody knows", (path: string) => writeAt(path, 4096, "precious")],
      ["a few bytes far behind the start", (path: string) => writeAt(path, 9 * 2 ** 20, "precious")],
      // An entry of type Linux and the signature of a boot record.
      ["a partition table", (path: string) => writeAt(path, 446, partitionTable)],
    ])("leaves a volume with %s as it is", (_, fill) => {
      const node = machine();
      fill(node.volume);
      const before = node.volumeHash();
      const { status, output } = node.run("/opt/mrgc/bootstrap");
      expect(output).toContain("it is left as it is");
      expect(status).not.toBe(0);
      expect(node.volumeHash()).toBe(before);
    });

    it("installs no program with another checksum, and runs none of another version", () => {
      const changed = machine();
      changed.answer("s3/server.tar.gz", "something else");
      const refused = changed.run("/opt/mrgc/bootstrap; status=$?; ls /opt/mrgc; exit $status");
      expect(refused.output).toContain("server.tar.gz does not have the SHA-256");
      expect(refused.output).not.toContain("engine\n");
      expect(refused.status).not.toBe(0);
      const newer = machine();
      const { status, output } =
        newer.run(`sed -i "s/^ENGINE_VERSION=.*/ENGINE_VERSION='7'/" /etc/mrgc/settings; /opt/mrgc/bootstrap && stop_server
      sed -i "s/^ENGINE_VERSION=.*/ENGINE_VERSION='7.2'/" /etc/mrgc/settings; /opt/mrgc/bootstrap`);
      expect(output).toContain("ready for the controller");
      expect(output).toContain("is version 7.0.15, and the cluster runs 7.2");
      expect(status).not.toBe(0);
    });

    it("waits in the warm pool with its programs only, and becomes a node when it is called", () => {
      const node = machine();
      node.answer("lifecycle-state", "Warmed:Stopped");
      const blank = node.volumeHash();
      const waiting = node.run("/opt/mrgc/bootstrap; /opt/mrgc/server --version; ls /etc/mrgc/tls; cat /stub/issued");
      expect(waiting.output).toContain("ready for the warm pool");
      expect(waiting.output).toContain("v=7.0");
      expect(waiting.output).toContain("/stub/issued: No such file");
      expect(node.volumeHash()).toBe(blank);
      node.answer("lifecycle-state", "InService");
      const called = node.run("/opt/mrgc/bootstrap && controller ping; stop_server");
      expect(called.output).toContain("PONG");
    });

    it("renews a certificate that ends soon while the server runs, and only then", () => {
      const node = machine();
      node.answer("days", "2");
      const { output, status } = node.run(`
      set -e
      shown() { openssl s_client -connect localhost:6379 </dev/null 2>/dev/null | openssl x509 -noout -serial -ext subjectAltName; }
      /opt/mrgc/bootstrap
      shown >/stub/before
      echo 7 >/stub/days
      /opt/mrgc/certificate
      shown >/stub/after
      /opt/mrgc/certificate
      cmp /stub/before /stub/after || echo renewed
      wc -l </stub/issued
      cat /stub/after
      ls -l /etc/mrgc/tls
      stop_server`);
      expect(output).toContain("renewed\n2\n");
      expect(output).toContain(
        "IP Address:127.0.0.1, DNS:ip-127-0-0-1.us-west-2.compute.internal, DNS:seeds.example, DNS:localhost",
      );
      expect(status).toBe(0);
    });

    it("sends the server's state to the agent", () => {
      const { output, status } = machine().run(`
      set -e
      /opt/mrgc/bootstrap
      python3 -c '
import socket
listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
listener.bind(("127.0.0.1", 8125))
listener.settimeout(4)
try:
    while True:
        print(listener.recv(500).decode().strip(), flush=True)
except TimeoutError:
    pass' >/stub/metrics &
      listener=$!
      sleep 0.5
      /opt/mrgc/metrics
      sleep 1
      /opt/mrgc/metrics
      stop_server
      /opt/mrgc/metrics
      wait $listener
      cat /stub/metrics`);
      const tags = "|g|#Cluster:hot-tier,InstanceId:i-0123456789abcdef0";
      for (const metric of [
        "ServerUp:1",
        "ServerMemoryUtilization:0",
        "PersistenceFailing:0",
        "ClusterFailing:1",
        "ServerUp:0",
      ]) {
        expect(output).toContain(`${metric}${tags}`);
      }
      expect(status).toBe(0);
    });
  },
);

/** A boot record from byte 446 on: one partition of type 0x83 from sector 2048 on, three empty entries, the signature. */
const partitionTable = Buffer.concat([
  Buffer.from([0, 0, 33, 0, 0x83, 0xff, 0xff, 0xff, 0, 8, 0, 0, 0, 0xf0, 7, 0]),
  Buffer.alloc(48),
  Buffer.from([0x55, 0xaa]),
]);

function writeAt(path: string, offset: number, bytes: string | Buffer): void {
  const content = readFileSync(path);
  Buffer.from(bytes).copy(content, offset);
  writeFileSync(path, content);
}
