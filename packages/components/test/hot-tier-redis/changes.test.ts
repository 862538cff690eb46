import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const sandbox = join(import.meta.dirname, "../../../sandbox/src/main.ts");
const program = join(import.meta.dirname, "program");
const artifact = { bucket: "programs", key: "valkey-9.1.2.tar.gz", sha256: "a".repeat(64) };
const first = { shards: 16, engineArtifact: artifact, engineVersion: "9.1.2" };

/** A step that is no `same`, as `kind type name`. */
type Change = `${string} ${string}`;

interface SandboxResult {
  succeeded: boolean;
  stacks: { steps: { kind: string; urn: string }[]; diagnostics: unknown[] }[];
}

let stateDir: string;

/** Runs the program in the sandbox and gives what it changes or would change. */
async function sandboxed(operation: "up" | "preview", args: object): Promise<Change[]> {
  const options = ["--stack", "dev", "--cwd", program, "--state-dir", stateDir, "--engine", "embedded", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, [sandbox, operation, ...options], {
    env: { ...process.env, HOT_TIER_ARGS: JSON.stringify(args) },
    maxBuffer: 64 * 2 ** 20,
  });
  const result = JSON.parse(stdout) as SandboxResult;
  expect(result.succeeded).toBe(true);
  return result.stacks
    .flatMap(({ steps }) => steps)
    .filter(({ kind }) => kind !== "same")
    .map(({ kind, urn }): Change => `${kind} ${urn.split("::").at(-2)?.split("$").at(-1)} ${urn.split("::").at(-1)}`)
    .sort();
}

/** Every group, as what is updated with a new version of the launch template. */
const groups = ["az1-a", "az1-b", "az2-a", "az2-b", "az3-a", "az3-b"].map(
  (key): Change => `update aws:autoscaling/group:Group hot-tier-usw2-${key}-group`,
);
const template: Change = "update aws:ec2/launchTemplate:LaunchTemplate hot-tier-node";
const parameter = (key: string): Change => `update aws:ssm/parameter:Parameter hot-tier-parameter-${key}`;

describe("a running hot tier", { timeout: 300_000 }, () => {
  beforeAll(async () => {
    stateDir = mkdtempSync(join(tmpdir(), "mrgc-changes-"));
    const created = await sandboxed("up", first);
    expect(created.every((change) => change.startsWith("create "))).toBe(true);
  }, 300_000);

  afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

  it("stays as it is when nothing changes", async () => {
    expect(await sandboxed("preview", first)).toEqual([]);
  });

  // More bytes take longer to store: the alarm's limit follows.
  const backupAge: Change = "update aws:cloudwatch/metricAlarm:MetricAlarm hot-tier-alarm-backup-age";

  it.each<[string, object, Change[]]>([
    // Another image: machines only.
    ["the image", { imageId: "ami-0123456789abcdef0" }, [...groups, template]],
    [
      "the engine's version",
      { engineVersion: "9.1.3", engineArtifact: { ...artifact, sha256: "b".repeat(64) } },
      [...groups, template],
    ],
    ["the data volume", { dataVolumeGib: 600 }, [...groups, template]],
    // Twice the memory and network: what the controller may do, and when load is high.
    [
      "the instance type",
      { instanceType: "r6i.8xlarge" },
      [
        ...groups,
        backupAge,
        "update aws:cloudwatch/metricAlarm:MetricAlarm hot-tier-alarm-network-high",
        template,
        parameter("budgets"),
        parameter("limits"),
      ],
    ],
    // The number of shards that the controller keeps at least; groups have room for 333 already.
    ["16 shards to 160", { shards: 160 }, [backupAge, parameter("limits")]],
    [
      "16 shards to 500, above the groups' room",
      { shards: 500 },
      [...groups, backupAge, parameter("limits"), parameter("zones")],
    ],
  ])("replaces nothing when %s changes", async (_, change, updates) => {
    expect(await sandboxed("preview", { ...first, ...change })).toEqual([...updates].sort());
  });
});
