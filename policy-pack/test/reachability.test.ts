import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Given, judgeAll, rule, unknownString } from "./support/harness.ts";
import { cacheIn, databaseIn, network, route } from "./support/network.ts";

const noInternetPath = rule("no-internet-path");
const ref = unknownString;

describe("no-internet-path", () => {
  it("holds where the data tier has no way to the gateway", () => {
    expect(judgeAll(noInternetPath, network(cacheIn("data-subnet"), databaseIn("data-subnet"))).result).toBe("holds");
  });

  it("holds for NAT gateways, egress-only gateways, endpoints and narrow routes", () => {
    const nat: Given = {
      type: "aws:ec2/natGateway:NatGateway",
      name: "nat",
      props: { subnetId: ref },
      from: { subnetId: ["public-subnet"] },
    };
    const out: Given = {
      type: "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
      name: "out",
      props: { vpcId: ref },
      from: { vpcId: ["vpc"] },
    };
    const routes = [
      route(
        "nat-route",
        "data-table",
        { destinationCidrBlock: "0.0.0.0/0", natGatewayId: ref },
        { natGatewayId: ["nat"] },
      ),
      route(
        "out-route",
        "data-table",
        { destinationIpv6CidrBlock: "::/0", egressOnlyGatewayId: ref },
        { egressOnlyGatewayId: ["out"] },
      ),
      route("narrow", "data-table", { destinationCidrBlock: "192.0.2.0/24", gatewayId: ref }, { gatewayId: ["igw"] }),
    ];
    expect(judgeAll(noInternetPath, network(nat, out, ...routes, cacheIn("data-subnet"))).result).toBe("holds");
  });

  it("prints the path of a resource in a public subnet, and what is still in the way", () => {
    const { result, findings } = judgeAll(noInternetPath, network(cacheIn("public-subnet")));
    expect(result).toBe("broken");
    expect(findings[0]?.urn).toBe("urn:pulumi:dev::test::aws:autoscaling/group:Group::cache");
    expect(findings[0]?.detail).toContain(
      "igw -> route public-route -> table public-table -> subnet public-subnet -> cache",
    );
  });

  it.each([
    ["an IPv4 route", { destinationCidrBlock: "0.0.0.0/0" }],
    ["an IPv6 route", { destinationIpv6CidrBlock: "::/0" }],
    ["half the internet", { destinationCidrBlock: "0.0.0.0/1" }],
    ["global unicast", { destinationIpv6CidrBlock: "2000::/3" }],
  ])("finds %s to the gateway", (_what, destination) => {
    const stack = network(
      route("new", "data-table", { ...destination, gatewayId: ref }, { gatewayId: ["igw"] }),
      databaseIn("data-subnet"),
    );
    expect(
      judgeAll(noInternetPath, stack)
        .findings.map(({ detail }) => detail)
        .join(),
    ).toContain("igw -> route new -> table data-table -> subnet data-subnet -> database");
  });

  it("finds a prefix list that stands for the internet", () => {
    const stack = network(
      {
        type: "aws:ec2/managedPrefixList:ManagedPrefixList",
        name: "all",
        props: { entries: [{ cidr: "0.0.0.0/1" }, { cidr: "128.0.0.0/1" }] },
      },
      route(
        "listed",
        "data-table",
        { destinationPrefixListId: ref, gatewayId: ref },
        { destinationPrefixListId: ["all"], gatewayId: ["igw"] },
      ),
      databaseIn("data-subnet"),
    );
    expect(judgeAll(noInternetPath, stack).result).toBe("broken");
  });

  it("reads routes inside the table, and the VPC's main table where a subnet has none", () => {
    const inline: Given = {
      type: "aws:ec2/routeTable:RouteTable",
      name: "inline",
      props: { vpcId: ref, routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: ref }] },
      from: { vpcId: ["vpc"], routes: ["igw"] },
    };
    const main: Given = {
      type: "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
      name: "main",
      props: { vpcId: ref, routeTableId: ref },
      from: { vpcId: ["vpc"], routeTableId: ["inline"] },
    };
    const lonely: Given = {
      type: "aws:ec2/subnet:Subnet",
      name: "lonely",
      props: { vpcId: ref },
      from: { vpcId: ["vpc"] },
    };
    expect(judgeAll(noInternetPath, network(inline, main, lonely, cacheIn("lonely"))).result).toBe("broken");
    expect(judgeAll(noInternetPath, network(inline, lonely, cacheIn("lonely"))).result).toBe("holds");
    const onMain: Given = {
      ...route("on-main", "vpc", { destinationCidrBlock: "0.0.0.0/0", gatewayId: ref }, { gatewayId: ["igw"] }),
    };
    expect(judgeAll(noInternetPath, network(onMain, lonely, cacheIn("lonely"))).result).toBe("broken");
  });

  it("says which lock is left: a closed group, a closed network ACL", () => {
    const closed: Given = {
      type: "aws:ec2/securityGroup:SecurityGroup",
      name: "closed",
      props: { vpcId: ref },
      from: { vpcId: ["vpc"] },
    };
    const machine: Given = {
      type: "aws:ec2/instance:Instance",
      name: "machine",
      props: { subnetId: ref, vpcSecurityGroupIds: [ref] },
      from: { subnetId: ["public-subnet"], vpcSecurityGroupIds: ["closed"] },
    };
    expect(judgeAll(noInternetPath, network(closed, machine)).findings[0]?.detail).toContain(
      "no rule of closed admits it",
    );
    const opened: Given = {
      type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      name: "in",
      props: { securityGroupId: ref, ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" },
      from: { securityGroupId: ["closed"] },
    };
    expect(judgeAll(noInternetPath, network(closed, machine, opened)).findings[0]?.detail).toContain(
      "nothing else that this stack shows",
    );
  });

  it("cannot tell where a gateway, a table or a subnet is not known", () => {
    const gateway = network(
      route("odd", "data-table", { destinationCidrBlock: "0.0.0.0/0", gatewayId: ref }),
      databaseIn("data-subnet"),
    );
    expect(judgeAll(noInternetPath, gateway).result).toBe("cannot tell");
    const table = network({
      type: "aws:ec2/route:Route",
      name: "odd",
      props: { routeTableId: ref, destinationCidrBlock: "0.0.0.0/0", gatewayId: ref },
      from: { gatewayId: ["igw"] },
    });
    expect(judgeAll(noInternetPath, table).result).toBe("cannot tell");
    const subnet = network({ type: "aws:ec2/instance:Instance", name: "odd", props: { subnetId: ref } });
    expect(judgeAll(noInternetPath, subnet).result).toBe("cannot tell");
  });

  it("takes a component's subnets for possible ones, and cannot tell when some of them are public", () => {
    const component: Given = { type: "other:index:Network", name: "component" };
    const stack = network(component, cacheIn("component")).map((given) =>
      given.name.endsWith("-subnet") ? { ...given, parent: "component" } : given,
    );
    expect(judgeAll(noInternetPath, stack).result).toBe("cannot tell");
  });

  it("judges by ids after `up`, when they are known", () => {
    const known = network(cacheIn("data-subnet")).map((given) => ({
      ...given,
      from: {},
      outputs: { id: `${given.name}-id` },
    }));
    const ids: Record<string, Record<string, unknown>> = {
      igw: { vpcId: "vpc-id" },
      "public-association": { subnetId: "public-subnet-id", routeTableId: "public-table-id" },
      "data-association": { subnetId: "data-subnet-id", routeTableId: "data-table-id" },
      "public-route": { routeTableId: "data-table-id", destinationCidrBlock: "0.0.0.0/0", gatewayId: "igw-id" },
      cache: { vpcZoneIdentifiers: ["data-subnet-id"] },
    };
    const stack = known.map((given) => ({ ...given, props: { ...given.props, ...ids[given.name] } }));
    expect(judgeAll(noInternetPath, stack).result).toBe("broken");
  });

  it("agrees with a search written otherwise, on generated networks", () => {
    const size = 4;
    const index = fc.integer({ min: 0, max: size - 1 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(index, index), { maxLength: 6 }),
        fc.array(fc.tuple(index, fc.constantFrom("igw", "nat"), fc.constantFrom("0.0.0.0/0", "10.0.0.0/8", "::/0")), {
          maxLength: 6,
        }),
        fc.array(index, { minLength: 1, maxLength: 4 }),
        (associations, routes, placed) => {
          const stack: Given[] = [
            { type: "aws:ec2/vpc:Vpc", name: "vpc" },
            { type: "aws:ec2/internetGateway:InternetGateway", name: "igw" },
            { type: "aws:ec2/natGateway:NatGateway", name: "nat" },
            ...Array.from({ length: size }, (_, n): Given[] => [
              { type: "aws:ec2/subnet:Subnet", name: `s${n}`, props: { vpcId: ref }, from: { vpcId: ["vpc"] } },
              { type: "aws:ec2/routeTable:RouteTable", name: `t${n}`, props: { vpcId: ref }, from: { vpcId: ["vpc"] } },
            ]).flat(),
            ...associations.map(([subnet, table], n): Given => ({
              type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
              name: `a${n}`,
              props: { subnetId: ref, routeTableId: ref },
              from: { subnetId: [`s${subnet}`], routeTableId: [`t${table}`] },
            })),
            ...routes.map(([table, target, cidr], n) =>
              route(
                `r${n}`,
                `t${table}`,
                {
                  [cidr.includes(":") ? "destinationIpv6CidrBlock" : "destinationCidrBlock"]: cidr,
                  [target === "igw" ? "gatewayId" : "natGatewayId"]: ref,
                },
                { [target === "igw" ? "gatewayId" : "natGatewayId"]: [target] },
              ),
            ),
            ...placed.map((subnet, n): Given => ({
              type: "aws:ec2/instance:Instance",
              name: `i${n}`,
              props: { subnetId: ref },
              from: { subnetId: [`s${subnet}`] },
            })),
          ];
          const open = new Set(
            routes.filter(([, target, cidr]) => target === "igw" && cidr !== "10.0.0.0/8").map(([table]) => table),
          );
          const reached = placed.flatMap((subnet, n) =>
            associations.some(([s, t]) => s === subnet && open.has(t)) ? [`i${n}`] : [],
          );
          const found = judgeAll(noInternetPath, stack).findings.map(({ urn }) => urn?.split("::").at(-1));
          expect([...new Set(found)].sort()).toEqual([...new Set(reached)].sort());
        },
      ),
    );
  });
});
