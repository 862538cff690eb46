/** What takes and makes connections: machines, tasks, databases, load balancers, functions; grouped by component and kind. */
import type { Workload } from "./model.ts";
import { subnetType, type Placement } from "./network-model.ts";
import { records, text, type ResourceGraph } from "./resource-graph.ts";
import type { SourceResource } from "./source.ts";

export const groupType = "aws:ec2/securityGroup:SecurityGroup";
const templateType = "aws:ec2/launchTemplate:LaunchTemplate";

interface Kind {
  label(resource: SourceResource): string;
  /** Properties that hold subnets, and those that hold security groups. */
  subnets: string;
  groups: string;
  detail(members: SourceResource[], graph: ResourceGraph): string;
  public?(resource: SourceResource): boolean;
  counts?(resource: SourceResource): boolean;
}

const number = (value: unknown): number => (typeof value === "number" ? value : Number(value) || 0);
const sum = (members: SourceResource[], of: (member: SourceResource) => number) =>
  members.reduce((all, member) => all + of(member), 0);
const counted = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
const distinct = (values: string[]) => [...new Set(values.filter((value) => value !== ""))].join(", ");

const inside = (resource: SourceResource, key: string): Record<string, unknown> =>
  records(resource.values[key])[0] ?? {};

const templatesOf = (graph: ResourceGraph, members: SourceResource[]) =>
  members.flatMap((member) => graph.refs(member, "launchTemplate", [templateType]));

const kinds: Record<string, Kind> = {
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
    public: ({ values }) => values.associatePublicIpAddress === true,
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
};

export interface PlacedWorkloads {
  workloads: Map<string, Workload>;
  /** The workload that a resource is part of. */
  ofResource: Map<SourceResource, string>;
  /** The workloads that a security group is attached to. */
  ofGroup: Map<SourceResource, string[]>;
  placements: Map<SourceResource, Placement[]>;
}

function groupsOf(graph: ResourceGraph, resource: SourceResource, kind: Kind): SourceResource[] {
  if (kind.groups !== "launchTemplate") return graph.refs(resource, kind.groups, [groupType]);
  return templatesOf(graph, [resource]).flatMap((template) => [
    ...graph.refs(template, "networkInterfaces", [groupType]),
    ...graph.refs(template, "vpcSecurityGroupIds", [groupType]),
  ]);
}

/** The subnets that a resource names, or those that it depends on while they have no IDs. */
function subnetsOf(graph: ResourceGraph, resource: SourceResource, kind: Kind): [SourceResource, known: boolean][] {
  const named = (owner: SourceResource, key: string) => {
    const known = graph.named(owner, key, [subnetType]);
    return known.length > 0
      ? known.map((subnet): [SourceResource, boolean] => [subnet, true])
      : graph.refs(owner, key, [subnetType]).map((subnet): [SourceResource, boolean] => [subnet, false]);
  };
  if (kind.subnets !== "dbSubnetGroupName") return named(resource, kind.subnets);
  return graph
    .refs(resource, kind.subnets, ["aws:rds/subnetGroup:SubnetGroup"])
    .flatMap((group) => named(group, "subnetIds"));
}

const append = <K>(map: Map<K, string[]>, key: K, value: string) => {
  const list = map.get(key) ?? [];
  if (!list.includes(value)) map.set(key, [...list, value]);
};

export function placeWorkloads(graph: ResourceGraph): PlacedWorkloads {
  const members = new Map<string, SourceResource[]>();
  const placed: PlacedWorkloads = {
    workloads: new Map(),
    ofResource: new Map(),
    ofGroup: new Map(),
    placements: new Map(),
  };
  for (const [type, kind] of Object.entries(kinds)) {
    for (const resource of graph.ofType(type).filter((candidate) => kind.counts?.(candidate) ?? true)) {
      const component = graph.componentOf(resource)?.name ?? "";
      const label = kind.label(resource);
      const key = `${component}/${label}`;
      members.set(key, [...(members.get(key) ?? []), resource]);
      placed.ofResource.set(resource, key);
      for (const group of groupsOf(graph, resource, kind)) append(placed.ofGroup, group, key);
      const shown = component === "" ? label : `${component}: ${label}`;
      for (const [subnet, known] of subnetsOf(graph, resource, kind)) {
        const there = placed.placements.get(subnet) ?? [];
        const same = there.find((placement) => placement.label === shown);
        if (same) same.known ||= known;
        else placed.placements.set(subnet, [...there, { label: shown, known }]);
      }
      const all = members.get(key)!;
      placed.workloads.set(key, {
        key,
        label,
        component,
        detail: kind.detail(all, graph),
        public: all.some((member) => kind.public?.(member) ?? false),
        outside: false,
      });
    }
  }
  return placed;
}
