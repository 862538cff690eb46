import { expect, test } from "vitest";
import { recorded, valueOf } from "../testing/recorded.ts";
import { TlsEnd, type FrontDoorRegion, type GlobalFrontDoorArgs } from "./args.ts";
import { frontDoorPlan } from "./front-door-plan.ts";
import { GlobalFrontDoor } from "./global-front-door.ts";

const region = (name: string, more: Partial<FrontDoorRegion> = {}): FrontDoorRegion => ({
  region: name,
  nlbArn: `arn:aws:elasticloadbalancing:${name}:123456789012:loadbalancer/net/nlb/1`,
  nlbDnsName: `nlb.elb.${name}.amazonaws.com`,
  nlbZoneId: "Z1",
  ...more,
});
const frontDoor = (args: Partial<GlobalFrontDoorArgs> = {}) =>
  recorded(() => new GlobalFrontDoor("door", { regions: [region("us-east-1"), region("us-west-2")], ...args }), {
    outputs: {
      "aws:globalaccelerator/accelerator:Accelerator": () => ({
        dnsName: "a1.awsglobalaccelerator.com",
        hostedZoneId: "Z2BJ6XQ5FK7U4H",
        ipSets: [{ ipAddresses: ["75.2.0.1", "99.83.0.1"], ipFamily: "IPv4" }],
      }),
      "aws:globalaccelerator/listener:Listener": () => ({
        arn: "arn:aws:globalaccelerator::1:accelerator/abcd/listener/l1",
      }),
    },
    calls: { "aws:ec2/getInternetGateway:getInternetGateway": () => ({ internetGatewayId: "igw-1", id: "igw-1" }) },
  });
const refusal = (args: Partial<GlobalFrontDoorArgs>) => {
  try {
    frontDoorPlan({ regions: [region("us-east-1")], ...args });
    return "accepted";
  } catch (error) {
    return (error as Error).message;
  }
};

test("what it creates, by name", async () => {
  const { identities } = await frontDoor({
    domainName: "inference.example.com",
    hostedZoneId: "ZPUBLIC",
    internalDomainName: "inference.corp",
    internalZoneId: "ZCORP",
    regions: [
      region("us-east-1", {
        healthAlarmName: "mrgc-us-east-1",
        nlbSecurityGroupId: "sg-1",
        vpcCidrBlock: "10.66.0.0/18",
        vpcId: "vpc-1",
      }),
      region("us-west-2"),
    ],
  });
  expect(identities()).toEqual([
    "aws:cloudwatch/metricAlarm:MetricAlarm::door-us-east-1-unhealthy",
    "aws:cloudwatch/metricAlarm:MetricAlarm::door-us-west-2-unhealthy",
    "aws:globalaccelerator/accelerator:Accelerator::door-accelerator",
    "aws:globalaccelerator/endpointGroup:EndpointGroup::door-us-east-1",
    "aws:globalaccelerator/endpointGroup:EndpointGroup::door-us-west-2",
    "aws:globalaccelerator/listener:Listener::door-listener",
    "aws:route53/healthCheck:HealthCheck::door-us-east-1-internal-health",
    "aws:route53/record:Record::door-domain",
    "aws:route53/record:Record::door-us-east-1-internal",
    "aws:route53/record:Record::door-us-west-2-internal",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::door-us-east-1-in-accelerator",
    "mrgc:index:GlobalFrontDoor::door",
  ]);
});

test("each region is an endpoint group with its load balancer, its dial and no client address", async () => {
  const { find, result } = await frontDoor({
    regions: [region("us-east-1"), region("us-west-2", { trafficDialPercent: 0 })],
  });
  expect(find("door-us-west-2").inputs).toMatchObject({
    endpointGroupRegion: "us-west-2",
    trafficDialPercentage: 0,
    endpointConfigurations: [{ endpointId: region("us-west-2").nlbArn, clientIpPreservationEnabled: false }],
  });
  // A dial that the evacuation command has turned is not turned back by `up`.
  expect(find("door-us-west-2").ignoreChanges).toEqual(["trafficDialPercentage"]);
  expect(find("door-us-east-1-unhealthy").inputs).toMatchObject({
    region: "us-west-2",
    dimensions: { Listener: "l1" },
  });
  expect(await valueOf(result.ipAddresses)).toEqual(["75.2.0.1", "99.83.0.1"]);
  expect(await valueOf(result.publicDomainName)).toBe("a1.awsglobalaccelerator.com");
});

test("kept addresses are judged by the load balancer, lost ones come from the VPC", async () => {
  const guarded = [region("us-east-1", { nlbSecurityGroupId: "sg-1", vpcCidrBlock: "10.66.0.0/18" })];
  const kept = await frontDoor({
    regions: guarded,
    tlsEnd: TlsEnd.Router,
    preserveClientAddress: true,
    publicClientCidrs: ["203.0.113.0/24"],
  });
  expect(kept.find("door-us-east-1-in-203-0-113-0-24").inputs).toMatchObject({
    cidrIpv4: "203.0.113.0/24",
    fromPort: 443,
  });
  const lost = await frontDoor({ regions: guarded });
  expect(lost.find("door-us-east-1-in-accelerator").inputs).toMatchObject({
    cidrIpv4: "10.66.0.0/18",
    region: "us-east-1",
  });
});

test("what cannot work is refused by path", () => {
  expect(refusal({ preserveClientAddress: true, publicClientCidrs: ["0.0.0.0/0"] })).toMatch(
    /^preserveClientAddress: .*TLS listener/,
  );
  expect(refusal({ tlsEnd: TlsEnd.Router, preserveClientAddress: true })).toMatch(/^publicClientCidrs:/);
  expect(refusal({ publicClientCidrs: ["203.0.113.0/24"] })).toMatch(/^publicClientCidrs: Without kept addresses/);
  expect(refusal({ regions: [region("us-east-1"), region("us-east-1")] })).toContain("regions[1].region");
  expect(refusal({ regions: [region("us-east-1", { trafficDialPercent: 0 })] })).toContain("answers nobody");
  expect(refusal({ regions: [] })).toContain("regions:");
  expect(refusal({ domainName: "a.example" })).toMatch(/^hostedZoneId:/);
  expect(refusal({ regions: [region("us-east-1", { nlbSecurityGroupId: "sg-1" })] })).toContain(
    "regions[0].vpcCidrBlock",
  );
});
