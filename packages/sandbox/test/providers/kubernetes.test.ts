import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startProviders, type RunningProviders } from "../../src/providers/index.ts";
import { ProviderClient, urnOf } from "./client.ts";

const deployment = "kubernetes:apps/v1:Deployment";
const spec = (label: string) => ({
  selector: { matchLabels: { app: label } },
  template: { metadata: { labels: { app: label } }, spec: { containers: [{ name: "proxy", image: "proxy:1" }] } },
});
const base = { apiVersion: "apps/v1", kind: "Deployment" };
let cloudDir: string;
let providers: RunningProviders;
let kubernetes: ProviderClient;

beforeEach(async () => {
  cloudDir = mkdtempSync(join(tmpdir(), "mrgc-cloud-"));
  providers = await startProviders({ cloudDir, names: ["kubernetes"] });
  kubernetes = new ProviderClient(providers.ports.kubernetes);
  await kubernetes.configure({ kubeconfig: "one" });
});

afterEach(async () => {
  kubernetes.close();
  await providers.stop();
  rmSync(cloudDir, { recursive: true });
});

it("refuses what a kind does not have, with the whole path", async () => {
  const wrong = { ...spec("a"), template: { spec: { containers: [{ name: "proxy", imagePullPolice: "Always" }] } } };
  const { failures } = await kubernetes.check(urnOf(deployment, "d"), { ...base, spec: wrong });
  expect(failures.map((failure) => failure.split(": ")[0])).toEqual([
    "spec.template.spec.containers[0].imagePullPolice",
  ]);
  expect((await kubernetes.check(urnOf(deployment, "d"), base)).failures).toEqual(["spec: is required and missing"]);
});

it("takes a custom resource as it comes, and no kind that is neither built in nor custom", async () => {
  const binding = { apiVersion: "elbv2.k8s.aws/v1beta1", kind: "TargetGroupBinding", spec: { targetGroupARN: "arn" } };
  const type = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding";
  expect((await kubernetes.check(urnOf(type, "b"), binding)).failures).toEqual([]);
  expect((await kubernetes.check(urnOf(type, "b"), { ...binding, kind: "Other" })).failures[0]).toContain(
    "TargetGroupBinding",
  );
  expect((await kubernetes.check(urnOf("kubernetes:apps/v1:Deploymentt", "d"), base)).failures).toHaveLength(1);
});

it("replaces a Deployment for its selector and updates it for its image", async () => {
  const urn = urnOf(deployment, "d");
  const { inputs } = await kubernetes.check(urn, { ...base, spec: spec("a") });
  const { id } = await kubernetes.create(urn, inputs);
  expect(id).toMatch(/^default\/d-[0-9a-f]{7}$/);
  const replaced = await kubernetes.diff(urn, id, inputs, { ...inputs, spec: spec("b") });
  expect(replaced.getReplacesList()).toEqual(["spec"]);
  const image = structuredClone(spec("a"));
  image.template.spec.containers[0]!.image = "proxy:2";
  const updated = await kubernetes.diff(urn, id, inputs, { ...inputs, spec: image });
  expect(updated.getReplacesList()).toEqual([]);
  expect([...updated.getDetaileddiffMap().keys()]).toEqual(["spec.template.spec.containers[0].image"]);
});

it("keeps clusters apart: one name in two of them is no clash, twice in one is", async () => {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "prism" } };
  const type = "kubernetes:core/v1:Namespace";
  const other = new ProviderClient(providers.ports.kubernetes);
  await other.configure({ kubeconfig: "two" });
  expect((await kubernetes.create(urnOf(type, "a"), namespace)).id).toBe("prism");
  expect((await other.create(urnOf(type, "b"), namespace)).id).toBe("prism");
  await expect(kubernetes.create(urnOf(type, "c"), namespace)).rejects.toThrow("already exists");
  other.close();
});
