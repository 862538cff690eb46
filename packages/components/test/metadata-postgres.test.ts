import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parametersFor } from "../src/metadata-postgres/parameters-plan.ts";
import { applyAsFirstTaken, applyStatements } from "../src/metadata-postgres/roles-function/apply-statements.ts";
import { roleStatements } from "../src/metadata-postgres/roles-plan.ts";
import { cannotRunPostgres, postgresVersion, RealPostgres } from "./real-postgres.ts";

/** The settings that PostgreSQL itself knows; RDS' own are RDS' to accept. */
const settings = parametersFor("17").filter((setting) => !setting.rdsOnly);

describe.skipIf(cannotRunPostgres !== "")(
  `a real PostgreSQL ${postgresVersion ?? ""}${cannotRunPostgres === "" ? "" : ` (skipped: ${cannotRunPostgres})`}`,
  () => {
    let folder: string;
    let server: RealPostgres;
    let port: number;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "mrgc-postgres-"));
      execFileSync("chown", ["postgres", folder]);
      RealPostgres.initialize(join(folder, "data"));
      server = await RealPostgres.start(
        join(folder, "data"),
        settings.map(({ name, value }) => `${name} = '${value}'`),
      );
      ({ port } = server);
      await query("postgres", "dbadmin", "CREATE ROLE rds_iam");
      await query("postgres", "dbadmin", "CREATE DATABASE metadata");
    });

    afterAll(() => {
      server.stop();
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

    it("lets the master in by a token of IAM from then on, as RDS does with whoever has rds_iam", async () => {
      const { rows } = await query(
        "postgres",
        "dbadmin",
        "SELECT member::regrole::text FROM pg_auth_members WHERE roleid = 'rds_iam'::regrole ORDER BY 1",
      );
      expect(rows).toEqual(["dbadmin", "proxy", "reader"].map((member) => ({ member })));
    });

    it("goes on to the next log-in where the database takes one not, and stops at any other error", async () => {
      const event = { host: "127.0.0.1", port, database: "metadata", secretArn: "unused", statements: ["SELECT 1"] };
      const logins = [{ user: "nobody" }, { user: "dbadmin" }];
      expect(await applyAsFirstTaken(event, logins)).toEqual({ applied: 1 });
      await expect(applyAsFirstTaken(event, logins.slice(0, 1))).rejects.toThrow('role "nobody" does not exist');
      await expect(
        applyAsFirstTaken({ ...event, statements: ["nonsense"] }, [{ user: "proxy" }, { user: "dbadmin" }]),
      ).rejects.toThrow('PostgreSQL refused "nonsense"');
    });

    function query(database: string, user: string, text: string): Promise<pg.QueryResult> {
      return server.query(text, database, user);
    }
  },
);
