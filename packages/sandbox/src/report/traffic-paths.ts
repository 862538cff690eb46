/** Who may speak to whom: security group rules, listeners and their targets, PrivateLink, Global Accelerator. */
import type { TrafficPath, Workload } from "./model.ts";
import { records, text, type ResourceGraph } from "./resource-graph.ts";
import type { SourceResource } from "./source.ts";
import { groupType, type PlacedWorkloads } from "./workloads.ts";

const loadBalancerType = "aws:lb/loadBalancer:LoadBalancer";
const targetGroupType = "aws:lb/targetGroup:TargetGroup";

/** What the internet may call once it has a public address, whatever security groups say or because there are none. */
const callableByAddress = new Set([
  "Kubernetes API",
  "Database",
  "Function URL",
  "API Gateway",
  "REST API",
  "CloudFront",
]);

/** One permission to connect, whichever of the three ways it was written. */
interface Rule {
  groups: SourceResource[];
  sources: SourceResource[];
  cidrBlocks: string[];
  ports: string;
}

const portsOf = (values: Record<string, unknown>, protocolKey: string): string => {
  const protocol = text(values[protocolKey]) || "-1";
  if (protocol === "-1") return "all traffic";
  const [from, to] = [text(values.fromPort), text(values.toPort)];
  return `${protocol.toUpperCase()} ${from === to || to === "" ? from : `${from}-${to}`}`.trim();
};

const listOf = (...values: unknown[]): string[] =>
  values
    .flat()
    .map(text)
    .filter((value) => value !== "");

function rulesOf(graph: ResourceGraph): Rule[] {
  const separate = graph.ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").map((rule): Rule => ({
    groups: graph.refs(rule, "securityGroupId", [groupType]),
    sources: graph.refs(rule, "referencedSecurityGroupId", [groupType]),
    cidrBlocks: listOf(rule.values.cidrIpv4, rule.values.cidrIpv6),
    ports: portsOf(rule.values, "ipProtocol"),
  }));
  const older = graph
    .ofType("aws:ec2/securityGroupRule:SecurityGroupRule")
    .filter(({ values }) => values.type === "ingress")
    .map((rule): Rule => ({
      groups: graph.refs(rule, "securityGroupId", [groupType]),
      sources: graph.refs(rule, "sourceSecurityGroupId", [groupType]),
      cidrBlocks: listOf(rule.values.cidrBlocks, rule.values.ipv6CidrBlocks),
      ports: portsOf(rule.values, "protocol"),
    }));
  const inline = graph.ofType(groupType).flatMap((group) =>
    records(group.values.ingress).map((rule): Rule => ({
      groups: [group],
      sources: graph.refs(group, "ingress", [groupType], rule.securityGroups),
      cidrBlocks: listOf(rule.cidrBlocks, rule.ipv6CidrBlocks),
      ports: portsOf(rule, "protocol"),
    })),
  );
  return [...separate, ...older, ...inline];
}

const outsideKinds = {
  internet: "Internet",
  any: "Any address in reach",
  vpc: "The whole VPC",
  networks: "Connected networks",
  tenants: "Tenants",
} as const;
type OutsideKind = keyof typeof outsideKinds;

export function pathsOf(
  graph: ResourceGraph,
  placed: PlacedWorkloads,
  ownBlocks: string[],
): { workloads: Workload[]; paths: TrafficPath[] } {
  const outside = new Map<string, Workload>();
  const ports = new Map<string, Map<string, Set<string>>>();

  const connect = (from: string, to: string, port: string) => {
    if (from === to) return;
    const targets = ports.get(from) ?? new Map<string, Set<string>>();
    const known = targets.get(to) ?? new Set<string>();
    if (port !== "") known.add(port);
    ports.set(from, targets.set(to, known));
  };
  const outsider = (kind: OutsideKind, detail = ""): string => {
    const key = `outside/${kind}`;
    const known = outside.get(key)?.detail.split(", ") ?? [];
    const details = [...new Set([...known, detail])].filter((part) => part !== "").join(", ");
    outside.set(key, {
      key,
      label: outsideKinds[kind],
      component: "",
      detail: details,
      public: kind === "internet",
      outside: true,
    });
    return key;
  };
  const workloadOf = (resource: SourceResource): string[] => {
    const key = placed.ofResource.get(resource);
    return key === undefined ? [] : [key];
  };

  for (const rule of rulesOf(graph)) {
    for (const target of rule.groups.flatMap((group) => placed.ofGroup.get(group) ?? [])) {
      for (const source of rule.sources.flatMap((group) => placed.ofGroup.get(group) ?? []))
        connect(source, target, rule.ports);
      for (const block of rule.cidrBlocks) {
        const anywhere = block === "0.0.0.0/0" || block === "::/0";
        const reachable = placed.workloads.get(target)?.public ?? false;
        const kind = anywhere ? (reachable ? "internet" : "any") : ownBlocks.includes(block) ? "vpc" : "networks";
        connect(outsider(kind, anywhere ? "" : block), target, rule.ports);
      }
    }
  }
  for (const listener of graph.ofType("aws:lb/listener:Listener")) {
    const port = `${text(listener.values.protocol)} ${text(listener.values.port)}`.trim();
    const balancers = graph.refs(listener, "loadBalancerArn", [loadBalancerType]);
    const groups = graph.refs(listener, "defaultActions", [targetGroupType]);
    const served = graph
      .ofType("aws:ecs/service:Service", "aws:autoscaling/group:Group")
      .filter((member) =>
        ["loadBalancers", "targetGroupArns"].some((key) =>
          graph.refs(member, key, [targetGroupType]).some((group) => groups.includes(group)),
        ),
      );
    for (const balancer of balancers.flatMap(workloadOf)) {
      if (placed.workloads.get(balancer)?.public) connect(outsider("internet"), balancer, port);
      // The rules of the targets' security groups name the ports that they listen on.
      for (const target of served.flatMap(workloadOf)) connect(balancer, target, "");
    }
  }
  for (const service of graph.ofType("aws:ec2/vpcEndpointService:VpcEndpointService")) {
    for (const key of workloadOf(service)) {
      connect(outsider("tenants", "by PrivateLink"), key, "");
      for (const balancer of graph.refs(service, "networkLoadBalancerArns", [loadBalancerType]).flatMap(workloadOf))
        connect(key, balancer, "");
    }
  }
  for (const accelerator of graph.ofType("aws:globalaccelerator/accelerator:Accelerator").flatMap(workloadOf)) {
    const listeners = graph
      .ofType("aws:globalaccelerator/listener:Listener")
      .flatMap(({ values }) => records(values.portRanges));
    for (const range of listeners.length === 0 ? [{}] : listeners)
      connect(outsider("internet"), accelerator, text(range.fromPort) === "" ? "" : `TCP ${text(range.fromPort)}`);
    for (const group of graph.ofType("aws:globalaccelerator/endpointGroup:EndpointGroup")) {
      const region = text(group.values.endpointGroupRegion) || "another region";
      const key = `outside/region ${region}`;
      outside.set(key, {
        key,
        label: region,
        component: "",
        detail: "regional load balancer",
        public: false,
        outside: true,
      });
      connect(accelerator, key, "");
    }
  }
  for (const [key, { public: reachable, label }] of placed.workloads)
    if (reachable && callableByAddress.has(label)) connect(outsider("internet"), key, "");
  const paths = [...ports].flatMap(([from, targets]) =>
    [...targets].map(([to, list]) => ({ from, to, ports: [...list].sort() })),
  );
  return { workloads: [...outside.values(), ...placed.workloads.values()], paths };
}
