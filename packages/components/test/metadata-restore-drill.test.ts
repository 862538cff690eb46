import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cannotRunPostgres, postgresProgram, postgresVersion, RealPostgres, until } from "./real-postgres.ts";

/**
 * The restore drill of the metadata, on a real server with what RDS uses too: a base backup, and the log in pieces that lie
 * elsewhere. The game day `database-restore` plays the times; this shows that the rows come back.
 */
describe.skipIf(cannotRunPostgres !== "")(
  `a restore to a second, PostgreSQL ${postgresVersion ?? ""}${cannotRunPostgres === "" ? "" : ` (skipped: ${cannotRunPostgres})`}`,
  { timeout: 240_000 },
  () => {
    let folder: string;
    let archive: string;
    let server: RealPostgres;
    const restored: RealPostgres[] = [];
    /** Time of the server's own clock between the rows that stay and the mistake. */
    let before: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "mrgc-restore-"));
      archive = join(folder, "archive");
      mkdirSync(archive);
      execFileSync("chown", ["-R", "postgres", folder]);
      RealPostgres.initialize(join(folder, "data"));
      server = await RealPostgres.start(join(folder, "data"), [
        "archive_mode = on",
        `archive_command = 'test ! -f ${archive}/%f && cp %p ${archive}/%f'`,
      ]);
      await server.query("CREATE TABLE placement (vertex int PRIMARY KEY, shard int)");
      await server.query("INSERT INTO placement SELECT n, n % 16 FROM generate_series(1, 1000) n");
      await server.query("CHECKPOINT");
      postgresProgram(
        "pg_basebackup",
        ...["-h", "127.0.0.1", "-p", String(server.port), "-U", "dbadmin", "-c", "fast", "-D", join(folder, "base")],
      );
      await server.query("INSERT INTO placement SELECT n, n % 16 FROM generate_series(1001, 1500) n");
      before = await now();
      // Two transactions of one instant cannot be told apart by time.
      await sleep(200);
      await server.query("DELETE FROM placement WHERE shard < 8");
      await server.query("INSERT INTO placement VALUES (9999, 0)");
    });

    afterAll(() => {
      [server, ...restored].forEach((each) => each.stop());
      rmSync(folder, { recursive: true, force: true });
    });

    async function now(): Promise<string> {
      const { rows } = await server.query("SELECT clock_timestamp()::text AS now");
      return (rows[0] as { now: string }).now;
    }

    /** Restores the base backup and the archived log up to a time, beside the server that goes on. */
    async function restoreTo(name: string, time: string | undefined): Promise<RealPostgres> {
      const data = join(folder, name);
      execFileSync("cp", ["-a", join(folder, "base"), data]);
      writeFileSync(join(data, "recovery.signal"), "");
      const copy = await RealPostgres.start(data, [
        "archive_mode = off",
        `restore_command = 'cp ${archive}/%f %p'`,
        ...(time === undefined ? [] : [`recovery_target_time = '${time}'`, "recovery_target_action = 'promote'"]),
      ]);
      restored.push(copy);
      await until(async () => {
        const { rows } = await copy.query("SELECT pg_is_in_recovery() AS recovering");
        if ((rows[0] as { recovering: boolean }).recovering) {
          throw new Error("still in recovery");
        }
      });
      return copy;
    }

    async function rowsOf(copy: RealPostgres) {
      const { rows } = await copy.query(
        "SELECT count(*)::int AS rows, count(*) FILTER (WHERE vertex = 9999)::int AS after FROM placement",
      );
      return rows[0] as { rows: number; after: number };
    }

    it("loses what is not in the archive yet, and no more", async () => {
      // Nothing has filled a piece of the log since the base backup: what came after it is on the server alone.
      expect(await rowsOf(await restoreTo("early", undefined))).toEqual({ rows: 1000, after: 0 });
    });

    it("brings the rows back that were deleted by mistake, and nothing of what came after", async () => {
      const pieces = readdirSync(archive).length;
      // RDS sends a piece every five minutes; here a switch of the log does.
      await server.query("SELECT pg_switch_wal()");
      await until(async () => expect(readdirSync(archive).length).toBeGreaterThan(pieces));
      // Of 1 to 1500, 751 leave a rest of 0 to 7 when divided by 16; 9999 came afterwards.
      expect(await rowsOf(server)).toEqual({ rows: 750, after: 1 });
      expect(await rowsOf(await restoreTo("before", before))).toEqual({ rows: 1500, after: 0 });
    });

    it("takes writes as a database of its own", async () => {
      const copy = restored.at(-1)!;
      await copy.query("INSERT INTO placement VALUES (2000, 1)");
      expect(await rowsOf(copy)).toEqual({ rows: 1501, after: 0 });
      expect(await rowsOf(server)).toEqual({ rows: 750, after: 1 });
    });
  },
);
