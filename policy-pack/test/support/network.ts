import { type Given, unknownString as ref } from "./harness.ts";

/** A VPC with an internet gateway, a public and a data subnet, as at preview: every id unknown, every dependency known. */
export function network(...more: Given[]): Given[] {
  return [
    { type: "aws:ec2/vpc:Vpc", name: "vpc", props: { cidrBlock: "10.0.0.0/16" } },
    { type: "aws:ec2/internetGateway:InternetGateway", name: "igw", props: { vpcId: ref }, from: { vpcId: ["vpc"] } },
    ...["public", "data"].flatMap((tier): Given[] => [
      {
        type: "aws:ec2/subnet:Subnet",
        name: `${tier}-subnet`,
        props: { vpcId: ref, cidrBlock: "10.0.0.0/24" },
        from: { vpcId: ["vpc"] },
      },
      { type: "aws:ec2/routeTable:RouteTable", name: `${tier}-table`, props: { vpcId: ref }, from: { vpcId: ["vpc"] } },
      {
        type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
        name: `${tier}-association`,
        props: { subnetId: ref, routeTableId: ref },
        from: { subnetId: [`${tier}-subnet`], routeTableId: [`${tier}-table`] },
      },
    ]),
    route(
      "public-route",
      "public-table",
      { destinationCidrBlock: "0.0.0.0/0", gatewayId: ref },
      { gatewayId: ["igw"] },
    ),
    ...more,
  ];
}

/** A route of a table. */
export function route(
  name: string,
  table: string,
  props: Record<string, unknown>,
  from: Record<string, string[]> = {},
): Given {
  return {
    type: "aws:ec2/route:Route",
    name,
    props: { routeTableId: ref, ...props },
    from: { routeTableId: [table], ...from },
  };
}

/** The hot tier, in a subnet. */
export const cacheIn = (subnet: string): Given => ({
  type: "aws:autoscaling/group:Group",
  name: "cache",
  props: { vpcZoneIdentifiers: [ref] },
  from: { vpcZoneIdentifiers: [subnet] },
});
/** The metadata database, in a subnet. */
export const databaseIn = (subnet: string): Given => ({
  type: "aws:rds/subnetGroup:SubnetGroup",
  name: "database",
  props: { subnetIds: [ref] },
  from: { subnetIds: [subnet] },
});
