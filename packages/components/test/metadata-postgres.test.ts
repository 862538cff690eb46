import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parametersFor } from "../src/metadata-postgres/parameters-plan.ts";
import { applyStatements } from "../src/metadata-postgres/roles-function/apply-statements.ts";
import { roleStatements } from "../src/metadata-postgres/roles-plan.ts";

const installations = "/usr/lib/postgresql";
const version = existsSync(installations) ? readdirSync(installations).sort().at(-1) : undefined;
const bin = version === undefined ? undefined : join(installations, version, "bin");
// PostgreSQL refuses to run as root; `runuser` to Debian's own user needs root.
const cannotRun =
  bin === undefined
    ? "no PostgreSQL is installed (apt-get install postgresql)"
    : process.getuid?.() === 0
      ? ""
      : "only root can start it as the user postgres";

/** The settings that PostgreSQL itself knows; RDS' own are RDS' to accept. */
const settings = parametersFor("17").filter((setting) => !setting.rdsOnly);

describe.skipIf(cannotRun !== "")(
  `a real PostgreSQL ${version ?? ""}${cannotRun === "" ? "" : ` (skipped: ${cannotRun})`}`,
  () => {
    let folder: string;
    let server: ChildProcess;
    let port: number;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "mrgc-postgres-"));
      execFileSync("chown", ["postgres", folder]);
      execFileSync("runuser", [
        "-u",
        "postgres",
        "--",
        join(bin ?? "", "initdb"),
        "-D",
        join(folder, "data"),
        "-A",
        "trust",
        "-U",
        "dbadmin",
      ]);
      appendFileSync(
        join(folder, "data", "postgresql.conf"),
        [
          "fsync = off",
          `unix_socket_directories = '${folder}'`,
          ...settings.map(({ name, value }) => `${name} = '${value}'`),
          "",
        ].join("\n"),
      );
      port = await freePort();
      server = spawn(
        "runuser",
        ["-u", "postgres", "--", join(bin ?? "", "postgres"), "-D", join(folder, "data"), "-p", String(port)],
        {
          stdio: "ignore",
        },
      );
      await until(() => query("postgres", "dbadmin", "SELECT 1"));
      await query("postgres", "dbadmin", "CREATE ROLE rds_iam");
      await query("postgres", "dbadmin", "CREATE DATABASE metadata");
    });

    afterAll(() => {
      execFileSync("runuser", [
        "-u",
        "postgres",
        "--",
        join(bin ?? "", "pg_ctl"),
        "-D",
        join(folder, "data"),
        "-m",
        "immediate",
        "stop",
      ]);
      server.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    it("accepts the parameter group's settings", async () => {
      const { rows } = await query("postgres", "dbadmin", "SELECT name, source, sourcefile FROM pg_settings");
      const fromFile = new Set(
        (rows as { name: string; source: string }[])
          .filter((row) => row.source === "configuration file")
          .map((row) => row.name),
      );
      expect(settings.map((setting) => setting.name).filter((name) => !fromFile.has(name))).toEqual([]);
      expect(settings.length).toBeGreaterThan(10);
    });

    it("takes the roles twice and gives each its rights and no more", async () => {
      const roles = [
        { name: "proxy", writes: true },
        { name: "reader", writes: false },
      ];
      const event = {
        host: "127.0.0.1",
        port,
        database: "metadata",
        secretArn: "unused",
        statements: roleStatements("metadata", roles),
      };
      const first = await applyStatements(event, { user: "dbadmin" });
      expect(first.applied).toBe(event.statements.length);
      await applyStatements(event, { user: "dbadmin" });

      await query("metadata", "dbadmin", "CREATE TABLE app.placement (vertex bigint PRIMARY KEY, shard int)");
      await query("metadata", "proxy", "INSERT INTO app.placement VALUES (1, 2)");
      expect((await query("metadata", "reader", "SELECT shard FROM app.placement")).rows).toEqual([{ shard: 2 }]);
      await expect(query("metadata", "reader", "INSERT INTO app.placement VALUES (2, 3)")).rejects.toThrow(
        "permission denied",
      );
      await expect(query("metadata", "proxy", "DROP TABLE app.placement")).rejects.toThrow("must be owner");
      await expect(query("metadata", "proxy", "CREATE TABLE public.mine (x int)")).rejects.toThrow("permission denied");
      await query("postgres", "dbadmin", "CREATE ROLE stranger LOGIN");
      await expect(query("metadata", "stranger", "SELECT 1")).rejects.toThrow("permission denied");
    });

    it("takes a right away that a role no longer has", async () => {
      const statements = roleStatements("metadata", [{ name: "proxy", writes: false }]);
      await applyStatements(
        { host: "127.0.0.1", port, database: "metadata", secretArn: "unused", statements },
        { user: "dbadmin" },
      );
      await expect(query("metadata", "proxy", "INSERT INTO app.placement VALUES (9, 9)")).rejects.toThrow(
        "permission denied",
      );
      expect((await query("metadata", "proxy", "SELECT count(*)::int AS n FROM app.placement")).rows).toEqual([
        { n: 1 },
      ]);
    });

    it("changes nothing when a statement is refused, and names it", async () => {
      const statements = ["CREATE SCHEMA half", "GRANT nonsense TO nobody"];
      await expect(
        applyStatements(
          { host: "127.0.0.1", port, database: "metadata", secretArn: "unused", statements },
          { user: "dbadmin" },
        ),
      ).rejects.toThrow('PostgreSQL refused "GRANT nonsense TO nobody"');
      const { rows } = await query("metadata", "dbadmin", "SELECT nspname FROM pg_namespace WHERE nspname = 'half'");
      expect(rows).toEqual([]);
    });

    async function query(database: string, user: string, text: string): Promise<pg.QueryResult> {
      const client = new pg.Client({ host: "127.0.0.1", port, database, user });
      await client.connect();
      try {
        return await client.query(text);
      } finally {
        await client.end();
      }
    }
  },
);

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

async function until(ready: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await ready();
      return;
    } catch (error) {
      if (attempt > 100) {
        throw error;
      }
      await sleep(100);
    }
  }
}
