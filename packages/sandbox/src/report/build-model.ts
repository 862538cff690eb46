/** A deployment's source and its project's plan, made into what the report says. Pure. */
import { isProviderType, rootStackType } from "../engine/urn.ts";
import type { AddressRow, Change, ComponentSummary, DeploymentModel, ResourceRow } from "./model.ts";
import { networksOf } from "./network-model.ts";
import type { PlanFacts } from "./plan-facts.ts";
import { ResourceGraph, text } from "./resource-graph.ts";
import type { Source } from "./source.ts";
import { pathsOf } from "./traffic-paths.ts";
import { placeWorkloads } from "./workloads.ts";

/** Addresses of a block that AWS leaves to a subnet's owner: all but five. */
const usable = (cidrBlock: string): number => {
  const prefix = Number(cidrBlock.split("/")[1]);
  return Number.isInteger(prefix) && prefix >= 0 && prefix <= 32 ? Math.max(0, 2 ** (32 - prefix) - 5) : 0;
};

export const noChanges = (): Record<Change, number> => ({ create: 0, update: 0, replace: 0, delete: 0, same: 0 });

function componentsOf(resources: ResourceRow[], graph: ResourceGraph): ComponentSummary[] {
  // A component's children often have its name.
  const outermost = graph.resources.flatMap((resource) => graph.componentOf(resource) ?? []);
  const types = new Map(outermost.map(({ name, type }) => [name, type]));
  const found = new Map<string, ComponentSummary>();
  for (const { component, change } of resources) {
    const summary = found.get(component) ?? {
      name: component,
      type: component === "" ? "" : (types.get(component) ?? ""),
      resources: 0,
      changes: noChanges(),
    };
    summary.resources += 1;
    summary.changes[change] += 1;
    found.set(component, summary);
  }
  return [...found.values()].sort(
    (a, b) => Number(a.name === "") - Number(b.name === "") || a.name.localeCompare(b.name),
  );
}

const why = {
  cost: "not known: the report knows prices only of a stack whose project has a plan (plan.ts beside its program)",
  quotas: "not known: quotas are worked out by the project's own plan, which this deployment has not",
  findings:
    "not in this source: a stored state and the output of pulumi preview --json hold no findings. Run the report on a stack with --policy-pack",
};

export function buildModel(source: Source, plan?: PlanFacts): DeploymentModel {
  // Providers and the stack itself are the engine's own business.
  const shown = source.resources.filter(({ type }) => !isProviderType(type) && type !== rootStackType);
  const graph = new ResourceGraph(source.resources.filter(({ type }) => type !== rootStackType));
  const placed = placeWorkloads(graph);
  const networks = networksOf(graph, placed.placements, plan?.subnets ?? []);
  const { workloads, paths } = pathsOf(
    graph,
    placed,
    networks.flatMap(({ cidrBlocks }) => cidrBlocks),
  );
  const resources = shown
    .map((resource): ResourceRow => ({
      urn: resource.urn,
      type: resource.type,
      name: resource.name,
      component: graph.componentOf(resource)?.name ?? "",
      change: resource.change,
      reasons: resource.reasons,
    }))
    .sort(
      (a, b) => a.component.localeCompare(b.component) || a.type.localeCompare(b.type) || a.name.localeCompare(b.name),
    );
  const addresses = networks.flatMap(({ zones }) =>
    zones.flatMap(({ id, subnets }) =>
      subnets.map(({ tier, cidrBlock, reach }): AddressRow => {
        const planned = plan?.subnets.find((candidate) => candidate.cidrBlock === cidrBlock);
        const row = { zone: id, tier, cidrBlock, reach, holds: planned?.holds ?? usable(cidrBlock) };
        return planned ? { ...row, needs: planned.needs, neededFor: planned.neededFor } : row;
      }),
    ),
  );
  return {
    project: source.project,
    stack: source.stack,
    source: source.description,
    hasChanges: source.hasChanges,
    regions: [...new Set(shown.map(({ values }) => text(values.region)).filter((region) => region !== ""))].sort(),
    resources,
    components: componentsOf(resources, graph),
    networks,
    workloads: workloads.filter(
      ({ outside, key }) => !outside || paths.some(({ from, to }) => from === key || to === key),
    ),
    paths,
    addresses,
    freeRanges: plan?.free ?? [],
    cost: plan?.cost ?? { reason: why.cost },
    quotas: plan?.quotas ?? { reason: why.quotas },
    findings: source.findings ?? { reason: why.findings },
    notes: source.notes,
  };
}
