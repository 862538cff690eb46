import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeSecret, unknownValue, type PropertyMap } from "../../src/engine/values.ts";
import { startProviders, type RunningProviders } from "../../src/providers/index.ts";
import { ProviderClient, urnOf } from "./client.ts";

const keyType = "aws:kms/key:Key";
const subnetType = "aws:ec2/subnet:Subnet";
let cloudDir: string;
let providers: RunningProviders;
let aws: ProviderClient;

beforeEach(async () => {
  cloudDir = mkdtempSync(join(tmpdir(), "mrgc-cloud-"));
  providers = await startProviders({ cloudDir, names: ["aws"] });
  aws = new ProviderClient(providers.ports.aws);
  await aws.configure({ region: "us-east-2", defaultTags: JSON.stringify({ tags: { Owner: "prism" } }) });
});

afterEach(async () => {
  aws.close();
  await providers.stop();
  rmSync(cloudDir, { recursive: true });
});

/** Checks, asserts that nothing is wrong, and creates. */
async function make(type: string, name: string, inputs: PropertyMap) {
  const urn = urnOf(type, name);
  const checked = await aws.check(urn, inputs);
  expect(checked.failures).toEqual([]);
  const { id, outputs } = await aws.create(urn, checked.inputs);
  return { urn, id, outputs, inputs: checked.inputs };
}

describe("Check", () => {
  it("refuses what the SDK does not declare, naming the property's path", async () => {
    const { failures } = await aws.check(urnOf("aws:lb/targetGroup:TargetGroup", "tg"), {
      port: "80",
      protocol: "SMTP",
      healthCheck: { enabledd: true },
      vpcId: unknownValue,
    });
    expect(failures.map((failure) => failure.split(":")[0])).toEqual(["healthCheck.enabledd", "port", "protocol"]);
    expect(failures[2]).toContain("TCP_UDP");
  });

  it("refuses a missing required input and a type that is none", async () => {
    expect((await aws.check(urnOf(subnetType, "s"), {})).failures).toEqual(["vpcId: is required and missing"]);
    expect((await aws.check(urnOf("aws:ec2/vpcc:Vpcc", "s"), {})).failures[0]).toContain("aws:ec2/vpcc:Vpcc");
  });

  it("accepts an unknown value anywhere", async () => {
    const inputs = {
      cidrBlock: unknownValue,
      vpcId: unknownValue,
      tags: unknownValue,
      mapPublicIpOnLaunch: unknownValue,
    };
    const checked = await aws.check(urnOf(subnetType, "s"), inputs);
    expect(checked.failures).toEqual([]);
    expect(checked.inputs).toMatchObject(inputs);
  });

  it("fills region, name and all tags, the same way each time", async () => {
    const urn = urnOf("aws:lb/loadBalancer:LoadBalancer", "a-name-that-is-longer-than-aws-allows");
    const first = await aws.check(urn, { tags: { Name: "x" } });
    expect(first.inputs).toMatchObject({ region: "us-east-2", tagsAll: { Owner: "prism", Name: "x" } });
    expect(first.inputs.name).toMatch(/^a-name-that-is-longer-th-[0-9a-f]{7}$/);
    expect(await aws.check(urn, { tags: { Name: "x" } })).toEqual(first);
    expect((await aws.check(urn, { tags: { Name: "x" } }, first.inputs)).inputs).toEqual(first.inputs);
  });

  it("tells two configured instances of one server apart", async () => {
    const west = new ProviderClient(providers.ports.aws);
    await west.configure({ region: "us-west-2" });
    expect((await west.check(urnOf(keyType, "k"), {})).inputs.region).toBe("us-west-2");
    expect((await aws.check(urnOf(keyType, "k"), {})).inputs.region).toBe("us-east-2");
    west.close();
  });

  it.each([
    ["aws:ec2/vpc:Vpc", { cidrBlock: "10.66.1.0/18" }, 'cidrBlock: "10.66.1.0/18" has host bits set; "10.66.0.0/18"'],
    ["aws:lb/loadBalancer:LoadBalancer", { name: "internal-x" }, "name:"],
    ["aws:lb/targetGroup:TargetGroup", { name: "x".repeat(33) }, "33 characters"],
    [
      "aws:rds/instance:Instance",
      { instanceClass: "db.r6i.large", storageType: "gp3", allocatedStorage: 400, iops: 3000 },
      "iops: 3000 is below 12000",
    ],
    [
      "aws:ebs/volume:Volume",
      { availabilityZone: "us-east-2a", type: "gp3", size: 100, iops: 3000, throughput: 1000 },
      "throughput: 1000 MiB/s needs at least 4000 IOPS",
    ],
    ["aws:kms/alias:Alias", { name: "prism", targetKeyId: "k" }, 'must begin with "alias/"'],
    [subnetType, { vpcId: "vpc-1", availabilityZone: "us-west-2a" }, "not a zone of us-east-2"],
    [
      "aws:eks/nodeGroup:NodeGroup",
      {
        clusterName: "c",
        nodeRoleArn: "r",
        subnetIds: [],
        scalingConfig: { minSize: 1, desiredSize: 1, maxSize: 451 },
      },
      "scalingConfig.maxSize: 451",
    ],
  ])("refuses what AWS would refuse of %s", async (type, inputs, message) => {
    expect((await aws.check(urnOf(type, "x"), inputs)).failures.join()).toContain(message);
  });

  it("refuses subnets outside their VPC and on top of each other", async () => {
    const vpc = await make("aws:ec2/vpc:Vpc", "vpc", { cidrBlock: "10.66.0.0/18" });
    await make(subnetType, "a", { vpcId: vpc.id, cidrBlock: "10.66.0.0/24" });
    const outside = await aws.check(urnOf(subnetType, "b"), { vpcId: vpc.id, cidrBlock: "10.66.64.0/24" });
    expect(outside.failures.join()).toContain("outside the VPC's range 10.66.0.0/18");
    const overlapping = await aws.check(urnOf(subnetType, "c"), { vpcId: vpc.id, cidrBlock: "10.66.0.128/25" });
    expect(overlapping.failures.join()).toContain("conflicts with 10.66.0.0/24");
  });

  it("refuses an Auto Scaling group that spreads a cluster placement group over zones", async () => {
    const vpc = await make("aws:ec2/vpc:Vpc", "vpc", { cidrBlock: "10.66.0.0/18" });
    const a = await make(subnetType, "a", { vpcId: vpc.id, cidrBlock: "10.66.0.0/24", availabilityZone: "us-east-2a" });
    const b = await make(subnetType, "b", { vpcId: vpc.id, cidrBlock: "10.66.1.0/24", availabilityZone: "us-east-2b" });
    const group = await make("aws:ec2/placementGroup:PlacementGroup", "pg", { strategy: "cluster" });
    const inputs = { minSize: 1, maxSize: 2, placementGroup: group.id, vpcZoneIdentifiers: [a.id, b.id] };
    const { failures } = await aws.check(urnOf("aws:autoscaling/group:Group", "asg"), inputs);
    expect(failures.join()).toContain("lives in one zone, the subnets are in us-east-2a, us-east-2b");
  });
});

describe("the life of a resource", () => {
  it("gives outputs that look like AWS's", async () => {
    const key = await make(keyType, "k", {});
    expect(key.outputs.arn).toBe(`arn:aws:kms:us-east-2:123456789012:key/${key.id}`);
    const lb = await make("aws:lb/loadBalancer:LoadBalancer", "nlb", {
      name: "nlb",
      loadBalancerType: "network",
      internal: true,
    });
    expect(lb.outputs.dnsName).toMatch(/^nlb-[0-9a-f]{16}\.elb\.us-east-2\.amazonaws\.com$/);
    expect(lb.outputs.zoneId).toBe("ZLMOA37VPKANP");
  });

  it("leaves what the cloud decides unknown in a preview", async () => {
    const urn = urnOf(keyType, "k");
    const { id, outputs } = await aws.create(urn, (await aws.check(urn, { description: "d" })).inputs, true);
    expect(id).toBe("");
    expect(outputs).toMatchObject({ arn: unknownValue, keyId: unknownValue, description: "d" });
  });

  it("creates once when the reply of a first create was lost, and anew for a replacement", async () => {
    const urn = urnOf(keyType, "k");
    const { inputs } = await aws.check(urn, {});
    const first = await aws.create(urn, inputs);
    expect(await aws.create(urn, inputs)).toEqual(first);
    await aws.diff(urn, first.id, inputs, inputs);
    expect((await aws.create(urn, inputs)).id).not.toBe(first.id);
  });

  it("finds everything again after a restart, a torn record included", async () => {
    const key = await make(keyType, "k", { description: "d" });
    await providers.stop();
    const { appendFileSync } = await import("node:fs");
    appendFileSync(join(cloudDir, "aws.jsonl"), '{"op":"put","obj');
    aws.close();
    providers = await startProviders({ cloudDir, names: ["aws"] });
    aws = new ProviderClient(providers.ports.aws);
    await aws.configure({ region: "us-east-2" });
    expect(await aws.read(key.urn, key.id)).toEqual({ id: key.id, outputs: key.outputs });
    const other = await make(keyType, "other", {});
    await aws.delete(key.urn, key.id);
    await aws.delete(key.urn, key.id);
    expect((await aws.read(key.urn, key.id)).id).toBe("");
    expect((await aws.read(other.urn, other.id)).id).toBe(other.id);
  });

  it("keeps no secret in its files and gives it back to who knows it", async () => {
    const password = "correct horse battery staple";
    const made = await make("aws:rds/instance:Instance", "db", {
      instanceClass: "db.r6i.large",
      password: makeSecret(password),
    });
    expect(readFileSync(join(cloudDir, "aws.jsonl"), "utf8")).not.toContain(password);
    expect((await aws.read(made.urn, made.id, made.outputs)).outputs.password).toEqual(makeSecret(password));
  });

  it("counts the versions of a launch template", async () => {
    const made = await make("aws:ec2/launchTemplate:LaunchTemplate", "lt", { instanceType: "g6e.2xlarge" });
    expect(made.outputs.latestVersion).toBe(1);
    const { inputs } = await aws.check(made.urn, { instanceType: "g6e.4xlarge" }, made.inputs);
    expect((await aws.update(made.urn, made.id, made.outputs, inputs)).latestVersion).toBe(2);
  });
});

describe("Diff", () => {
  it("replaces for what cannot be changed, the old one first where both would bear one name", async () => {
    const urn = urnOf("aws:lb/targetGroup:TargetGroup", "tg");
    const old = (await aws.check(urn, { name: "tg", port: 443, protocol: "TCP", vpcId: "vpc-1" })).inputs;
    const fixed = await aws.diff(urn, "x", old, { ...old, port: 8080 });
    expect(fixed.getReplacesList()).toEqual(["port"]);
    expect(fixed.getDeletebeforereplace()).toBe(true);
    const named = (await aws.check(urn, { port: 443, protocol: "TCP", vpcId: "vpc-1" })).inputs;
    expect((await aws.diff(urn, "x", named, { ...named, port: 8080 })).getDeletebeforereplace()).toBe(false);
    const update = await aws.diff(urn, "x", old, { ...old, deregistrationDelay: 30 });
    expect(update.getReplacesList()).toEqual([]);
    expect(update.getDiffsList()).toEqual(["deregistrationDelay"]);
  });

  it("replaces a Network Load Balancer that gets its first security group, not one that gets another", async () => {
    const urn = urnOf("aws:lb/loadBalancer:LoadBalancer", "nlb");
    const base: PropertyMap = { name: "nlb", loadBalancerType: "network", region: "us-east-2" };
    const replaces = async (old: string[], now: string[]) =>
      (await aws.diff(urn, "x", { ...base, securityGroups: old }, { ...base, securityGroups: now })).getReplacesList();
    expect(await replaces([], ["sg-1"])).toEqual(["securityGroups"]);
    expect(await replaces(["sg-1"], ["sg-1", "sg-2"])).toEqual([]);
  });

  const inputs = fc.record(
    {
      cidrBlock: fc.constantFrom("10.66.0.0/24", "10.66.1.0/24", unknownValue),
      mapPublicIpOnLaunch: fc.boolean(),
      tags: fc.dictionary(fc.stringMatching(/^[A-Z][a-z]{1,6}$/), fc.string({ maxLength: 8 }), { maxKeys: 4 }),
      vpcId: fc.constantFrom("vpc-1", "vpc-2"),
    },
    { requiredKeys: ["vpcId"] },
  );

  it("finds no change in what was created, whatever the inputs", async () => {
    const urn = urnOf(subnetType, "s");
    await fc.assert(
      fc.asyncProperty(inputs, async (given) => {
        const known = {
          ...given,
          ...(given.cidrBlock === unknownValue ? { cidrBlock: "10.66.9.0/24" } : {}),
        } as PropertyMap;
        const first = (await aws.check(urn, known)).inputs;
        const { id, outputs } = await aws.create(urn, first);
        const again = (await aws.check(urn, known, first)).inputs;
        expect((await aws.diff(urn, id, first, again)).getDiffsList()).toEqual([]);
        expect(outputs).toMatchObject(first);
        await aws.delete(urn, id);
      }),
      { numRuns: 50 },
    );
  });

  it("finds the same properties, and the same replacements, in both directions", async () => {
    const urn = urnOf(subnetType, "s");
    await fc.assert(
      fc.asyncProperty(inputs, inputs, async (a, b) => {
        fc.pre(a.cidrBlock !== unknownValue && b.cidrBlock !== unknownValue);
        const there = await aws.diff(urn, "x", a as PropertyMap, b as PropertyMap);
        const back = await aws.diff(urn, "x", b as PropertyMap, a as PropertyMap);
        expect(new Set(back.getReplacesList())).toEqual(new Set(there.getReplacesList()));
        expect(new Set(back.getDiffsList())).toEqual(new Set(there.getDiffsList()));
      }),
      { numRuns: 50 },
    );
  });
});
