import { expect, it } from "vitest";
import { testAnswers, testArgs } from "../proxy-fleet/fixtures.ts";
import { ProxyFleet } from "../proxy-fleet/proxy-fleet.ts";
import { clusterAnswers, clusterArgs } from "../regional-gpu-cluster/fixtures.ts";
import { RegionalGpuCluster } from "../regional-gpu-cluster/regional-gpu-cluster.ts";
import { recorded, type Recording } from "../testing/recorded.ts";

/** Names that Pulumi makes longer than the 32 characters that AWS takes: it adds a hyphen and seven of its own. */
function tooLong(of: Recording<unknown>): string[] {
  const types = ["aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup"];
  const balancers = types.flatMap((type) => of.ofType(type));
  expect(balancers.length).toBeGreaterThan(2);
  return balancers
    .filter(({ name, inputs }) => inputs.name === undefined && inputs.namePrefix === undefined && name.length + 8 > 32)
    .map(({ name }) => name);
}

it("a fleet and a cluster with long names have load balancers and target groups that AWS takes", async () => {
  expect(tooLong(await recorded(() => new ProxyFleet("inference-proxies", testArgs()), testAnswers))).toEqual([]);
  const cluster = await recorded(() => new RegionalGpuCluster("inference-us-east-1", clusterArgs), clusterAnswers);
  expect(tooLong(cluster)).toEqual([]);
  expect(cluster.find("inference-us-east-1-nlb-tls").inputs.namePrefix).toBe("infere");
});

it("short names stay Pulumi's own", async () => {
  const cluster = await recorded(() => new RegionalGpuCluster("use1", clusterArgs), clusterAnswers);
  expect(cluster.find("use1-nlb-tls").inputs.namePrefix).toBeUndefined();
});
