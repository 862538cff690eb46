import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/hot-tier-redis/args.ts";
import { RealServer, removeAuthority, serverPrograms } from "./real-server.ts";

const programs = await serverPrograms();

it("has the servers from PyPI to try", () => {
  expect(programs.map(({ label }) => label)).toEqual(expect.arrayContaining(["Valkey 9.1", "Valkey 8.1", "Redis 8.2"]));
});

it.skipIf(!existsSync("/usr/bin/redis-server"))("has a server with TLS to try (apt-get install redis-server)", () => {
  expect(programs.filter(({ tls }) => tls).map(({ label }) => label)).toEqual(["Redis 7.0 with TLS"]);
});

afterAll(removeAuthority);

describe.each(programs)("$label takes the rendered configuration", (program) => {
  let primary: RealServer;
  let replica: RealServer;

  beforeAll(async () => {
    primary = await RealServer.start(program);
    replica = await RealServer.start(program);
    const id = primary.ask("controller", "cluster", "myid");
    primary.ask("controller", "cluster", "addslotsrange", "0", "16383");
    replica.ask("controller", "cluster", "meet", "127.0.0.1", String(primary.port));
    await eventually(() => replica.ask("controller", "cluster", "nodes").includes(id));
    expect(await eventually(() => replica.ask("controller", "cluster", "replicate", id) === "OK")).toBe(true);
    await eventually(() => primary.ask("node", "info", "replication").includes("state=online"));
  });

  afterAll(async () => {
    await primary.stop();
    await replica.stop();
  });

  const setting = (name: string) => primary.ask("controller", "config", "get", name).split("\n")[1] ?? "";

  it("as it is meant", () => {
    const settings = {
      maxmemory: String(88 * 2 ** 30),
      "maxmemory-policy": "allkeys-lfu",
      "cluster-node-timeout": "3000",
      "cluster-replica-validity-factor": "0",
      "cluster-allow-replica-migration": "no",
      "cluster-require-full-coverage": "no",
      "min-replicas-to-write": "1",
      "min-replicas-max-lag": "2",
      appendonly: "yes",
      appendfsync: "everysec",
      save: "",
      "repl-backlog-size": String(2 ** 30),
      "client-output-buffer-limit": `normal 0 0 0 slave ${4 * 2 ** 30} ${2 * 2 ** 30} 60 pubsub 33554432 8388608 60`,
      ...(program.engine === Engine.Valkey ? { "availability-zone": "usw2-az1" } : {}),
      ...(program.version === "9.1" ? { "shutdown-on-sigterm": "failover" } : {}),
    };
    expect(Object.fromEntries(Object.keys(settings).map((name) => [name, setting(name)]))).toEqual(settings);
  });

  it("replicates as the user of the nodes, and takes writes only with a replica", async () => {
    expect(await eventually(() => primary.ask("application", "set", "k", "v") === "OK")).toBe(true);
    expect(primary.ask("application", "wait", "1", "5000")).toBe("1");
  });

  it.each([
    ["application", ["select", "0"], "OK"],
    ["application", ["get", "k"], "v"],
    ["application", ["cluster", "slots"], "127.0.0.1"],
    ["application", ["config", "get", "masterauth"], "NOPERM"],
    ["application", ["flushall"], "NOPERM"],
    ["application", ["keys", "*"], "NOPERM"],
    ["application", ["cluster", "failover"], "NOPERM"],
    ["application", ["acl", "list"], "NOPERM"],
    ["replication", ["config", "get", "masterauth"], "NOPERM"],
    ["node", ["get", "k"], "NOPERM"],
    ["node", ["cluster", "info"], "cluster_state:ok"],
    ["controller", ["flushall"], "NOPERM"],
    ["controller", ["flushall", "sync"], "NOPERM"],
    ["controller", ["config", "get", "dir"], "dir"],
    ["controller", ["flushall", "async"], "OK"],
  ] as const)("%s asks %j: %s", (user, command, answer) => {
    expect(primary.ask(user, ...command)).toContain(answer);
  });

  it("answers nobody without a password", () => {
    expect(primary.ask(undefined, "ping")).toContain("NOAUTH");
  });

  if (program.tls) {
    it("speaks TLS only, and takes a renewed certificate while it runs", () => {
      expect(() =>
        execFileSync("/usr/bin/redis-cli", ["-p", String(primary.port), "-e", "ping"], {
          stdio: "pipe",
          timeout: 5000,
        }),
      ).toThrow();
      const before = primary.shownCertificate();
      const renewed = primary.renewCertificate();
      expect(renewed).not.toBe(before);
      const files = ["tls-key-file", primary.path("tls/node.key"), "tls-cert-file", primary.path("tls/node.crt")];
      expect(primary.ask("node", "config", "set", ...files)).toBe("OK");
      expect(primary.shownCertificate()).toBe(renewed);
    });
  }

  if (program.version === "9.1") {
    it("moves slots as the controller, atomically, between nodes of the user replication", async () => {
      const target = await RealServer.start(program);
      const copy = await RealServer.start(program);
      try {
        const id = target.ask("controller", "cluster", "myid");
        for (const node of [target, copy]) {
          node.ask("controller", "cluster", "meet", "127.0.0.1", String(primary.port));
        }
        await eventually(() => copy.ask("controller", "cluster", "nodes").includes(id));
        // A shard without a replica takes no writes (min-replicas-to-write), moved slots included.
        await eventually(() => copy.ask("controller", "cluster", "replicate", id) === "OK");
        await eventually(() => target.ask("node", "info", "replication").includes("state=online"));
        for (let key = 0; key < 50; key++) {
          expect(primary.ask("application", "set", `{slot-test}${key}`, "v".repeat(100))).toBe("OK");
        }
        const slot = primary.ask("application", "cluster", "keyslot", "{slot-test}");
        const migrate = ["cluster", "migrateslots", "slotsrange", slot, slot, "node", id];
        expect(await eventually(() => primary.ask("controller", ...migrate) === "OK")).toBe(true);
        await eventually(() => target.ask("controller", "cluster", "countkeysinslot", slot) === "50", 20_000);
        expect(target.ask("controller", "cluster", "countkeysinslot", slot)).toBe("50");
        expect(primary.ask("controller", "cluster", "getslotmigrations")).toContain("success");
      } finally {
        await target.stop();
        await copy.stop();
      }
    });
  }
});

/** Waits for something that comes by itself, at most ten seconds; whether it came. */
async function eventually(holds: () => boolean, withinMs = 10_000): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (!holds()) {
    if (Date.now() > deadline) {
      return false;
    }
    await sleep(200);
  }
  return true;
}
