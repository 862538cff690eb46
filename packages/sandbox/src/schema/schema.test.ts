import { describe, expect, it } from "vitest";
import { listedValues, saysForceNew } from "./hints.ts";
import { readResourceSchema } from "./resource-schema.ts";
import { openSdk } from "./sdk-package.ts";
import { parseShape } from "./shapes.ts";
import { awsPath, kubernetesPath } from "./tokens.ts";

describe("parseShape", () => {
  it.each([
    ["pulumi.Input<string | undefined>", { kind: "string" }],
    [
      "pulumi.Input<pulumi.Input<inputs.ec2.RouteTableRoute>[] | undefined>",
      { kind: "array", item: { kind: "object", name: "ec2.RouteTableRoute" } },
    ],
    ["pulumi.Input<{ [key: string]: pulumi.Input<string>; } | undefined>", { kind: "map", item: { kind: "string" } }],
    [
      "pulumi.Input<string | enums.rds.EngineMode>",
      { kind: "union", options: [{ kind: "string" }, { kind: "enum", name: "rds.EngineMode" }] },
    ],
    ['pulumi.Input<"apps/v1" | undefined>', { kind: "literal", value: "apps/v1" }],
    ["string[][]", { kind: "array", item: { kind: "array", item: { kind: "string" } } }],
  ])("reads %s", (source, shape) => {
    expect(parseShape(source)).toEqual(shape);
  });
});

describe("doc comments", () => {
  it.each([
    ["The mode. Valid values are `on` and `off`. Defaults to `on`.", ["on", "off"]],
    ["Valid values: `a`, `b`, or `c`.", ["a", "b", "c"]],
    ["Valid values include `a` and `b`.", undefined],
    ["Valid values are `a` and `b`. Values c and d are also valid but only partly.", undefined],
    ["For network ones, valid values are `TCP` and `UDP`.", undefined],
    ["Valid values are from `1` to `5`.", undefined],
  ])("lists the values of %j only when the list is complete", (doc, values) => {
    expect(listedValues(doc)).toEqual(values);
  });

  it.each([
    ["The name. Forces new resource.", true],
    ["Changing this will force a new resource to be created.", true],
    ["Force a new task deployment of the service.", false],
    ["Specifies more (Forces new for Multi-AZ DB clusters).", false],
  ])("sees in %j whether a change replaces", (doc, replaces) => {
    expect(saysForceNew(doc)).toBe(replaces);
  });
});

describe("the installed SDKs", () => {
  const aws = openSdk("aws");
  const kubernetes = openSdk("kubernetes");

  it("say what a type takes, gives and hides", () => {
    const token = "aws:rds/instance:Instance";
    const schema = readResourceSchema(aws, token, awsPath(token));
    expect(schema?.inputs.get("instanceClass")?.required).toBe(true);
    expect(schema?.inputs.get("engine")?.required).toBe(false);
    expect(schema?.outputs.has("endpoint")).toBe(true);
    expect(schema?.secretOutputs).toContain("password");
    expect(aws.inputType("lb.TargetGroupHealthCheck")?.map(({ name }) => name)).toContain("healthyThreshold");
    expect(aws.enumValues("rds.EngineMode")).toEqual(new Set(["provisioned", "serverless", "parallelquery", "global"]));
  });

  it("say which kinds there are", () => {
    expect(kubernetesPath(kubernetes, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler")).toBe(
      "autoscaling/v2/horizontalPodAutoscaler",
    );
    expect(kubernetesPath(kubernetes, "kubernetes:networking.k8s.io/v1:NetworkPolicy")).toBe(
      "networking/v1/networkPolicy",
    );
    expect(kubernetesPath(kubernetes, "kubernetes:apps/v1:Nothing")).toBeUndefined();
    expect(readResourceSchema(aws, "aws:kms/key:Kee", "kms/key")).toBeUndefined();
  });
});
