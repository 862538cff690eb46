import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { started } from "../../test/support/played-rollout.ts";
import type { RolloutEvent } from "../core/model.ts";
import { AuditLog, BrokenLog, readAuditLog } from "./audit-log.ts";
import { LockedError, type LockOwner, takeRolloutLock } from "./lock.ts";
import { leaveRequest, takeRequests, Word } from "./requests.ts";
import { places, Session } from "./session.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "durable-test-"));
  path = join(directory, "audit.jsonl");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = "2026-11-21T10:00:00.000Z";
const say = (why: string) => ({
  at,
  rollout: "1",
  by: "ann@desk",
  event: { type: "pause-asked", why } satisfies RolloutEvent,
});

describe("the audit log", () => {
  test("gives back what was appended, by whichever process", () => {
    new AuditLog(path).append(say("one"));
    const entry = new AuditLog(path).append(say("two\nlines, and ümlaut"));
    expect(entry.seq).toBe(2);
    expect(readAuditLog(path).map(({ seq, event }) => [seq, event])).toEqual([
      [1, { type: "pause-asked", why: "one" }],
      [2, { type: "pause-asked", why: "two\nlines, and ümlaut" }],
    ]);
    expect(readAuditLog(join(directory, "none"))).toEqual([]);
  });

  test("forgets a line that was cut off anywhere, and goes on", () => {
    const log = new AuditLog(path);
    log.append(say("one"));
    const before = readFileSync(path, "utf8");
    log.append(say("ä second one"));
    const whole = readFileSync(path);
    for (let bytes = Buffer.byteLength(before); bytes < whole.length; bytes += 1) {
      writeFileSync(path, whole.subarray(0, bytes));
      expect(readAuditLog(path)).toHaveLength(1);
      expect(new AuditLog(path).append(say("again")).seq).toBe(2);
      expect(readAuditLog(path)).toHaveLength(2);
    }
  });

  test("notices a changed, missing, moved or added line before the last", () => {
    const log = new AuditLog(path);
    for (let index = 0; index < 6; index += 1) log.append(say(`number ${index}`));
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    const edited = fc.oneof(
      fc.nat(4).map((index) => lines.map((line, other) => (other === index ? line.replace("number", "figure") : line))),
      fc.nat(4).map((index) => lines.filter((_, other) => other !== index)),
      fc.nat(4).map((index) => lines.toSpliced(index, 2, lines[index + 1]!, lines[index]!)),
      fc.nat(5).map((index) => lines.toSpliced(index, 0, lines[index]!)),
      fc.nat(5).map((index) => lines.toSpliced(index, 0, "not JSON")),
    );
    fc.assert(
      fc.property(edited, (changed) => {
        writeFileSync(path, `${changed.join("\n")}\n`);
        expect(() => readAuditLog(path)).toThrow(BrokenLog);
      }),
    );
    writeFileSync(path, `${lines.join("\n")}\n`);
    appendFileSync(path, `${lines[0]!}\n`);
    expect(() => new AuditLog(path)).toThrow(/line 7: does not follow/);
  });
});

describe("the lock", () => {
  const lock = () => join(directory, "lock");
  const by = "ann@desk";

  test("has one holder at a time, and says who", () => {
    const held = takeRolloutLock(lock(), { by: "bob@build" });
    expect(() => takeRolloutLock(lock(), { by })).toThrow(LockedError);
    expect(() => takeRolloutLock(lock(), { by })).toThrow(
      new RegExp(`process ${process.pid} on ${hostname()}, of bob@build, since .*rollout status`),
    );
    held.release();
    const next = takeRolloutLock(lock(), { by });
    held.release();
    expect(() => takeRolloutLock(lock(), { by })).toThrow(LockedError);
    next.release();
  });

  test("of a dead process is taken over, and who was cut off is told", () => {
    takeRolloutLock(lock(), { by: "bob@build" });
    const dead = spawnSync(process.execPath, ["--version"]).pid;
    const owner = { ...(JSON.parse(readFileSync(lock(), "utf8")) as LockOwner), pid: dead };
    writeFileSync(lock(), JSON.stringify(owner));
    const held = takeRolloutLock(lock(), { by });
    expect(held.lost).toMatchObject({ pid: dead, by: "bob@build" });
    expect(JSON.parse(readFileSync(lock(), "utf8"))).toMatchObject({ pid: process.pid, by });
  });

  test("of a process elsewhere is taken only at an operator's word", () => {
    takeRolloutLock(lock(), { by });
    const owner = { ...(JSON.parse(readFileSync(lock(), "utf8")) as LockOwner), host: "elsewhere" };
    writeFileSync(lock(), JSON.stringify(owner));
    expect(() => takeRolloutLock(lock(), { by })).toThrow(/cannot be told from .*--break-lock/);
    expect(takeRolloutLock(lock(), { by, breakLock: true }).lost?.host).toBe("elsewhere");
  });

  test("that was taken away stops its process at the next entry, and is not given back in the other's name", () => {
    const session = new Session(directory, { by: "bob@build" });
    session.begin("1", started(["us-east-1"], 1));
    session.record({ type: "pause-asked", why: "one" });
    const file = places(directory).lock;
    const other = JSON.stringify({ pid: 1, started: at, host: "elsewhere", by } satisfies LockOwner);
    writeFileSync(file, other);
    expect(() => session.record({ type: "resumed", why: "" })).toThrow(
      /taken away: it is process 1 on elsewhere, of ann@desk, since 2026-11-21T10:00:00.000Z, now/,
    );
    expect(readAuditLog(places(directory).log)).toHaveLength(2);
    session.close();
    expect(readFileSync(file, "utf8")).toBe(other);
    rmSync(file);
    expect(() => session.record({ type: "resumed", why: "" })).toThrow(/taken away: nobody has it/);
  });
});

test("words are heard once, in order, and only by the rollout that they are meant for", () => {
  const word = (rollout: string, word: Word) => ({ rollout, word, why: "", by: "ann@desk" });
  expect(takeRequests(directory, "1")).toEqual([]);
  leaveRequest(directory, word("1", Word.Pause));
  leaveRequest(directory, word("0", Word.Abort));
  expect(takeRequests(directory, "1")).toEqual([word("1", Word.Pause)]);
  expect(takeRequests(directory, "1")).toEqual([]);
});
