import { UNKNOWN } from "../model/field.ts";
import { T } from "../tokens.ts";
import { Gates } from "./gates.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { dataTierTypes, placedTypes, placesOf } from "./placement.ts";
import { Routes, type RouteStep, type RouteTarget } from "./routes.ts";

/** A way in: from a gateway or peer over a route to a resource. */
export interface Path {
  readonly node: GraphNode;
  readonly subnet: GraphNode;
  readonly step: RouteStep;
  /** Certain when every step is; else the resource may be elsewhere, or the route may lead elsewhere. */
  readonly certain: boolean;
  readonly dataTier: boolean;
}

/** What of a stack the internet or a peer has a route to. */
export class Reachability {
  readonly gates: Gates;
  readonly #graph: Graph;
  readonly #routes: Routes;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#routes = new Routes(graph.references);
    this.gates = new Gates(graph.references);
  }

  /** Routes and associations that cannot be placed before `up`: they may belong to any subnet. */
  get unplaced(): readonly GraphNode[] {
    return this.#routes.unplaced;
  }

  /** The ways to whatever stands in a subnet, over routes to a kind of target. */
  pathsOver(target: RouteTarget): Path[] {
    const wanted = new Map<string, RouteStep | undefined>();
    return this.#graph.ofType(...placedTypes).flatMap((node) =>
      placesOf(node, this.#graph.references).places.flatMap(({ subnet, certain }) => {
        if (!wanted.has(subnet.urn)) {
          wanted.set(subnet.urn, this.#firstStep(subnet, target));
        }
        const step = wanted.get(subnet.urn);
        return step === undefined
          ? []
          : [
              {
                node,
                subnet,
                step,
                certain: certain && step.toInternet === true,
                dataTier: dataTierTypes.includes(node.type),
              },
            ];
      }),
    );
  }

  /** Resources whose subnets cannot be told before `up`. */
  unplacedNodes(): GraphNode[] {
    return this.#graph.ofType(...placedTypes).filter((node) => placesOf(node, this.#graph.references).open);
  }

  #firstStep(subnet: GraphNode, target: RouteTarget): RouteStep | undefined {
    const steps = this.#routes
      .of(subnet)
      .filter((step) => step.target === target && (target === "peer" || step.toInternet !== false));
    return steps.find((step) => step.toInternet === true) ?? steps[0];
  }

  /** What still stands between the internet and a resource on a path, as a person reads it. */
  locksOn({ node, subnet }: Path): string {
    const { groups, open } = this.gates.groupsOf(node);
    const locks: string[] = [];
    if (groups.length > 0 && !open && groups.every((group) => this.gates.groupOpen(group) === false)) {
      locks.push(`no rule of ${groups.map(({ name }) => name).join(", ")} admits it`);
    }
    if (this.gates.aclOpen(subnet) === false) {
      locks.push(`the network ACL of ${subnet.name} admits nothing`);
    }
    return locks.length === 0
      ? "nothing else that this stack shows stands in between"
      : `today only this stands in between: ${locks.join("; ")}`;
  }
}

/** A path as a chain of names, from outside to inside. */
export function describePath({ node, subnet, step }: Path): string {
  const gateway = step.targetNode?.name ?? (step.target === "internet-gateway" ? "an internet gateway" : "a peer");
  const via =
    step.holder === step.table || step.table === undefined
      ? [step.holder.name]
      : [`route ${step.holder.name}`, `table ${step.table.name}`];
  return [gateway, ...via, `subnet ${subnet.name}`, node.name].join(" -> ");
}

/** An internet-facing load balancer's way to its targets. */
export interface BalancerPath {
  readonly balancer: GraphNode;
  readonly listener: GraphNode;
  readonly group: GraphNode;
}

/** The ways from load balancers over their listeners to target groups. */
export function balancerPaths(graph: Graph, isMeant: (balancer: GraphNode) => boolean): BalancerPath[] {
  const { references } = graph;
  return graph.ofType(...T.listener).flatMap((listener) => {
    const balancers = references.resolve(listener, T.loadBalancer, "loadBalancerArn").nodes.filter(isMeant);
    const groups = listener.inputs
      .at("defaultActions")
      .items()
      .flatMap((action) => [
        action.at("targetGroupArn"),
        ...action
          .at("forward", "targetGroups")
          .items()
          .map((item) => item.at("arn")),
      ])
      .filter((field) => field.value !== undefined)
      .flatMap((field) => references.resolveField(listener, field, T.targetGroup, "defaultActions").nodes);
    return balancers.flatMap((balancer) => [...new Set(groups)].map((group) => ({ balancer, listener, group })));
  });
}

/** Whether a load balancer faces the internet. AWS's default does. */
export function facesInternet(balancer: GraphNode): boolean | typeof UNKNOWN {
  const internal = balancer.inputs.at("internal").flag();
  return internal === UNKNOWN ? UNKNOWN : internal !== true;
}
