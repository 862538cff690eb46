/** What the picture calls private and public, of foreign stacks too. */
import { describe, expect, it } from "vitest";
import { buildModel } from "./build-model.ts";
import { Reach, type DeploymentModel } from "./model.ts";
import { fromPreview, fromState, type RawState } from "./source.ts";

const vpc = resource("aws:ec2/vpc:Vpc", "vpc", { cidrBlock: "10.0.0.0/16" });
const subnet = resource("aws:ec2/subnet:Subnet", "subnet", { cidrBlock: "10.0.0.0/24", vpcId: vpc.id });
const table = resource("aws:ec2/routeTable:RouteTable", "table", { vpcId: vpc.id });
const association = resource("aws:ec2/routeTableAssociation:RouteTableAssociation", "association", {
  subnetId: subnet.id,
  routeTableId: table.id,
});
const gateway = resource("aws:ec2/internetGateway:InternetGateway", "gateway", { vpcId: vpc.id });
const network = [vpc, subnet, table, association];

function resource(type: string, name: string, inputs: Record<string, unknown>): RawState & { urn: string; id: string } {
  const id = `${name}-id`;
  return { urn: `urn:pulumi:dev::shop::${type}::${name}`, type, custom: true, id, inputs, outputs: { ...inputs, id } };
}

const deployed = (...resources: RawState[]): DeploymentModel => buildModel(fromState(resources, "a state", "state"));
const reachOf = ({ networks }: DeploymentModel) => networks[0]!.zones[0]!.subnets[0]!.reach;
const route = (to: Record<string, unknown>) =>
  resource("aws:ec2/route:Route", "route", { routeTableId: table.id, ...to });
const everywhere = { destinationCidrBlock: "0.0.0.0/0" };

describe("a subnet whose default route", () => {
  it.each([
    ["leads to the stack's internet gateway", { ...everywhere, gatewayId: gateway.id }, Reach.Public],
    ["leads to an internet gateway of another stack", { ...everywhere, gatewayId: "igw-0a1b2c3d" }, Reach.Public],
    ["is of IPv6", { destinationIpv6CidrBlock: "::/0", gatewayId: "igw-0a1b2c3d" }, Reach.Public],
    ["leads through NAT", { ...everywhere, natGatewayId: "nat-0a1b2c3d" }, Reach.Outbound],
    ["leads out only", { destinationIpv6CidrBlock: "::/0", egressOnlyGatewayId: "eigw-0a1b2c3d" }, Reach.Outbound],
    ["leads to a transit gateway", { ...everywhere, transitGatewayId: "tgw-0a1b2c3d" }, Reach.Elsewhere],
    ["leads to a VPN", { ...everywhere, gatewayId: "vgw-0a1b2c3d" }, Reach.Elsewhere],
    ["has no target that is known", everywhere, Reach.Unknown],
    ["is none", { destinationCidrBlock: "10.9.0.0/16", gatewayId: "vgw-0a1b2c3d" }, Reach.Isolated],
  ])("%s", (_, to, reach) => {
    expect(reachOf(deployed(...network, gateway, route(to)))).toBe(reach);
  });

  it.each([
    ["an internet gateway", { cidrBlock: "0.0.0.0/0", gatewayId: "igw-0a1b2c3d" }, Reach.Public],
    ["an internet gateway, for IPv6", { ipv6CidrBlock: "::/0", gatewayId: "igw-0a1b2c3d" }, Reach.Public],
    ["NAT", { cidrBlock: "0.0.0.0/0", natGatewayId: "nat-0a1b2c3d" }, Reach.Outbound],
    ["a transit gateway", { cidrBlock: "0.0.0.0/0", transitGatewayId: "tgw-0a1b2c3d" }, Reach.Elsewhere],
  ])("stands in its table and leads to %s", (_, inline, reach) => {
    const own = { ...table, inputs: { vpcId: vpc.id, routes: [inline] }, outputs: {} };
    expect(reachOf(deployed(vpc, subnet, own, association))).toBe(reach);
  });

  it("leads to a gateway that is not there yet, in a preview", () => {
    const planned = {
      ...table,
      inputs: { vpcId: vpc.id, routes: [{ cidrBlock: "0.0.0.0/0" }] },
      propertyDependencies: { routes: [gateway.urn] },
    };
    const steps = [vpc, subnet, planned, association, gateway].map((newState) => ({
      op: "create",
      urn: newState.urn,
      newState,
    }));
    expect(reachOf(buildModel(fromPreview({ steps }, "a preview", "preview")))).toBe(Reach.Public);
  });

  it("is not known because another table's association is not in the stack", () => {
    expect(reachOf(deployed(vpc, subnet))).toBe(Reach.Unknown);
  });
});

describe("what counts as an entry from the internet", () => {
  const entries = (...resources: RawState[]) =>
    deployed(...network, ...resources)
      .workloads.filter((workload) => workload.public && !workload.outside)
      .map(({ label, detail }) => `${label}: ${detail}`);
  const mapping = resource("aws:ec2/subnet:Subnet", "open", { vpcId: vpc.id, mapPublicIpOnLaunch: true });
  const machine = (inputs: object) =>
    resource("aws:ec2/instance:Instance", "m", { instanceType: "m7g.large", ...inputs });
  const template = (interfaces: object[]) =>
    resource("aws:ec2/launchTemplate:LaunchTemplate", "t", {
      instanceType: "m7g.large",
      networkInterfaces: interfaces,
    });
  const group = (subnetId: string) =>
    resource("aws:autoscaling/group:Group", "g", {
      desiredCapacity: 2,
      vpcZoneIdentifiers: [subnetId],
      launchTemplate: { id: "t-id" },
    });

  it.each<[string, RawState[], string[]]>([
    [
      "a machine with an address of its own",
      [machine({ associatePublicIpAddress: true })],
      ["Instances: 1 x m7g.large"],
    ],
    ["a machine whose subnet gives one", [mapping, machine({ subnetId: mapping.id })], ["Instances: 1 x m7g.large"]],
    [
      "not a machine that refuses it",
      [mapping, machine({ subnetId: mapping.id, associatePublicIpAddress: false })],
      [],
    ],
    [
      "a machine with an Elastic IP",
      [machine({ subnetId: subnet.id }), resource("aws:ec2/eip:Eip", "ip", { instance: "m-id" })],
      ["Instances: 1 x m7g.large"],
    ],
    ["a group whose subnet gives addresses", [mapping, template([]), group(mapping.id)], ["Instances: 2 x m7g.large"]],
    [
      "a group whose template gives them",
      [template([{ associatePublicIpAddress: "true" }]), group(subnet.id)],
      ["Instances: 2 x m7g.large"],
    ],
    [
      "not a group whose template refuses them",
      [mapping, template([{ associatePublicIpAddress: "false" }]), group(mapping.id)],
      [],
    ],
    [
      "a function's own URL",
      [resource("aws:lambda/functionUrl:FunctionUrl", "u", { authorizationType: "NONE" })],
      ["Function URL: open to everybody"],
    ],
    [
      "an API, unless it is private",
      [
        resource("aws:apigatewayv2/api:Api", "a", { protocolType: "HTTP" }),
        resource("aws:apigateway/restApi:RestApi", "r", { endpointConfiguration: { types: "PRIVATE" } }),
      ],
      ["API Gateway: HTTP"],
    ],
    ["a distribution", [resource("aws:cloudfront/distribution:Distribution", "d", {})], ["CloudFront: 1 distribution"]],
    [
      "a classic load balancer",
      [resource("aws:elb/loadBalancer:LoadBalancer", "e", { internal: false })],
      ["Classic LB: internet-facing"],
    ],
  ])("%s", (_, resources, expected) => {
    expect(entries(...resources)).toEqual(expected);
  });
});

describe("a component", () => {
  const child = (parent: string) => ({ ...vpc, parent });

  it("is what the source calls one, whatever its type looks like", () => {
    const odd = { urn: "urn:pulumi:dev::shop::acme:net/deep:Net::net", type: "acme:net/deep:Net", custom: false };
    const image = { urn: "urn:pulumi:dev::shop::docker-build:index:Image::image", type: "", custom: true };
    expect(deployed(odd, child(odd.urn), image).components).toMatchObject([
      { name: "net", resources: 2 },
      { name: "", resources: 1 },
    ]);
  });
});
