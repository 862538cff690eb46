import { describe, expect, it } from "vitest";
import { type Given, judgeAll, rule, unknownString as ref } from "./support/harness.ts";
import { databaseIn, network, route } from "./support/network.ts";

describe("no-peer-path", () => {
  const peering: Given = { type: "aws:ec2/vpcPeeringConnection:VpcPeeringConnection", name: "partner" };
  const stack = network(
    peering,
    route(
      "to-partner",
      "data-table",
      { destinationCidrBlock: "172.31.0.0/16", vpcPeeringConnectionId: ref },
      { vpcPeeringConnectionId: ["partner"] },
    ),
    databaseIn("data-subnet"),
  );

  it("prints the path from a peer that is not registered", () => {
    expect(judgeAll(rule("no-peer-path"), stack).findings[0]?.detail).toContain(
      "partner -> route to-partner -> table data-table -> subnet data-subnet -> database",
    );
  });

  it("holds for a registered one", () => {
    expect(judgeAll(rule("no-peer-path"), stack, { peers: ["partner"] }).result).toBe("holds");
  });
});

describe("public-balancer-declared", () => {
  const balancer = (props: Record<string, unknown>): Given[] => [
    { type: "aws:lb/loadBalancer:LoadBalancer", name: "balancer", props },
    { type: "aws:lb/targetGroup:TargetGroup", name: "targets", props: { port: 6379, protocol: "TCP" } },
    {
      type: "aws:lb/listener:Listener",
      name: "listener",
      props: { loadBalancerArn: ref, defaultActions: [{ type: "forward", targetGroupArn: ref }] },
      from: { loadBalancerArn: ["balancer"], defaultActions: ["targets"] },
    },
  ];

  it("prints the path through a load balancer that faces the internet by default", () => {
    expect(judgeAll(rule("public-balancer-declared"), balancer({})).findings[0]?.detail).toContain(
      "internet -> balancer -> listener listener -> target group targets",
    );
  });

  it("holds for an internal one, and for one that is declared", () => {
    expect(judgeAll(rule("public-balancer-declared"), balancer({ internal: true })).result).toBe("holds");
    expect(judgeAll(rule("public-balancer-declared"), balancer({ tags: { Exposure: "public" } })).result).toBe("holds");
    expect(judgeAll(rule("public-balancer-declared"), balancer({}), { publicNames: ["balancer"] }).result).toBe(
      "holds",
    );
  });
});
