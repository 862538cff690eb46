/** Deployments for tests: a network with machines and a load balancer, deployed or only previewed. */
import { unknownValue } from "../engine/values.ts";
import type { PreviewDigest, RawState } from "./source.ts";

export interface DeploymentShape {
  zones: number;
  /** Whether resources have IDs; in a preview of something new they have none. */
  known: boolean;
  /** Whether the load balancer faces the internet. */
  open: boolean;
  /** Alarms, to make it large. */
  alarms: number;
  /** A text that stands in for whatever a program may call its things. */
  label: string;
}

const prefix = "urn:pulumi:dev::shop::";
const network = "acme:index:Network";
const urnOf = (type: string, name: string, parent = network): string => `${prefix}${parent}$${type}::${name}`;

export const plainShape: DeploymentShape = { zones: 2, known: true, open: false, alarms: 0, label: "shop" };

/** The states of a deployment's resources. */
export function deployment({ zones, known, open, alarms, label }: DeploymentShape): Required<Pick<RawState, "urn">>[] {
  const states: (RawState & { urn: string; type: string })[] = [
    { urn: `${prefix}pulumi:pulumi:Stack::shop-dev`, type: "pulumi:pulumi:Stack", outputs: { url: label } },
    { urn: `${prefix}${network}::${label}-net`, type: network },
  ];
  /** A reference: an ID where there are IDs, else a dependency. */
  const to = (...targets: { urn: string; id: string }[]) => targets.map(({ id }) => (known ? id : unknownValue));
  const add = (
    type: string,
    name: string,
    inputs: Record<string, unknown>,
    refs: Record<string, { urn: string; id: string }[]> = {},
  ) => {
    const urn = urnOf(type, name);
    const id = `id-${type}-${name}`;
    states.push({
      urn,
      type,
      id: known ? id : "",
      parent: `${prefix}${network}::${label}-net`,
      inputs,
      outputs: known ? { ...inputs } : {},
      propertyDependencies: Object.fromEntries(
        Object.entries(refs).map(([key, list]) => [key, list.map((one) => one.urn)]),
      ),
    });
    return { urn, id };
  };
  const vpc = add("aws:ec2/vpc:Vpc", `${label}-vpc`, { cidrBlock: "10.0.0.0/16", region: "eu-west-1" });
  const inVpc = { vpcId: to(vpc)[0] };
  const gateway = add("aws:ec2/internetGateway:InternetGateway", `${label}-igw`, inVpc, { vpcId: [vpc] });
  const subnets = Array.from({ length: zones }, (_, zone) =>
    ["public", "private", "data"].map((tier, index) => {
      const name = `${label}-${tier}-${zone}`;
      const cidrBlock = `10.0.${zone * 4 + index}.0/24`;
      const tags = { Tier: tier };
      const zoneName = `eu-west-1${"abcdef"[zone]}`;
      const subnet = add(
        "aws:ec2/subnet:Subnet",
        name,
        { cidrBlock, availabilityZone: zoneName, tags, ...inVpc },
        { vpcId: [vpc] },
      );
      const table = add("aws:ec2/routeTable:RouteTable", name, inVpc, { vpcId: [vpc] });
      add(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        name,
        { subnetId: to(subnet)[0], routeTableId: to(table)[0] },
        { subnetId: [subnet], routeTableId: [table] },
      );
      return { subnet, table, name, tier };
    }),
  );
  for (const zone of subnets) {
    const [open_, inner] = [zone[0]!, zone[1]!];
    const nat = add(
      "aws:ec2/natGateway:NatGateway",
      open_.name,
      { subnetId: to(open_.subnet)[0] },
      { subnetId: [open_.subnet] },
    );
    const everywhere = { destinationCidrBlock: "0.0.0.0/0" };
    add(
      "aws:ec2/route:Route",
      open_.name,
      { ...everywhere, routeTableId: to(open_.table)[0], gatewayId: to(gateway)[0] },
      { routeTableId: [open_.table], gatewayId: [gateway] },
    );
    add(
      "aws:ec2/route:Route",
      inner.name,
      { ...everywhere, routeTableId: to(inner.table)[0], natGatewayId: to(nat)[0] },
      { routeTableId: [inner.table], natGatewayId: [nat] },
    );
  }
  const group = (name: string) => add("aws:ec2/securityGroup:SecurityGroup", name, inVpc, { vpcId: [vpc] });
  const [front, back] = [group(`${label}-front`), group(`${label}-back`)];
  const at = (tier: string) =>
    subnets
      .flat()
      .filter((one) => one.tier === tier)
      .map((one) => one.subnet);
  add(
    "aws:lb/loadBalancer:LoadBalancer",
    `${label}-lb`,
    {
      internal: !open,
      loadBalancerType: "network",
      subnets: to(...at(open ? "public" : "private")),
      securityGroups: to(front),
      password: {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        plaintext: '"hunter2-hunter2"',
      },
    },
    { subnets: at(open ? "public" : "private"), securityGroups: [front] },
  );
  const template = add(
    "aws:ec2/launchTemplate:LaunchTemplate",
    `${label}-node`,
    { instanceType: "m7g.large", vpcSecurityGroupIds: to(back) },
    { vpcSecurityGroupIds: [back] },
  );
  add(
    "aws:autoscaling/group:Group",
    `${label}-nodes`,
    { desiredCapacity: 6, vpcZoneIdentifiers: to(...at("private")), launchTemplate: { id: to(template)[0] } },
    { vpcZoneIdentifiers: at("private"), launchTemplate: [template] },
  );
  const rule = (name: string, inputs: Record<string, unknown>, refs: Record<string, { urn: string; id: string }[]>) =>
    add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", name, { ipProtocol: "tcp", ...inputs }, refs);
  rule(
    `${label}-in`,
    { cidrIpv4: "0.0.0.0/0", fromPort: 443, toPort: 443, securityGroupId: to(front)[0] },
    { securityGroupId: [front] },
  );
  rule(
    `${label}-to-nodes`,
    { fromPort: 8443, toPort: 8443, securityGroupId: to(back)[0], referencedSecurityGroupId: to(front)[0] },
    { securityGroupId: [back], referencedSecurityGroupId: [front] },
  );
  for (let index = 0; index < alarms; index++)
    add("aws:cloudwatch/metricAlarm:MetricAlarm", `${label}-alarm-${index}`, { description: "too hot" });
  return states as Required<Pick<RawState, "urn">>[];
}

export const exportFile = (shape: DeploymentShape): string =>
  JSON.stringify({ version: 3, deployment: { manifest: {}, resources: deployment(shape) } });

/** As `pulumi preview --json` has it: IDs and outputs stand in the old state, where there is one. */
export const previewDigest = (shape: DeploymentShape, op = "create"): PreviewDigest => ({
  steps: deployment(shape).map((state: RawState & { urn: string }) => {
    const newState: RawState = { ...state };
    delete newState.id;
    delete newState.outputs;
    return { op, urn: state.urn, newState, ...(op === "create" ? {} : { oldState: state }) };
  }),
  changeSummary: {},
});
