import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { plainInputs, type PropertySpec, type TypeSpecs } from "./plain-inputs.ts";

const { resources, types } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../plugin/schema.json"), "utf8"),
) as { resources: Record<string, { inputProperties: Record<string, PropertySpec> }>; types: TypeSpecs };
const taken = (inputs: pulumi.Inputs) =>
  plainInputs(inputs, resources["mrgc:index:RegionalGpuCluster"]!.inputProperties, types);

/** As it is at preview where a value comes from a resource that is still to be made. */
const unknown = () =>
  new (pulumi.Output as unknown as new (...args: unknown[]) => pulumi.Output<string>)(
    new Set(),
    Promise.resolve(undefined),
    Promise.resolve(false),
    Promise.resolve(false),
    Promise.resolve(new Set()),
  );

beforeAll(() => pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }));

describe("inputs from another language", () => {
  it("are taken out where a plan needs them and they are known, at any depth", async () => {
    const vpcId = pulumi.output("vpc-1");
    const plain = await taken({
      modelImage: pulumi.output("model:1"),
      tenants: pulumi.output([{ name: pulumi.output("acme"), cidrBlocks: [pulumi.output("10.0.0.0/16")] }]),
      attestation: { measurements: { current: { PCR0: pulumi.output("aa") } } },
      network: { region: pulumi.output("us-east-1"), vpcId },
    });
    expect(plain).toMatchObject({
      modelImage: "model:1",
      tenants: [{ name: "acme", cidrBlocks: ["10.0.0.0/16"] }],
      attestation: { measurements: { current: { PCR0: "aa" } } },
      network: { region: "us-east-1" },
    });
    // What a component takes as an output stays one, with what it depends on.
    expect((plain.network as { vpcId: unknown }).vpcId).toBe(vpcId);
  });

  it("that are not known yet are refused by their paths, all at once", async () => {
    const refused = await taken({
      modelImage: unknown(),
      certificateSecretArn: unknown(),
      tenants: [{ name: "acme" }, { name: unknown() }],
      tags: { Owner: pulumi.secret("me") },
      network: { zoneIds: unknown(), vpcId: unknown() },
    }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(pulumi.InputPropertiesError);
    const { errors = [] } = refused as pulumi.InputPropertiesError;
    expect(errors.map(({ propertyPath }) => propertyPath).sort()).toEqual([
      "modelImage",
      "network.zoneIds",
      "tags.Owner",
      "tenants[1].name",
    ]);
    expect(errors.find(({ propertyPath }) => propertyPath === "tags.Owner")?.reason).toMatch(/^is a secret/);
  });

  it("without outputs are the same", async () => {
    const inputs = { modelImage: "a", tenants: [{ name: "acme" }], logRetentionDays: 30, efa: true, none: null };
    expect(await taken(inputs)).toEqual(inputs);
  });
});
