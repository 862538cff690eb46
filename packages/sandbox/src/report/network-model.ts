/** Networks, zones and subnets, with what each subnet's own routes let in and out. */
import { Reach, type NetworkModel, type SubnetModel, type ZoneModel } from "./model.ts";
import type { PlannedSubnetFact } from "./plan-facts.ts";
import { reachOf, subnetType } from "./reach.ts";
import { text, type ResourceGraph } from "./resource-graph.ts";
import type { SourceResource } from "./source.ts";

/** A workload in a subnet. */
export interface Placement {
  label: string;
  /** Whether the subnet is named; else the workload only depends on it. */
  known: boolean;
}

const vpcType = "aws:ec2/vpc:Vpc";

const tierOrder = ["public", "private", "pod", "data", "endpoint", "isolated"];

function tierOf(subnet: SourceResource, reach: Reach, planned: PlannedSubnetFact | undefined): string {
  const tags = (subnet.values.tags ?? {}) as Record<string, unknown>;
  return (
    planned?.tier ??
    (text(tags.Tier) || text(tags.SubnetType) || (reach === Reach.Public ? "public" : "private")).toLowerCase()
  );
}

/** Before the first run a workload may be in any of the subnets that it depends on; where those differ, a question mark says so. */
function settlePlacements(drawn: Map<SourceResource, SubnetModel>, placements: Map<SourceResource, Placement[]>): void {
  const tiers = new Map<string, Set<string>>();
  for (const [subnet, { tier }] of drawn)
    for (const { label, known } of placements.get(subnet) ?? [])
      if (!known) tiers.set(label, (tiers.get(label) ?? new Set()).add(tier));
  for (const [subnet, model] of drawn)
    model.workloads = (placements.get(subnet) ?? []).map(({ label, known }) =>
      !known && (tiers.get(label)?.size ?? 0) > 1 ? `? ${label}` : label,
    );
}

/**
 * @param placements the workloads in a subnet
 * @param planned the address plan's subnets, where the project has one: they name tiers and zone IDs before AWS does
 */
export function networksOf(
  graph: ResourceGraph,
  placements: Map<SourceResource, Placement[]>,
  planned: PlannedSubnetFact[],
): NetworkModel[] {
  const natGateways = graph.ofType("aws:ec2/natGateway:NatGateway");
  return graph.ofType(vpcType).map((vpc): NetworkModel => {
    const inVpc = (resource: SourceResource) => {
      const named = graph.refs(resource, "vpcId", [vpcType]);
      // In a preview of something new the VPC has no ID yet; then a component's network is the one that it makes.
      if (named.length === 0) return graph.componentOf(resource) === graph.componentOf(vpc);
      return named.includes(vpc);
    };
    const zones = new Map<string, SubnetModel[]>();
    const drawn = new Map<SourceResource, SubnetModel>();
    for (const subnet of graph.ofType(subnetType).filter(inVpc)) {
      const cidrBlock = text(subnet.values.cidrBlock) || "not known yet";
      const plan = planned.find((candidate) => candidate.cidrBlock === cidrBlock);
      const reach = reachOf(graph, subnet);
      const zone =
        text(subnet.values.availabilityZoneId) ||
        plan?.zoneId ||
        text(subnet.values.availabilityZone) ||
        "zone not known yet";
      const model: SubnetModel = {
        name: subnet.name,
        tier: tierOf(subnet, reach, plan),
        cidrBlock,
        reach,
        workloads: [],
        natGateways: natGateways.filter((nat) => graph.refs(nat, "subnetId", [subnetType]).includes(subnet)).length,
      };
      zones.set(zone, [...(zones.get(zone) ?? []), model]);
      drawn.set(subnet, model);
    }
    settlePlacements(drawn, placements);
    const rank = ({ tier }: SubnetModel) => (tierOrder.indexOf(tier) + tierOrder.length + 1) % (tierOrder.length + 1);
    const endpoints = graph.ofType("aws:ec2/vpcEndpoint:VpcEndpoint").filter(inVpc);
    const services = (kind: string) =>
      endpoints
        .filter(({ values }) => (text(values.vpcEndpointType) || "Gateway") === kind)
        .map(({ values }) => text(values.serviceName).replace(/^com\.amazonaws\.[a-z0-9-]+\./, ""))
        .sort();
    return {
      name: vpc.name,
      region: text(vpc.values.region),
      cidrBlocks: [
        text(vpc.values.cidrBlock),
        ...graph
          .ofType("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation")
          .filter(inVpc)
          .map(({ values }) => text(values.cidrBlock)),
      ].filter((block) => block !== ""),
      internetGateway: graph
        .ofType(
          "aws:ec2/internetGateway:InternetGateway",
          "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment",
        )
        .some(inVpc),
      zones: [...zones]
        .map(([id, subnets]): ZoneModel => ({
          id,
          subnets: subnets.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name)),
        }))
        .sort((a, b) => a.id.localeCompare(b.id)),
      interfaceEndpoints: services("Interface"),
      gatewayEndpoints: services("Gateway"),
    };
  });
}
