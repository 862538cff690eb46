/** The kinds of resource that take or make connections, and what each says of itself. */
import { subnetType } from "./reach.ts";
import { records, text, type ResourceGraph } from "./resource-graph.ts";
import type { SourceResource } from "./source.ts";

const templateType = "aws:ec2/launchTemplate:LaunchTemplate";

export interface Kind {
  label(resource: SourceResource): string;
  /** Properties that hold subnets, and those that hold security groups; empty for what has none. */
  subnets: string;
  groups: string;
  detail(members: SourceResource[], graph: ResourceGraph): string;
  /** Whether it has an address that the internet can call. */
  public?(resource: SourceResource, graph: ResourceGraph): boolean;
  counts?(resource: SourceResource): boolean;
}

const number = (value: unknown): number => (typeof value === "number" ? value : Number(value) || 0);
const sum = (members: SourceResource[], of: (member: SourceResource) => number) =>
  members.reduce((all, member) => all + of(member), 0);
const counted = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
const distinct = (values: string[]) => [...new Set(values.filter((value) => value !== ""))].join(", ");

const inside = (resource: SourceResource, key: string): Record<string, unknown> =>
  records(resource.values[key])[0] ?? {};

export const templatesOf = (graph: ResourceGraph, members: SourceResource[]) =>
  members.flatMap((member) =>
    ["launchTemplate", "mixedInstancesPolicy"].flatMap((key) => graph.refs(member, key, [templateType])),
  );

/** The subnets that a resource names, or those that it depends on while they have no IDs. */
export function subnetsOf(
  graph: ResourceGraph,
  resource: SourceResource,
  { subnets }: Pick<Kind, "subnets">,
): [SourceResource, known: boolean][] {
  const named = (owner: SourceResource, key: string) => {
    const known = graph.named(owner, key, [subnetType]);
    return known.length > 0
      ? known.map((subnet): [SourceResource, boolean] => [subnet, true])
      : graph.refs(owner, key, [subnetType]).map((subnet): [SourceResource, boolean] => [subnet, false]);
  };
  if (subnets !== "dbSubnetGroupName") return named(resource, subnets);
  return graph
    .refs(resource, subnets, ["aws:rds/subnetGroup:SubnetGroup"])
    .flatMap((group) => named(group, "subnetIds"));
}

/** Whether a subnet gives its machines public addresses. Of subnets that a machine may be in, all have to. */
function mapsPublicAddresses(graph: ResourceGraph, resource: SourceResource, subnets: string): boolean {
  const candidates = subnetsOf(graph, resource, { subnets });
  const mapping = candidates.filter(([{ values }]) => values.mapPublicIpOnLaunch === true);
  return mapping.some(([, known]) => known) || (mapping.length > 0 && mapping.length === candidates.length);
}

/** What a machine says of a public address outranks its subnet. */
function hasPublicAddress(
  graph: ResourceGraph,
  resource: SourceResource,
  subnets: string,
  said: Record<string, unknown>[],
): boolean {
  const wishes = said.flatMap(({ associatePublicIpAddress: wish }) => (wish === undefined ? [] : [String(wish)]));
  return wishes.length > 0 ? wishes.includes("true") : mapsPublicAddresses(graph, resource, subnets);
}

const templateInterfaces = (graph: ResourceGraph, resource: SourceResource): Record<string, unknown>[] =>
  templatesOf(graph, [resource]).flatMap(({ values }) => records(values.networkInterfaces));

/** An Elastic IP that is given to a machine. */
const hasElasticIp = (graph: ResourceGraph, machine: SourceResource): boolean =>
  graph
    .ofType("aws:ec2/eip:Eip", "aws:ec2/eipAssociation:EipAssociation")
    .some((address) =>
      ["instance", "instanceId"].some((key) => graph.refs(address, key, [machine.type]).includes(machine)),
    );

export const kinds: Record<string, Kind> = {
  "aws:lb/loadBalancer:LoadBalancer": {
    label: ({ values }) => (values.loadBalancerType === "network" ? "Network LB" : "Application LB"),
    subnets: "subnets",
    groups: "securityGroups",
    detail: (members) => (members.some(({ values }) => values.internal !== true) ? "internet-facing" : "internal"),
    public: ({ values }) => values.internal !== true,
  },
  "aws:ecs/service:Service": {
    label: () => "Container tasks",
    subnets: "networkConfiguration",
    groups: "networkConfiguration",
    detail: (members) =>
      counted(
        sum(members, ({ values }) => number(values.desiredCount)),
        "task",
      ),
    public: (resource) => inside(resource, "networkConfiguration").assignPublicIp === true,
  },
  "aws:autoscaling/group:Group": {
    label: () => "Instances",
    subnets: "vpcZoneIdentifiers",
    groups: "launchTemplate",
    detail: (members, graph) => {
      const count = sum(members, ({ values }) => number(values.desiredCapacity ?? values.minSize));
      const type = distinct(templatesOf(graph, members).map(({ values }) => text(values.instanceType)));
      return type === "" ? counted(count, "instance") : `${count} x ${type}`;
    },
    public: (resource, graph) =>
      hasPublicAddress(graph, resource, "vpcZoneIdentifiers", templateInterfaces(graph, resource)),
  },
  "aws:eks/nodeGroup:NodeGroup": {
    label: () => "Kubernetes nodes",
    subnets: "subnetIds",
    groups: "launchTemplate",
    detail: (members) => {
      const types = distinct(
        members.flatMap(({ values }) => (Array.isArray(values.instanceTypes) ? values.instanceTypes.map(text) : [])),
      );
      const count = sum(members, (member) => number(inside(member, "scalingConfig").desiredSize));
      return types === "" ? counted(count, "node") : `${count} x ${types}`;
    },
    public: (resource, graph) => hasPublicAddress(graph, resource, "subnetIds", templateInterfaces(graph, resource)),
  },
  "aws:eks/cluster:Cluster": {
    label: () => "Kubernetes API",
    subnets: "vpcConfig",
    groups: "vpcConfig",
    detail: ([cluster]) => `version ${text(cluster?.values.version) || "not known"}`,
    public: (resource) => inside(resource, "vpcConfig").endpointPublicAccess === true,
  },
  "aws:rds/instance:Instance": {
    label: () => "Database",
    subnets: "dbSubnetGroupName",
    groups: "vpcSecurityGroupIds",
    detail: (members) => `${members.length} x ${distinct(members.map(({ values }) => text(values.instanceClass)))}`,
    public: ({ values }) => values.publiclyAccessible === true,
  },
  "aws:lambda/function:Function": {
    label: () => "Functions",
    subnets: "vpcConfig",
    groups: "vpcConfig",
    detail: (members) => counted(members.length, "function"),
    counts: ({ values }) => records(values.vpcConfig).length > 0,
  },
  "aws:ec2/instance:Instance": {
    label: () => "Instances",
    subnets: "subnetId",
    groups: "vpcSecurityGroupIds",
    detail: (members) => `${members.length} x ${distinct(members.map(({ values }) => text(values.instanceType)))}`,
    public: (resource, graph) =>
      hasPublicAddress(graph, resource, "subnetId", [resource.values]) || hasElasticIp(graph, resource),
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    label: () => "VPC endpoints",
    subnets: "subnetIds",
    groups: "securityGroupIds",
    detail: (members) => counted(members.length, "service"),
    counts: ({ values }) => values.vpcEndpointType === "Interface",
  },
  "aws:ec2/vpcEndpointService:VpcEndpointService": {
    label: () => "PrivateLink service",
    subnets: "",
    groups: "",
    detail: ([service]) => (service?.values.acceptanceRequired === false ? "accepts everybody" : "accepts by registry"),
  },
  "aws:globalaccelerator/accelerator:Accelerator": {
    label: () => "Global Accelerator",
    subnets: "",
    groups: "",
    detail: () => "anycast addresses",
    public: () => true,
  },
  "aws:elb/loadBalancer:LoadBalancer": {
    label: () => "Classic LB",
    subnets: "subnets",
    groups: "securityGroups",
    detail: (members) => (members.some(({ values }) => values.internal !== true) ? "internet-facing" : "internal"),
    public: ({ values }) => values.internal !== true,
  },
  "aws:lambda/functionUrl:FunctionUrl": {
    label: () => "Function URL",
    subnets: "",
    groups: "",
    detail: (members) =>
      members.some(({ values }) => values.authorizationType !== "AWS_IAM") ? "open to everybody" : "IAM",
    public: () => true,
  },
  "aws:apigatewayv2/api:Api": {
    label: () => "API Gateway",
    subnets: "",
    groups: "",
    detail: (members) => distinct(members.map(({ values }) => text(values.protocolType))),
    public: ({ values }) => values.disableExecuteApiEndpoint !== true,
  },
  "aws:apigateway/restApi:RestApi": {
    label: () => "REST API",
    subnets: "",
    groups: "",
    detail: (members) => counted(members.length, "API"),
    public: (resource) => ![inside(resource, "endpointConfiguration").types].flat().includes("PRIVATE"),
  },
  "aws:cloudfront/distribution:Distribution": {
    label: () => "CloudFront",
    subnets: "",
    groups: "",
    detail: (members) => counted(members.length, "distribution"),
    public: ({ values }) => values.enabled !== false,
  },
};
