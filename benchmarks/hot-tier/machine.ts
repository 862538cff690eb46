import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { arch, cpus, loadavg, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { latencies, round } from "./statistics.ts";

const fsyncs = 200;

/** What a reader needs to compare two results. */
export function machineFacts() {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: `${release()} ${arch()}`,
    node: process.version,
    /** One minute, before the first part: above the number of cores others were at work. */
    load: round(loadavg()[0] ?? 0),
    directory: tmpdir(),
    /** Milliseconds of an fsync of 4 KiB in that directory, which all servers share: each change of a slot's owner pays one on every server. */
    fsyncMs: fsyncTimes(),
  };
}

function fsyncTimes() {
  const directory = mkdtempSync(join(tmpdir(), "mrgc-fsync-"));
  const file = openSync(join(directory, "file"), "w");
  const data = Buffer.alloc(4_096, 1);
  const times = Array.from({ length: fsyncs }, () => {
    writeSync(file, data, 0, data.length, 0);
    const started = performance.now();
    fsyncSync(file);
    return performance.now() - started;
  });
  closeSync(file);
  rmSync(directory, { recursive: true });
  return latencies(times);
}
