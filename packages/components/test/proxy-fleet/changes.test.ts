import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const sandbox = join(import.meta.dirname, "../../../sandbox/src/main.ts");
const program = join(import.meta.dirname, "program");

interface SandboxResult {
  succeeded: boolean;
  stacks: { steps: { kind: string; urn: string }[] }[];
}

let stateDir: string;

/** What the program changes or would change: `kind type name`. */
async function sandboxed(operation: "up" | "preview", args: object): Promise<string[]> {
  const options = ["--stack", "dev", "--cwd", program, "--state-dir", stateDir, "--engine", "embedded", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, [sandbox, operation, ...options], {
    env: { ...process.env, CHANGED_ARGS: JSON.stringify(args) },
    maxBuffer: 64 * 2 ** 20,
  });
  const result = JSON.parse(stdout.slice(stdout.indexOf("{"))) as SandboxResult;
  expect(result.succeeded).toBe(true);
  return result.stacks
    .flatMap(({ steps }) => steps)
    .filter(({ kind }) => kind !== "same")
    .map(({ kind, urn }) => `${kind} ${urn.split("::").at(-2)?.split("$").at(-1)} ${urn.split("::").at(-1)}`)
    .sort();
}

const cluster = "update aws:eks/cluster:Cluster proxies-cluster-eksCluster";
const deployment = "update kubernetes:apps/v1:Deployment proxies-deployment";
const proxyGroups = ["az1", "az2", "az3"].map(
  (zone) => `update aws:eks/nodeGroup:NodeGroup proxies-nodes-usw2-${zone}`,
);
const systemGroup = "update aws:eks/nodeGroup:NodeGroup proxies-nodes-system";
const component = "update mrgc:index:ProxyFleet proxies";

describe("a running fleet and its database", { timeout: 300_000 }, () => {
  beforeAll(async () => {
    stateDir = mkdtempSync(join(tmpdir(), "mrgc-fleet-changes-"));
    const created = await sandboxed("up", { proxies: { kubernetesVersion: "1.35" } });
    expect(created.filter((change) => !change.startsWith("create "))).toEqual([]);
  }, 300_000);

  afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

  it("has zonal shift, which the remote component has no argument for", async () => {
    const files = (await readdir(stateDir, { recursive: true })).filter((file) => /\.jsonl?$/.test(file));
    const state = files.map((file) => readFileSync(join(stateDir, file), "utf8")).join("\n");
    expect(state).toMatch(/"zonalShiftConfig":\s*\{\s*"enabled":\s*true/);
  });

  it.each<[string, object, string[]]>([
    ["the proxy's image", { proxies: { image: "registry.example/proxy:2" } }, [deployment]],
    ["the nodes' type", { proxies: { instanceType: "c6i.4xlarge" } }, [...proxyGroups, deployment]],
    ["the fleet's size", { proxies: { minNodes: 60, desiredNodes: 60 } }, [...proxyGroups]],
    ["the Kubernetes version", { proxies: { kubernetesVersion: "1.36" } }, [...proxyGroups, cluster, systemGroup]],
    ["labels and tags", { proxies: { tags: { CostCenter: "42" } } }, [cluster]],
    ["the drain's delay", { proxies: { deregistrationDelaySeconds: 120 } }, [deployment]],
    [
      "the database's class and size",
      { metadata: { instanceClass: "db.r8g.xlarge", storageGib: 800 } },
      ["update aws:rds/instance:Instance metadata-primary", "update aws:rds/instance:Instance metadata-replica-1"],
    ],
    [
      "the database's labels",
      { metadata: { tags: { CostCenter: "42" } } },
      ["update aws:rds/instance:Instance metadata-primary"],
    ],
  ])("replaces nothing when %s changes", async (_, change, expected) => {
    const { proxies = {}, ...rest } = change as { proxies?: object };
    const changes = await sandboxed("preview", { proxies: { kubernetesVersion: "1.35", ...proxies }, ...rest });
    // An alarm's threshold or a version of a launch template may change as well; nothing is made anew or taken away.
    expect(changes.filter((each) => !each.startsWith("update "))).toEqual([]);
    expect(changes.filter((each) => expected.includes(each))).toEqual([...expected].sort());
    expect(changes).not.toEqual([component]);
  });
});
