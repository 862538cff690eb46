import { describe, expect, it } from "vitest";
import { recorded, valueOf } from "../testing/recorded.ts";
import type { NetworkArgs } from "./args.ts";
import { Network } from "./network.ts";
import { withoutPublicAddresses } from "./vpc.ts";

const args: NetworkArgs = {
  region: "us-east-1",
  zoneIds: ["use1-az1", "use1-az2", "use1-az4"],
  cidrBlock: "10.66.0.0/18",
};
const fullScale = { cacheNodes: 1000, proxyNodes: 1000, gpuInstances: 64, routerTasks: 12 };

describe("Network", () => {
  it("hands the whole plan to awsx.ec2.Vpc, with the account's names of the zones", async () => {
    const run = await recorded(() => new Network("use1", args));
    const vpc = run.find("use1-vpc", "awsx:ec2:Vpc");
    expect(vpc.inputs).toMatchObject({
      cidrBlock: "10.66.0.0/18",
      availabilityZoneNames: ["us-east-1a", "us-east-1b", "us-east-1c"],
      subnetStrategy: "Exact",
      natGateways: { strategy: "OnePerAz" },
    });
    const blocks = Object.fromEntries(
      vpc.inputs.subnetSpecs.map((spec: { name: string; cidrBlocks: string[] }) => [spec.name, spec.cidrBlocks]),
    );
    // A /18 is four slots of 4,096 addresses: 2,048 private, 1,024 data, 256 public, 256 endpoint, 512 free.
    expect(blocks).toEqual({
      private: ["10.66.0.0/21", "10.66.16.0/21", "10.66.32.0/21"],
      data: ["10.66.8.0/22", "10.66.24.0/22", "10.66.40.0/22"],
      public: ["10.66.12.0/24", "10.66.28.0/24", "10.66.44.0/24"],
      endpoint: ["10.66.13.0/24", "10.66.29.0/24", "10.66.45.0/24"],
      "unused-1": ["10.66.14.0/24", "10.66.30.0/24", "10.66.46.0/23"],
      "unused-2": ["10.66.15.0/24", "10.66.31.0/24", "10.66.48.0/20"],
    });
  });

  it("gives machines in public subnets no public address, whatever awsx says", () => {
    const subnet = { type: "aws:ec2/subnet:Subnet", props: { mapPublicIpOnLaunch: true, cidrBlock: "10.66.12.0/24" } };
    const args = { ...subnet, custom: true, name: "use1-vpc-public-1", opts: { protect: true } };
    expect(withoutPublicAddresses(args)).toEqual({
      props: { mapPublicIpOnLaunch: false, cidrBlock: "10.66.12.0/24" },
      opts: { protect: true },
    });
    expect(withoutPublicAddresses({ ...args, type: "aws:ec2/eip:Eip" })).toBeUndefined();
  });

  it("gives one subnet of each kind a zone, in the order of the zones", async () => {
    const { result } = await recorded(() => new Network("use1", args));
    expect(await valueOf(result.privateSubnetIds)).toEqual([1, 2, 3].map((zone) => `use1-vpc-private-${zone}`));
    expect(await valueOf(result.dataSubnetIds)).toEqual([1, 2, 3].map((zone) => `use1-vpc-data-${zone}`));
    expect(await valueOf(result.endpointSubnetIds)).toEqual([1, 2, 3].map((zone) => `use1-vpc-endpoint-${zone}`));
    expect(await valueOf(result.podSubnetIds)).toEqual([]);
    expect(await valueOf(result.routeTableIds)).toHaveLength(12);
  });

  it("gives pods a secondary range with a same-zone way out, at full scale", async () => {
    const run = await recorded(() => new Network("use1", { ...args, fleets: fullScale }));
    expect(run.find("use1-pods").inputs).toMatchObject({ cidrBlock: "100.64.0.0/16", vpcId: "use1-vpc-id" });
    const subnets = run
      .ofType("aws:ec2/subnet:Subnet")
      .map(({ inputs }) => [inputs.availabilityZoneId, inputs.cidrBlock]);
    expect(subnets).toEqual([
      ["use1-az1", "100.64.0.0/18"],
      ["use1-az2", "100.64.64.0/18"],
      ["use1-az4", "100.64.128.0/18"],
    ]);
    const routes = run.ofType("aws:ec2/route:Route").map(({ name, inputs }) => [name, inputs.natGatewayId]);
    expect(routes).toEqual([
      ["use1-pod-use1-az1", "use1-vpc-nat-1"],
      ["use1-pod-use1-az2", "use1-vpc-nat-2"],
      ["use1-pod-use1-az4", "use1-vpc-nat-3"],
    ]);
    expect(await valueOf(run.result.routeTableIds)).toHaveLength(15);
  });

  it("reaches AWS through endpoints that only the VPC can use", async () => {
    const run = await recorded(() => new Network("use1", { ...args, fleets: fullScale }));
    const endpoints = run.ofType("aws:ec2/vpcEndpoint:VpcEndpoint");
    const services = (type: string) =>
      endpoints.filter(({ inputs }) => inputs.vpcEndpointType === type).map(({ inputs }) => inputs.serviceName);
    expect(services("Gateway")).toEqual(["com.amazonaws.us-east-1.s3", "com.amazonaws.us-east-1.dynamodb"]);
    expect(services("Interface").map((service) => service.replace("com.amazonaws.us-east-1.", ""))).toEqual([
      "ec2",
      "logs",
      "monitoring",
      "secretsmanager",
      "ssm",
      "ssmmessages",
      "ec2messages",
      "ecr.api",
      "ecr.dkr",
      "sts",
      "eks",
      "elasticloadbalancing",
      "autoscaling",
      "kms",
    ]);
    const ec2 = run.find("use1-endpoint-ec2").inputs;
    expect(ec2.privateDnsEnabled).toBe(true);
    expect(ec2.subnetIds).toEqual([1, 2, 3].map((zone) => `use1-vpc-endpoint-${zone}`));
    expect(ec2.securityGroupIds).toEqual(["use1-endpoints-id"]);
    const rules = run.ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").map(({ inputs }) => inputs);
    expect(rules.map((rule) => [rule.cidrIpv4, rule.fromPort, rule.toPort])).toEqual([
      ["10.66.0.0/18", 443, 443],
      ["100.64.0.0/16", 443, 443],
    ]);
    expect(run.find("use1-endpoint-s3").inputs.routeTableIds).toHaveLength(15);
  });

  it("leaves nothing open by default", async () => {
    const run = await recorded(() => new Network("use1", args));
    expect(run.find("use1-default").inputs).toMatchObject({ ingress: [], egress: [], vpcId: "use1-vpc-id" });
    const acl = run
      .ofType("aws:ec2/networkAclRule:NetworkAclRule")
      .map(({ inputs }) => `${inputs.egress ? "out" : "in"} ${inputs.protocol} ${inputs.cidrBlock} ${inputs.fromPort}`);
    expect(acl).toEqual([
      "in -1 10.66.0.0/18 undefined",
      "out -1 10.66.0.0/18 undefined",
      "in tcp 0.0.0.0/0 32768",
      "out tcp 0.0.0.0/0 443",
    ]);
    expect(
      run.ofType("aws:ec2/networkAclAssociation:NetworkAclAssociation").map(({ inputs }) => inputs.subnetId),
    ).toEqual([1, 2, 3].map((zone) => `use1-vpc-data-${zone}`));
    expect(run.ofType("aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions")).toEqual([]);
  });

  it("closes the region's internet gateways but for its public subnets when asked", async () => {
    const run = await recorded(() => new Network("use1", { ...args, publicAccess: "public-subnets-only" }));
    expect(run.find("use1-block-public-access").inputs.internetGatewayBlockMode).toBe("block-ingress");
    expect(
      run
        .ofType("aws:ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion")
        .map(({ inputs }) => [inputs.subnetId, inputs.internetGatewayExclusionMode]),
    ).toEqual([1, 2, 3].map((zone) => [`use1-vpc-public-${zone}`, "allow-bidirectional"]));
  });

  it("keeps flow logs in an encrypted bucket that only this account's log delivery writes to", async () => {
    const run = await recorded(() => new Network("use1", args));
    expect(run.find("use1-flow-logs", "aws:ec2/flowLog:FlowLog").inputs).toMatchObject({
      trafficType: "ALL",
      logDestinationType: "s3",
      vpcId: "use1-vpc-id",
    });
    const policy = JSON.parse(run.find("use1-flow-logs-policy").inputs.policy);
    const writes = policy.Statement.find((statement: { Sid: string }) => statement.Sid === "LogDeliveryWrites");
    expect(writes).toMatchObject({
      Effect: "Allow",
      Principal: { Service: "delivery.logs.amazonaws.com" },
      Action: ["s3:PutObject"],
      Condition: {
        StringEquals: { "aws:SourceAccount": "123456789012" },
        ArnLike: { "aws:SourceArn": "arn:aws:logs:us-east-1:123456789012:*" },
      },
    });
    const key = JSON.parse(run.find("use1-flow-logs", "aws:kms/key:Key").inputs.policy);
    expect(key.Statement.map((statement: { Sid: string }) => statement.Sid)).toEqual([
      "AccountDecidesByIam",
      "LogDeliveryEncrypts",
    ]);
  });

  it("keeps the names of its children: a rename is a replacement", async () => {
    const run = await recorded(() => new Network("use1", { ...args, fleets: fullScale, interfaceEndpoints: ["sts"] }));
    expect(run.identities()).toEqual([
      "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup::use1-default",
      "aws:ec2/flowLog:FlowLog::use1-flow-logs",
      "aws:ec2/networkAcl:NetworkAcl::use1-data",
      "aws:ec2/networkAclAssociation:NetworkAclAssociation::use1-data-use1-az1",
      "aws:ec2/networkAclAssociation:NetworkAclAssociation::use1-data-use1-az2",
      "aws:ec2/networkAclAssociation:NetworkAclAssociation::use1-data-use1-az4",
      "aws:ec2/networkAclRule:NetworkAclRule::use1-data-in-answers",
      "aws:ec2/networkAclRule:NetworkAclRule::use1-data-in-pods",
      "aws:ec2/networkAclRule:NetworkAclRule::use1-data-in-vpc",
      "aws:ec2/networkAclRule:NetworkAclRule::use1-data-out-https",
      "aws:ec2/networkAclRule:NetworkAclRule::use1-data-out-pods",
      "aws:ec2/networkAclRule:NetworkAclRule::use1-data-out-vpc",
      "aws:ec2/route:Route::use1-pod-use1-az1",
      "aws:ec2/route:Route::use1-pod-use1-az2",
      "aws:ec2/route:Route::use1-pod-use1-az4",
      "aws:ec2/routeTable:RouteTable::use1-pod-use1-az1",
      "aws:ec2/routeTable:RouteTable::use1-pod-use1-az2",
      "aws:ec2/routeTable:RouteTable::use1-pod-use1-az4",
      "aws:ec2/routeTableAssociation:RouteTableAssociation::use1-pod-use1-az1",
      "aws:ec2/routeTableAssociation:RouteTableAssociation::use1-pod-use1-az2",
      "aws:ec2/routeTableAssociation:RouteTableAssociation::use1-pod-use1-az4",
      "aws:ec2/securityGroup:SecurityGroup::use1-endpoints",
      "aws:ec2/subnet:Subnet::use1-pod-use1-az1",
      "aws:ec2/subnet:Subnet::use1-pod-use1-az2",
      "aws:ec2/subnet:Subnet::use1-pod-use1-az4",
      "aws:ec2/vpcEndpoint:VpcEndpoint::use1-endpoint-dynamodb",
      "aws:ec2/vpcEndpoint:VpcEndpoint::use1-endpoint-s3",
      "aws:ec2/vpcEndpoint:VpcEndpoint::use1-endpoint-sts",
      "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation::use1-pods",
      "aws:kms/alias:Alias::use1-flow-logs-alias",
      "aws:kms/key:Key::use1-flow-logs",
      "aws:s3/bucket:Bucket::use1-flow-logs",
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration::use1-flow-logs-lifecycle",
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls::use1-flow-logs-ownership",
      "aws:s3/bucketPolicy:BucketPolicy::use1-flow-logs-policy",
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock::use1-flow-logs-public-access",
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration::use1-flow-logs-encryption",
      "aws:s3/bucketVersioning:BucketVersioning::use1-flow-logs-versioning",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::use1-endpoints-in-pods",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::use1-endpoints-in-vpc",
      "awsx:ec2:Vpc::use1-vpc",
      "mrgc:index:Network::use1",
    ]);
    const network = run.find("use1", "mrgc:index:Network");
    expect(network.parent).toBe("");
    expect(run.find("use1-vpc").parent).toBe(network.urn);
  });

  it("tags whatever takes tags", async () => {
    const run = await recorded(() => new Network("use1", { ...args, fleets: fullScale, tags: { Team: "core" } }));
    const untagged = run.resources.filter(
      ({ type, inputs }) =>
        inputs.tags === undefined &&
        /subnet:|routeTable:|vpcEndpoint:|networkAcl:|securityGroup:|flowLog:|key:|bucket:|Vpc$/.test(type),
    );
    expect(untagged.map(({ type, name }) => `${type}::${name}`)).toEqual([]);
    expect(run.find("use1-endpoint-s3").inputs.tags).toMatchObject({
      Team: "core",
      ManagedBy: "pulumi",
      Name: "use1-endpoint-s3",
    });
  });

  it("refuses zones of another region", async () => {
    await expect(recorded(() => new Network("use1", { ...args, region: "us-east-2" }))).rejects.toThrow(
      /zoneIds\[0\]: is no zone of us-east-2, whose zones are called use2-az1/,
    );
  });

  it("refuses before anything exists, with the path of the argument", async () => {
    await expect(recorded(() => new Network("use1", { ...args, cidrBlock: "10.66.1.0/18" }))).rejects.toThrow(
      /Network "use1" cannot be planned:\ncidrBlock: does not begin where a \/18 may begin/,
    );
  });
});
