/** What takes and makes connections: machines, tasks, databases, load balancers, functions; grouped by component and kind. */
import type { Workload } from "./model.ts";
import type { Placement } from "./network-model.ts";
import type { ResourceGraph } from "./resource-graph.ts";
import type { SourceResource } from "./source.ts";
import { kinds, subnetsOf, templatesOf, type Kind } from "./workload-kinds.ts";

export const groupType = "aws:ec2/securityGroup:SecurityGroup";

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
      // The kind first: of a long line the end is cut.
      const shown = component === "" ? label : `${label} · ${component}`;
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
        public: all.some((member) => kind.public?.(member, graph) ?? false),
        outside: false,
      });
    }
  }
  return placed;
}
