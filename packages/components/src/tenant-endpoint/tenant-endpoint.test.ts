import { expect, test } from "vitest";
import { recorded, valueOf } from "../testing/recorded.ts";
import { CrossRegionPath, type TenantEndpointArgs, type TenantVpc } from "./args.ts";
import { TenantEndpoint } from "./tenant-endpoint.ts";

const regions = ["us-east-1", "us-west-2"];
const codes: Record<string, string> = { "us-east-1": "use1", "us-west-2": "usw2" };
const zones = (region: string) => [1, 2, 3].map((index) => `${codes[region]}-az${index}`);
const vpc = (region: string, more: Partial<TenantVpc> = {}): TenantVpc => ({
  region,
  zoneIds: zones(region),
  vpcId: `vpc-${region}`,
  vpcCidrBlock: region === "us-east-1" ? "10.34.0.0/16" : "10.35.0.0/16",
  privateSubnetIds: [1, 2, 3].map((index) => `subnet-${region}-${index}`),
  ...more,
});
const services = regions.map((serviceRegion) => ({
  serviceRegion,
  serviceName: `com.amazonaws.vpce.${serviceRegion}.vpce-svc-1`,
  zoneIds: zones(serviceRegion),
  endpointRegions: regions,
}));
const endpoint = (args: Partial<TenantEndpointArgs>) =>
  recorded(() => new TenantEndpoint("inference", { vpcs: [vpc("us-east-1")], services, ...args }), {
    outputs: {
      "aws:ec2/vpcEndpoint:VpcEndpoint": (name) => ({
        dnsEntries: [
          { dnsName: `${name}.vpce.amazonaws.com`, hostedZoneId: "Z7" },
          { dnsName: `${name}-us-east-1a.vpce.amazonaws.com`, hostedZoneId: "Z7" },
        ],
      }),
    },
  });

test("one region and no name: an endpoint with a group of its own, and nothing else", async () => {
  const { identities, find, result } = await endpoint({ services: services.slice(0, 1) });
  expect(identities()).toEqual([
    "aws:ec2/securityGroup:SecurityGroup::inference-us-east-1-endpoint",
    "aws:ec2/vpcEndpoint:VpcEndpoint::inference-us-east-1-endpoint",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::inference-us-east-1-endpoint-in-vpc-443",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::inference-us-east-1-endpoint-in-vpc-8080",
    "mrgc:index:TenantEndpoint::inference",
  ]);
  expect(find("inference-us-east-1-endpoint", "aws:ec2/vpcEndpoint:VpcEndpoint").inputs).toMatchObject({
    vpcEndpointType: "Interface",
    subnetIds: ["subnet-us-east-1-1", "subnet-us-east-1-2", "subnet-us-east-1-3"],
    securityGroupIds: ["inference-us-east-1-endpoint-id"],
    privateDnsEnabled: false,
    region: "us-east-1",
  });
  expect(await valueOf(result.dnsName)).toBe("inference-us-east-1-endpoint.vpce.amazonaws.com");
});

test("one network and two regions: a cross-region endpoint, a probe, and a name that fails over", async () => {
  const { identities, find, result } = await endpoint({ dnsName: "inference.acme.internal" });
  expect(identities()).toEqual([
    "aws:cloudwatch/eventRule:EventRule::inference-us-east-1-probe-schedule",
    "aws:cloudwatch/eventTarget:EventTarget::inference-us-east-1-probe-target",
    "aws:cloudwatch/logGroup:LogGroup::inference-us-east-1-probe-log",
    "aws:cloudwatch/metricAlarm:MetricAlarm::inference-us-east-1-sees-us-east-1-alarm",
    "aws:cloudwatch/metricAlarm:MetricAlarm::inference-us-east-1-sees-us-west-2-alarm",
    "aws:ec2/securityGroup:SecurityGroup::inference-us-east-1-endpoint",
    "aws:ec2/securityGroup:SecurityGroup::inference-us-east-1-probe",
    "aws:ec2/securityGroup:SecurityGroup::inference-us-east-1-to-us-west-2-endpoint",
    "aws:ec2/vpcEndpoint:VpcEndpoint::inference-us-east-1-endpoint",
    "aws:ec2/vpcEndpoint:VpcEndpoint::inference-us-east-1-to-us-west-2-endpoint",
    "aws:iam/role:Role::inference-us-east-1-probe-role",
    "aws:iam/rolePolicy:RolePolicy::inference-us-east-1-probe-rights",
    "aws:kms/alias:Alias::inference-us-east-1-probe-key-alias",
    "aws:kms/key:Key::inference-us-east-1-probe-key",
    "aws:lambda/function:Function::inference-us-east-1-probe",
    "aws:lambda/permission:Permission::inference-us-east-1-probe-permission",
    "aws:route53/healthCheck:HealthCheck::inference-us-east-1-sees-us-east-1-health",
    "aws:route53/healthCheck:HealthCheck::inference-us-east-1-sees-us-west-2-health",
    "aws:route53/record:Record::inference-us-east-1-record-us-east-1",
    "aws:route53/record:Record::inference-us-east-1-record-us-west-2",
    "aws:route53/zone:Zone::inference-us-east-1-zone",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule::inference-us-east-1-probe-out-us-east-1",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule::inference-us-east-1-probe-out-us-west-2",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::inference-us-east-1-endpoint-in-vpc-443",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::inference-us-east-1-endpoint-in-vpc-8080",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::inference-us-east-1-to-us-west-2-endpoint-in-vpc-443",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::inference-us-east-1-to-us-west-2-endpoint-in-vpc-8080",
    "mrgc:index:TenantEndpoint::inference",
  ]);
  expect(find("inference-us-east-1-to-us-west-2-endpoint", "aws:ec2/vpcEndpoint:VpcEndpoint").inputs).toMatchObject({
    serviceName: "com.amazonaws.vpce.us-west-2.vpce-svc-1",
    serviceRegion: "us-west-2",
    vpcId: "vpc-us-east-1",
    region: "us-east-1",
  });
  expect(find("inference-us-east-1-record-us-west-2").inputs).toMatchObject({
    name: "inference.acme.internal",
    aliases: [{ name: "inference-us-east-1-to-us-west-2-endpoint.vpce.amazonaws.com", zoneId: "Z7" }],
    setIdentifier: "us-west-2",
    failoverRoutingPolicies: [{ type: "SECONDARY" }],
    healthCheckId: "inference-us-east-1-sees-us-west-2-health-id",
  });
  expect(find("inference-us-east-1-sees-us-west-2-health").inputs).toMatchObject({
    type: "CLOUDWATCH_METRIC",
    cloudwatchAlarmRegion: "us-east-1",
    insufficientDataHealthStatus: "LastKnownStatus",
  });
  expect(find("inference-us-east-1-sees-us-west-2-alarm").inputs).toMatchObject({
    namespace: "Mrgc/TenantEndpoint",
    dimensions: { Endpoint: "inference/us-east-1/us-west-2" },
    // Route 53 follows metrics of standard resolution only: a figure a minute.
    period: 60,
    evaluationPeriods: 1,
    statistic: "Average",
    threshold: 0.5,
    comparisonOperator: "LessThanThreshold",
  });
  const { TARGETS } = (
    find("inference-us-east-1-probe", "aws:lambda/function:Function").inputs as {
      environment: { variables: { TARGETS: string } };
    }
  ).environment.variables;
  expect(JSON.parse(TARGETS)).toEqual([
    {
      key: "inference/us-east-1/us-east-1",
      url: "http://inference-us-east-1-endpoint.vpce.amazonaws.com:8080/health",
    },
    {
      key: "inference/us-east-1/us-west-2",
      url: "http://inference-us-east-1-to-us-west-2-endpoint.vpce.amazonaws.com:8080/health",
    },
  ]);
  expect(await valueOf(result.dnsName)).toBe("inference.acme.internal");
});

test("applications named by security group are admitted, and so is the probe; the rest of the network is not", async () => {
  const vpcs = [vpc("us-east-1", { clientSecurityGroupIds: ["sg-app"], kmsKeyArn: "arn:aws:kms:us-east-1:1:key/1" })];
  const { ofType } = await endpoint({ vpcs, dnsName: "inference.acme.internal" });
  const rules = ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").map(({ inputs }) => [
    inputs.securityGroupId,
    inputs.referencedSecurityGroupId ?? inputs.cidrIpv4,
    inputs.fromPort,
  ]);
  const probe = "inference-us-east-1-probe-id";
  expect(rules.sort()).toEqual(
    [
      ["inference-us-east-1-endpoint-id", "sg-app", 443],
      ["inference-us-east-1-endpoint-id", "sg-app", 8080],
      ["inference-us-east-1-endpoint-id", probe, 8080],
      ["inference-us-east-1-to-us-west-2-endpoint-id", "sg-app", 443],
      ["inference-us-east-1-to-us-west-2-endpoint-id", "sg-app", 8080],
      ["inference-us-east-1-to-us-west-2-endpoint-id", probe, 8080],
    ].sort(),
  );
  expect(ofType("aws:kms/key:Key")).toEqual([]);
});

test("AWS tells a topic of the network's region what becomes of its endpoints", async () => {
  const topic = "arn:aws:sns:us-east-1:123456789012:endpoints";
  const { find } = await endpoint({ services: services.slice(0, 1), connectionTopicArns: { "us-east-1": topic } });
  expect(find("inference-us-east-1-notification").inputs).toEqual({
    vpcEndpointId: "inference-us-east-1-endpoint-id",
    connectionNotificationArn: topic,
    connectionEvents: ["Accept", "Reject", "Delete"],
    region: "us-east-1",
  });
});

test("transit gateways: peered, accepted, routed both ways, and let in at the endpoints", async () => {
  const vpcs = regions.map((region) => vpc(region, { privateRouteTableIds: [`rtb-${region}`] }));
  const { find, ofType } = await endpoint({
    vpcs,
    dnsName: "inference.acme.internal",
    crossRegion: CrossRegionPath.TransitGateway,
  });
  expect(ofType("aws:ec2/vpcEndpoint:VpcEndpoint").map(({ inputs }) => inputs.serviceRegion)).toEqual([
    undefined,
    undefined,
  ]);
  const accepted = find("inference-us-east-1-us-west-2-peering-accepted");
  expect(accepted.inputs.region).toBe("us-west-2");
  for (const [from, cidr] of [
    ["us-east-1", "10.35.0.0/16"],
    ["us-west-2", "10.34.0.0/16"],
  ] as const) {
    const to = regions.find((region) => region !== from) ?? "";
    const route = find(`inference-${from}-route-${to}`);
    expect(route.inputs).toMatchObject({ destinationCidrBlock: cidr, region: from });
    expect(route.dependencies).toContain(accepted.urn);
    expect(find(`inference-${from}-vpc-route-${to}-0`).inputs).toMatchObject({
      routeTableId: `rtb-${from}`,
      destinationCidrBlock: cidr,
      region: from,
    });
    expect(find(`inference-${from}-endpoint-in-${to}-443`).inputs).toMatchObject({ cidrIpv4: cidr, fromPort: 443 });
  }
});
