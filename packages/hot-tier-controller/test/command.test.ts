import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { LocalFleet } from "./support/local-fleet.ts";
import { serverBinary } from "./support/servers.ts";

// A scenario takes seconds on a quiet machine; a busy one must not fail it.
vi.setConfig({ testTimeout: 240_000 });

const run = promisify(execFile);
const main = join(import.meta.dirname, "../src/main.ts");
let fleet: LocalFleet;
let nodes: string[];

beforeAll(async () => {
  fleet = new LocalFleet({ binary: await serverBinary("valkey-9.1"), zones: ["a", "b", "c"] });
  for (const zone of ["a", "b", "c"]) {
    await fleet.setCapacity(zone, 3);
  }
  nodes = [...fleet.machinesById.values()].flatMap(({ zone, address }) => ["--node", `${zone}=${address}`]);
});

afterAll(() => fleet.close());

async function hotTier(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [main, ...nodes, ...args]);
  return stdout;
}

test("a dry run shows and changes nothing; apply forms the cluster; status and plan say that it is whole", async () => {
  const dry = await hotTier("apply", "--dry-run");
  expect(dry).toMatch(/ {2}1\. meet instance:|meet [0-9a-f]{40}/);
  expect(await hotTier("status")).toContain("0 of 16384 slots are served");
  const applied = await hotTier("apply", "--max-seconds", "60");
  expect(applied).toContain("done   give 0-5460 to");
  const status = await hotTier("status");
  expect(status).toContain("16384 of 16384 slots are served; * is the primary");
  expect(status.split("\n").filter((line) => / slots {2}[abc] /.test(line)).length).toBe(3);
  const plan = await hotTier("plan");
  expect(plan).toContain("Nothing to do.");
  expect(plan).toMatch(/Recovery point from backups: one takes \d+ s at 400 MB\/s/);
  expect(await hotTier("rebalance")).toContain("16384 of 16384 slots are served");
});

test.each([
  [["apply", "--shards", "4"], /with 1, 2 or 4 shards the loss of a zone loses the voters' majority/],
  [["backup"], /Backups need a place: --bucket/],
  [["--node", "nonsense", "status"], /--node nonsense: has to be zone=host:port/],
])("%j is refused with what to do instead", async (args, message) => {
  await expect(hotTier(...args)).rejects.toThrow(message);
});
