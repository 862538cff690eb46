import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freePort } from "../../../test/support/aws-emulator.ts";
import type { Report, Row } from "../src/checks/report.ts";
import { ClusterUnderTest } from "./support/cluster-under-test.ts";
import { LocalFleet } from "./support/local-fleet.ts";
import { serverBinary } from "./support/servers.ts";

// A scenario takes seconds on a quiet machine; a busy one must not fail it.
vi.setConfig({ testTimeout: 120_000 });

const main = join(import.meta.dirname, "../src/main.ts");
const hasIperf = spawnSync("iperf3", ["--version"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "mrgc-checks-"));
let cluster: ClusterUnderTest;
let nodes: string[];

beforeAll(async () => {
  cluster = await ClusterUnderTest.start("valkey-9.1", 3);
  await cluster.untilRest();
  nodes = [...cluster.fleet.machinesById.values()].flatMap(({ zone, address }) => ["--node", `${zone}=${address}`]);
});

afterAll(async () => {
  await cluster.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(...args: string[]): { readonly child: ChildProcess; readonly result: Promise<Result> } {
  const child = spawn(process.execPath, [main, ...nodes, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const result = once(child, "close").then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, result };
}

/** Five seconds into the load. */
async function firstProgress({ stderr }: ChildProcess): Promise<void> {
  if (stderr !== null) {
    await once(stderr, "data");
  }
}

async function reportOf(...args: string[]): Promise<{ report: Report; code: number | null }> {
  const { stdout, stderr, code } = await start(...args, "--json", "-").result;
  expect(stdout, stderr).not.toBe("");
  return { report: JSON.parse(stdout) as Report, code };
}

function rowsOf(report: Report, check: string): readonly Row[] {
  return report.rows.filter((row) => row.check === check);
}

/** Keys that a load has left, on any primary. */
async function leftKeys(): Promise<string[]> {
  const found = await Promise.all(
    (await cluster.primaries()).map((address) => cluster.connections.send(address, "KEYS", "mrgc-bench-*")),
  );
  return (await Promise.all(found)).flatMap((keys) => keys as string[]);
}

test("one command measures every node and the load; on loopback only what is true anywhere is judged", async () => {
  const file = join(folder, "report.json");
  const options = ["--count", "5", "--seconds", "2", "--rate", "2000", "--keys", "500"];
  const { stdout, stderr, code } = await start("check", ...options, "--json", file).result;
  expect([code, stderr]).toEqual([0, expect.stringContaining("node 9 of 9: ")]);
  const report = JSON.parse(readFileSync(file, "utf8")) as Report;
  for (const check of ["connect", "ping"]) {
    const rows = rowsOf(report, check);
    expect(new Set(rows.map(({ target }) => target)).size).toBe(9);
    expect(rows.map(({ figures }) => figures.count)).toEqual(rows.map(() => 5));
  }
  for (const check of ["GET", "SET"]) {
    expect(rowsOf(report, check).map(({ target }) => target)).toEqual(
      ["z1", "z2", "z3"].map((zone) => `primaries in ${zone}`),
    );
  }
  const judged = report.rows.filter(({ verdict }) => verdict !== "n/a");
  expect(judged.map(({ check, verdict }) => [check, verdict])).toEqual([["errors", "pass"]]);
  const [operations] = rowsOf(report, "operations");
  const latencies = [...rowsOf(report, "GET"), ...rowsOf(report, "SET")];
  // Every operation of the measured time has its latency, and none of those before it.
  expect(latencies.reduce((sum, row) => sum + (row.figures.count ?? 0), 0)).toBe(operations?.figures.operations);
  expect(operations?.figures.operationsPerSecond).toBeLessThan(2_100);
  expect(stdout).toContain("loopback: on this machine itself there is no network to judge");
  expect(stdout).toMatch(/1 passed, 0 to look at, 0 failed, \d+ not judged$/m);
  expect(await leftKeys()).toEqual([]);
});

test.skipIf(!hasIperf)("throughput is what the real iperf3 says (needs Debian's iperf3)", async () => {
  const port = await freePort();
  const server = spawn("iperf3", ["--server", "--bind", "127.0.0.1", "--port", String(port), "--forceflush"]);
  await once(server.stdout, "data");
  try {
    const { report, code } = await reportOf(
      "probe",
      "--count",
      "1",
      "--iperf-seconds",
      "1",
      "--iperf",
      `z2=127.0.0.1:${port}`,
    );
    expect(code).toBe(0);
    const [row] = rowsOf(report, "iperf3");
    expect(row).toMatchObject({ verdict: "n/a", target: `z2 127.0.0.1:${port}`, expected: ">= 5.88 Gbit/s" });
    expect(row?.figures.bitsPerSecond).toBeGreaterThan(0);
    expect(row?.figures.seconds).toBeGreaterThanOrEqual(1);
  } finally {
    server.kill("SIGKILL");
  }
});

test("a pipeline of five with large values and nothing but writes is one", async () => {
  const load = ["--seconds", "1", "--rate", "1000", "--keys", "50", "--pipeline", "5", "--value-bytes", "5000"];
  const { report, code } = await reportOf("bench", ...load, "--reads", "0", "--clients", "2");
  expect(code).toBe(0);
  expect(rowsOf(report, "GET")).toEqual([]);
  const requests = rowsOf(report, "SET").reduce((sum, { figures }) => sum + (figures.count ?? 0), 0);
  expect(rowsOf(report, "operations")[0]?.figures.operations).toBe(5 * requests);
});

test.skipIf(!hasIperf)("an iperf3 server that is not there fails the check in iperf3's words", async () => {
  const { report, code } = await reportOf("probe", "--count", "1", "--iperf", `z1=127.0.0.1:${await freePort()}`);
  expect(code).toBe(1);
  expect(rowsOf(report, "iperf3")[0]?.notes[0]).toMatch(/^iperf3: .*Connection refused/);
});

test("an endpoint and a node that are not there fail the check, each with its reason", async () => {
  const nowhere = `127.0.0.1:${await freePort()}`;
  const options = ["--count", "2", "--endpoint", `gone=${nowhere}`];
  const { report, code } = await reportOf("probe", ...options, "--node", `z9=${nowhere}`);
  expect([code, report.verdict]).toEqual([1, "fail"]);
  const failed = report.rows.filter(({ verdict }) => verdict === "fail");
  expect(failed.map(({ check, target }) => `${check} ${target}`)).toEqual([
    `connect z9 ${nowhere}`,
    `ping z9 ${nowhere}`,
    `connect gone ${nowhere}`,
  ]);
  expect(failed[0]?.notes).toContain("2 x ECONNREFUSED");
});

test("without iperf3 on the machine the check fails and says how to install it", async () => {
  const child = spawn(
    process.execPath,
    [main, ...nodes.slice(0, 2), "probe", "--count", "1", "--iperf", "z1=127.0.0.1:5201"],
    {
      env: { ...process.env, PATH: folder },
    },
  );
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(1);
  expect(stdout).toContain("iperf3 is not installed on this machine: dnf install iperf3");
});

test("Ctrl-C ends a long load at once, with the report so far and no key left behind", async () => {
  const { child, result } = start("bench", "--seconds", "600", "--rate", "1000", "--keys", "200", "--json", "-");
  await firstProgress(child);
  child.kill("SIGINT");
  const { stdout, code } = await result;
  const report = JSON.parse(stdout) as Report;
  expect([code, report.interrupted]).toEqual([130, true]);
  expect(rowsOf(report, "operations")[0]?.figures.operations).toBeGreaterThan(0);
  expect(await leftKeys()).toEqual([]);
});

test.each([
  [["bench", "--rate", "0"], /--rate.*Has to be a number from 1/s],
  [["bench", "--clients", "1.5"], /Has to be a whole number/],
  [["probe", "--iperf", "10.0.0.1:5201"], /Has to be zone=host:port/],
  [["probe", "--endpoint", "nonsense"], /--endpoint nonsense: has to be name=host:port/],
])("%j is refused with what is allowed", async (args, message) => {
  const { stderr, code } = await start(...args).result;
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
});

test("nodes that are no cluster yet fail the load at once, and say so", async () => {
  const lone = new LocalFleet({ binary: await serverBinary("valkey-9.1"), zones: ["z1"] });
  try {
    await lone.setCapacity("z1", 1);
    const [{ address } = { address: "" }] = await lone.machines();
    const child = spawn(process.execPath, [main, "--node", `z1=${address}`, "bench"]);
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    expect(code).toBe(1);
    expect(stdout).toMatch(/No node owns a slot: the cluster is not formed yet|No node answers/);
  } finally {
    await lone.close();
  }
});

test("clients' errors are counted: a primary that dies under the load fails the check", async () => {
  const { child, result } = start("bench", "--seconds", "10", "--rate", "500", "--keys", "300", "--json", "-");
  await firstProgress(child);
  const [victim = ""] = await cluster.primaries();
  await cluster.fleet.kill(cluster.fleet.at(victim).instanceId);
  const { stdout, code } = await result;
  const report = JSON.parse(stdout) as Report;
  const [errors] = rowsOf(report, "errors");
  expect([code, errors?.verdict]).toEqual([1, "fail"]);
  expect(errors?.figures.errors).toBeGreaterThan(0);
  expect(errors?.notes.some((note) => /^\d+ x /.test(note))).toBe(true);
  expect(rowsOf(report, "GET").length).toBeGreaterThan(0);
});
