import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Given, judgeAll, rule, unknownString as ref, urnOf } from "./support/harness.ts";

const bucket: Given = { type: "aws:s3/bucket:Bucket", name: "data", props: {} };

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("what must stand beside a resource", () => {
  const cases: [ruleId: string, resource: Given, companion: Given, inline?: Record<string, unknown>][] = [
    [
      "s3-public-access-blocked",
      bucket,
      {
        type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        name: "block",
        props: { bucket: ref },
        from: { bucket: ["data"] },
      },
    ],
    [
      "s3-bucket-encrypted",
      bucket,
      {
        type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        name: "sse",
        props: { bucket: ref },
        from: { bucket: ["data"] },
      },
      { serverSideEncryptionConfiguration: { rule: {} } },
    ],
    [
      "s3-bucket-versioned",
      bucket,
      {
        type: "aws:s3/bucketVersioning:BucketVersioning",
        name: "versions",
        props: { bucket: ref },
        from: { bucket: ["data"] },
      },
      { versioning: { enabled: true } },
    ],
    [
      "vpc-flow-logs",
      { type: "aws:ec2/vpc:Vpc", name: "data", props: {} },
      { type: "aws:ec2/flowLog:FlowLog", name: "log", props: { vpcId: ref }, from: { vpcId: ["data"] } },
    ],
    [
      "vpc-default-group-managed",
      { type: "aws:ec2/vpc:Vpc", name: "data", props: {} },
      {
        type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        name: "default",
        props: { vpcId: ref },
        from: { vpcId: ["data"] },
      },
    ],
  ];

  it.each(cases)("%s", (ruleId, resource, companion, inline) => {
    expect(judgeAll(rule(ruleId), [resource]).result).toBe("broken");
    expect(judgeAll(rule(ruleId), [resource, companion]).result).toBe("holds");
    expect(judgeAll(rule(ruleId), [resource, { ...companion, from: {} }]).result).toBe("cannot tell");
    if (inline !== undefined) {
      expect(judgeAll(rule(ruleId), [{ ...resource, props: inline }]).result).toBe("holds");
    }
  });

  it("s3-tls-only reads the policy", () => {
    const policy = (effect: string, value: string): Given => ({
      type: "aws:s3/bucketPolicy:BucketPolicy",
      name: "policy",
      props: {
        bucket: ref,
        policy: JSON.stringify({
          Statement: [
            {
              Effect: effect,
              Principal: "*",
              Action: "s3:*",
              Resource: "*",
              Condition: { Bool: { "aws:SecureTransport": value } },
            },
          ],
        }),
      },
      from: { bucket: ["data"] },
    });
    expect(judgeAll(rule("s3-tls-only"), [bucket, policy("Deny", "false")]).result).toBe("holds");
    expect(judgeAll(rule("s3-tls-only"), [bucket, policy("Allow", "false")]).result).toBe("broken");
    expect(judgeAll(rule("s3-tls-only"), [bucket, policy("Deny", "true")]).result).toBe("broken");
  });
});

describe("three-zones", () => {
  const subnet = (zone: string): Given => ({
    type: "aws:ec2/subnet:Subnet",
    name: `subnet-${zone}`,
    props: { availabilityZone: zone },
  });
  const balancer = (...zones: string[]): Given => ({
    type: "aws:lb/loadBalancer:LoadBalancer",
    name: "balancer",
    props: { subnets: zones.map(() => ref) },
    from: { subnets: zones.map((zone) => `subnet-${zone}`) },
  });

  it("counts zones, not subnets", () => {
    const zones = ["a", "b", "c"].map(subnet);
    expect(judgeAll(rule("three-zones"), [...zones, balancer("a", "b", "c")]).result).toBe("holds");
    expect(judgeAll(rule("three-zones"), [...zones, balancer("a", "b")]).result).toBe("broken");
    expect(judgeAll(rule("three-zones"), [...zones, balancer("a", "b")], { zones: 2 }).result).toBe("holds");
  });
});

describe("tenants-registered", () => {
  const service: Given = {
    type: "aws:ec2/vpcEndpointService:VpcEndpointService",
    name: "service",
    props: { allowedPrincipals: ["arn:aws:iam::210987654321:root"] },
  };

  it("refuses a principal outside the registry, and asks nothing without one", () => {
    expect(judgeAll(rule("tenants-registered"), [service], { tenants: ["210987654321"] }).result).toBe("holds");
    expect(judgeAll(rule("tenants-registered"), [service], { tenants: ["111122223333"] }).result).toBe("broken");
    expect(judgeAll(rule("tenants-registered"), [service]).result).toBe("holds");
  });
});

describe("security-group-quota", () => {
  it("counts every range of every rule that belongs to a group", () => {
    const group: Given = {
      type: "aws:ec2/securityGroup:SecurityGroup",
      name: "group",
      props: { ingress: [{ protocol: "tcp", fromPort: 1, toPort: 1, cidrBlocks: ["10.0.0.0/8", "10.1.0.0/16"] }] },
    };
    const rules = Array.from({ length: 58 }, (_, n): Given => ({
      type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      name: `rule-${n}`,
      props: { securityGroupId: ref, ipProtocol: "tcp", fromPort: n, toPort: n, cidrIpv4: "10.0.0.0/8" },
      from: { securityGroupId: ["group"] },
    }));
    expect(judgeAll(rule("security-group-quota"), [group, ...rules]).result).toBe("holds");
    expect(judgeAll(rule("security-group-quota"), [group, ...rules], { rules: 59 }).findings[0]?.detail).toContain(
      "has 60 entries, and AWS allows 59",
    );
  });
});

describe("monthly-budget", () => {
  const stack = (cost: object): Given => ({ type: "pulumi:pulumi:Stack", name: "region", outputs: { plan: { cost } } });

  it("holds a stack's cost plan against its budget", () => {
    expect(
      judgeAll(rule("monthly-budget"), [stack({ knownUsdPerMonth: 1001, unknown: [] })], { usdPerMonth: 1000 }).result,
    ).toBe("broken");
    expect(
      judgeAll(rule("monthly-budget"), [stack({ knownUsdPerMonth: 1000, unknown: [] })], { usdPerMonth: 1000 }).result,
    ).toBe("holds");
    expect(
      judgeAll(rule("monthly-budget"), [stack({ knownUsdPerMonth: 1, unknown: ["traffic"] })], { usdPerMonth: 1000 })
        .result,
    ).toBe("cannot tell");
    expect(
      judgeAll(rule("monthly-budget"), [stack({ knownUsdPerMonth: 5, unknown: [], budgetVerdict: "over" })]).result,
    ).toBe("broken");
  });

  it("takes the limit from the stack's configuration, and cannot tell without a plan", () => {
    vi.stubEnv("PULUMI_CONFIG", JSON.stringify({ "policy:budgetUsdPerMonth": "10" }));
    expect(judgeAll(rule("monthly-budget"), [stack({ knownUsdPerMonth: 11, unknown: [] })]).result).toBe("broken");
    expect(
      judgeAll(rule("monthly-budget"), [{ type: "pulumi:pulumi:Stack", name: "region", outputs: {} }]).result,
    ).toBe("cannot tell");
  });
});

describe("data-path-acknowledged", () => {
  const balancer: Given = {
    type: "aws:lb/loadBalancer:LoadBalancer",
    name: "balancer",
    outputs: { id: "lb-1", arn: "arn:lb-1" },
  };
  const key: Given = { type: "aws:kms/key:Key", name: "key", outputs: { id: "key-1", arn: "arn:key-1" } };
  const judged = rule("data-path-acknowledged");
  const ledgerFile = () => join(mkdtempSync(join(tmpdir(), "ledger-")), "dev.json");
  const preview = (path: string, all: Given[], acknowledge: string[] = []) =>
    judgeAll(judged, all, { ledger: path, acknowledge });

  function up(path: string, all: Given[]): void {
    vi.stubEnv("PULUMI_NODEJS_DRY_RUN", "false");
    expect(preview(path, all).result).toBe("holds");
    vi.stubEnv("PULUMI_NODEJS_DRY_RUN", "true");
  }

  it("writes the ledger on `up` only, and stops the next preview that replaces or deletes", () => {
    const path = ledgerFile();
    expect(preview(path, [balancer]).result).toBe("holds");
    expect(() => readFileSync(path)).toThrow();
    up(path, [balancer, key]);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      [urnOf(balancer)]: "arn:lb-1",
      [urnOf(key)]: "arn:key-1",
    });
    expect(preview(path, [balancer, key]).result).toBe("holds");
    const replaced = preview(path, [{ ...balancer, outputs: { id: ref, arn: ref } }, key]);
    expect(replaced.findings.map(({ detail }) => detail)).toEqual(["balancer is being replaced"]);
    expect(preview(path, [balancer]).findings.map(({ detail }) => detail)).toEqual(["key is being deleted"]);
  });

  it("lets an acknowledged name go, from the rule's setting or the stack's configuration", () => {
    const path = ledgerFile();
    up(path, [balancer, key]);
    expect(preview(path, [balancer], ["key"]).result).toBe("holds");
    vi.stubEnv("PULUMI_CONFIG", JSON.stringify({ "policy:acknowledge": '["key"]' }));
    expect(preview(path, [balancer]).result).toBe("holds");
  });

  it("has a ledger a stack where its path says `{stack}`, and asks about nothing but the data path", () => {
    vi.stubEnv("PULUMI_NODEJS_STACK", "dev");
    const path = ledgerFile();
    const queue = "urn:pulumi:dev::demo::mrgc:index:Box$aws:sqs/queue:Queue::errands";
    writeFileSync(path, JSON.stringify({ [urnOf(balancer)]: "arn:lb-1", [queue]: "arn:errands" }));
    const named = path.replace(/dev\.json$/, "{stack}.json");
    expect(preview(named, [balancer]).result).toBe("holds");
    expect(preview(named, []).findings.map(({ detail }) => detail)).toEqual(["balancer is being deleted"]);
  });

  it("knows a resource by its alias, and counts a broken ledger as broken", () => {
    const path = ledgerFile();
    up(path, [balancer]);
    expect(preview(path, [{ ...balancer, name: "renamed", opts: { aliases: [urnOf(balancer)] } }]).result).toBe(
      "holds",
    );
    writeFileSync(path, "not json");
    expect(preview(path, [balancer]).result).toBe("broken");
  });
});
