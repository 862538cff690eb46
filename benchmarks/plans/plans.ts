import { performance } from "node:perf_hooks";
import { planAddresses, regionPlan, type RegionPlanArgs } from "@mrgc/components/plans";

/** A region at full scale, where a plan has most to do. */
const args: RegionPlanArgs = {
  region: "us-east-1",
  zoneIds: ["use1-az1", "use1-az2", "use1-az4"],
  vpcCidrBlock: "10.66.0.0/18",
  cache: { instanceType: "r6i.4xlarge", instances: 48, maxInstances: 1000, volumes: [{ sizeGib: 400 }] },
  proxies: { instanceType: "c6i.2xlarge", instances: 48, maxInstances: 1000 },
  gpu: { instanceType: "g6e.2xlarge", instances: 3, maxInstances: 64 },
  loadBalancers: { publicNetworkLoadBalancers: 1, internalNetworkLoadBalancers: 1 },
};
const addresses = {
  vpcCidrBlock: args.vpcCidrBlock,
  zoneIds: args.zoneIds,
  fleets: { cacheNodes: 1000, proxyNodes: 1000, gpuInstances: 64, interfaceEndpoints: 14 },
};
const plan = regionPlan(args);

/** Milliseconds of one call: the median of nine rounds, after one that warms up. */
function millisecondsOf(call: () => unknown, calls: number): number {
  const rounds = Array.from({ length: 10 }, () => {
    const start = performance.now();
    for (let count = 0; count < calls; count++) {
      call();
    }
    return (performance.now() - start) / calls;
  }).slice(1);
  return rounds.sort((one, other) => one - other)[4] ?? NaN;
}

/*
 * Machines differ, so the figure that counts is a ratio within one run: planning against writing the finished plan as JSON
 * and reading it back, which is the least that any tool does that keeps a plan in a file.
 */
const roundTrip = millisecondsOf(() => JSON.parse(JSON.stringify(plan)) as unknown, 500);
const address = millisecondsOf(() => planAddresses(addresses), 500);
const region = millisecondsOf(() => regionPlan(args), 200);

process.stdout.write(
  `${JSON.stringify(
    {
      addressPlansPerSecond: Math.round(1000 / address),
      regionPlansPerSecond: Math.round(1000 / region),
      addressPlanPerRoundTrip: Number((address / roundTrip).toFixed(2)),
      regionPlanPerRoundTrip: Number((region / roundTrip).toFixed(2)),
    },
    null,
    2,
  )}\n`,
);
