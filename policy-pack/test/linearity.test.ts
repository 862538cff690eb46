import { describe, expect, it } from "vitest";
import { allRules, judgeStack } from "../src/rules.ts";
import { type Given, judgeOne, stackOf, unknownString as ref } from "./support/harness.ts";

const tags = { Project: "a", Environment: "production", ManagedBy: "pulumi", Component: "b" };

/** A stack of `count` resources in the mix of a region: zones with subnets, tables, routes, groups, rules, machines, buckets, balancers. */
function stack(count: number): Given[] {
  const cells = Math.ceil(count / 10);
  const cell = (n: number): Given[] => [
    { type: "aws:ec2/subnet:Subnet", name: `subnet-${n}`, props: { vpcId: ref, tags }, from: { vpcId: ["vpc"] } },
    {
      type: "aws:ec2/routeTable:RouteTable",
      name: `table-${n}`,
      props: { vpcId: ref, tags },
      from: { vpcId: ["vpc"] },
    },
    {
      type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
      name: `association-${n}`,
      props: { subnetId: ref, routeTableId: ref },
      from: { subnetId: [`subnet-${n}`], routeTableId: [`table-${n}`] },
    },
    {
      type: "aws:ec2/route:Route",
      name: `route-${n}`,
      props: { routeTableId: ref, destinationCidrBlock: "0.0.0.0/0", gatewayId: ref },
      from: { routeTableId: [`table-${n}`], gatewayId: ["igw"] },
    },
    {
      type: "aws:ec2/securityGroup:SecurityGroup",
      name: `group-${n}`,
      props: { vpcId: ref, tags },
      from: { vpcId: ["vpc"] },
    },
    {
      type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      name: `rule-${n}`,
      props: { securityGroupId: ref, ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "10.0.0.0/8" },
      from: { securityGroupId: [`group-${n}`] },
    },
    {
      type: "aws:ec2/instance:Instance",
      name: `machine-${n}`,
      props: { subnetId: ref, vpcSecurityGroupIds: [ref], tags },
      from: { subnetId: [`subnet-${n}`], vpcSecurityGroupIds: [`group-${n}`] },
    },
    { type: "aws:s3/bucket:Bucket", name: `bucket-${n}`, props: { tags } },
    {
      type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      name: `block-${n}`,
      props: { bucket: ref, blockPublicAcls: true },
      from: { bucket: [`bucket-${n}`] },
    },
    {
      type: "aws:lb/loadBalancer:LoadBalancer",
      name: `balancer-${n}`,
      props: { internal: true, subnets: [ref], tags },
      from: { subnets: [`subnet-${n}`] },
    },
  ];
  return [
    { type: "aws:ec2/vpc:Vpc", name: "vpc" },
    { type: "aws:ec2/internetGateway:InternetGateway", name: "igw" },
    ...Array.from({ length: cells }, (_, n) => cell(n)).flat(),
  ];
}

/** Counts every read of a property and every look at a dependency: what a rule does for a resource, whatever machine it runs on. */
function countingReads(given: readonly Given[], reads: { count: number }): Given[] {
  return given.map((one) => ({ ...one, props: counted(one.props ?? {}, reads), from: counted(one.from ?? {}, reads) }));
}

function counted<Value extends object>(value: Value, reads: { count: number }): Value {
  return new Proxy(value, {
    get(target, key, receiver) {
      reads.count += 1;
      const found: unknown = Reflect.get(target, key, receiver);
      return found instanceof Object && typeof key === "string" && Object.hasOwn(target, key)
        ? counted(found, reads)
        : found;
    },
  });
}

function readsOf(size: number): number {
  const reads = { count: 0 };
  const graph = stackOf(countingReads(stack(size), reads));
  for (const rule of allRules) {
    if (rule.scope === "stack") {
      judgeStack(rule, graph);
    }
  }
  return reads.count;
}

describe("cost", () => {
  it("of the stack rules grows with the resources, not with their square: 5,000 against 1,250", () => {
    const small = readsOf(1250);
    const large = readsOf(5000);
    expect(small).toBeGreaterThan(0);
    expect(large / small).toBeLessThan(4.4);
  });

  it("of the resource rules is that of the resource, whatever else there is", () => {
    const reads = { count: 0 };
    const [machine] = countingReads(
      stack(10).filter(({ name }) => name === "machine-0"),
      reads,
    );
    for (const rule of allRules) {
      if (rule.scope === "resource" && machine !== undefined && rule.types.includes(machine.type)) {
        judgeOne(rule, machine);
      }
    }
    // Some 20 rules speak of an instance, and each reads a handful of its properties.
    expect(reads.count).toBeLessThan(500);
  });
});
