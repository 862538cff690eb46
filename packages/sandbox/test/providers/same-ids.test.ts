/** IDs that are only unique inside something: a region, an Auto Scaling group. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { Cloud } from "../../src/cloud/cloud.ts";
import { RunKind } from "../../src/engine/stack-set.ts";
import { openProviders, type OpenProviders } from "../../src/providers/index.ts";
import { makeWorkspace, runDev, type Workspace } from "../support/workspace.ts";

let workspace: Workspace;
let providers: OpenProviders;

beforeEach(() => {
  workspace = makeWorkspace();
  providers = openProviders({ cloudDir: `${workspace.directory}/cloud` });
});

afterEach(() => {
  providers.close();
  workspace.remove();
});

const program = (groups: string[]) => `
import * as aws from "@pulumi/aws";
for (const region of ["us-east-1", "us-east-2"]) {
  const provider = new aws.Provider(region, { region });
  new aws.cloudwatch.LogGroup("logs-" + region, { name: "/mrgc/router" }, { provider });
}
const provider = new aws.Provider("groups", { region: "us-west-2" });
for (const name of ${JSON.stringify(groups)}) {
  const group = new aws.autoscaling.Group(name, { name, minSize: 0, maxSize: 1, availabilityZones: ["us-west-2a"], launchTemplate: { id: "lt-1" } }, { provider });
  new aws.autoscaling.LifecycleHook("launching-" + name, {
    name: "launching", autoscalingGroupName: group.name, lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
  }, { provider });
}
`;

/** Steps that are not "same", without those on stacks and providers. */
async function changes(kind: RunKind, groups: string[]): Promise<string[]> {
  workspace.write("index.js", program(groups));
  const { succeeded, diagnostics, steps } = await runDev(kind, workspace, 0, {
    endpoints: Promise.resolve(providers.services),
  });
  expect({ succeeded, diagnostics }).toEqual({ succeeded: true, diagnostics: [] });
  return steps
    .filter(({ kind: step, urn }) => step !== "same" && step !== "refresh" && urn.includes("::aws:"))
    .map(({ kind: step, urn }) => `${step} ${urn.split("::").at(-1)}`)
    .sort();
}

it("are kept apart when they are read again, and when one of them goes", async () => {
  expect(await changes(RunKind.Up, ["a", "b"])).toEqual([
    "create a",
    "create b",
    "create launching-a",
    "create launching-b",
    "create logs-us-east-1",
    "create logs-us-east-2",
  ]);
  expect(await changes(RunKind.Refresh, ["a", "b"])).toEqual([]);
  expect(await changes(RunKind.Up, ["a", "b"])).toEqual([]);
  expect(await changes(RunKind.Up, ["b"])).toEqual(["delete a", "delete launching-a"]);
  expect(await changes(RunKind.Refresh, ["b"])).toEqual([]);
  expect(await changes(RunKind.Up, ["b"])).toEqual([]);
});

it("are missed when they are gone, though another region has one of the same name", async () => {
  await changes(RunKind.Up, ["a"]);
  providers.close();
  const cloud = new Cloud(`${workspace.directory}/cloud/aws.jsonl`);
  const [logs] = cloud.ofType("aws:cloudwatch/logGroup:LogGroup", "us-east-1");
  cloud.remove(logs!.type, logs!.id, logs!);
  cloud.close();
  providers = openProviders({ cloudDir: `${workspace.directory}/cloud` });
  await changes(RunKind.Refresh, ["a"]);
  expect(await changes(RunKind.Up, ["a"])).toEqual(["create logs-us-east-1"]);
});
