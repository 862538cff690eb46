import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contains, isAligned, overlaps, parsed, sizeOf } from "../shared/cidr.ts";
import { PlanRefusedError } from "../shared/refusal.ts";
import { type AddressPlan, type AddressPlanArgs, planAddresses } from "./address-plan.ts";
import { SubnetTier } from "./subnets.ts";

/** The plan, or why there is none. */
function planOrRefusal(args: AddressPlanArgs): AddressPlan | PlanRefusedError {
  try {
    return planAddresses(args);
  } catch (error) {
    if (error instanceof PlanRefusedError) {
      return error;
    }
    throw error;
  }
}

function blocksByPlace(plan: AddressPlan): Map<string, string> {
  return new Map(plan.subnets.map((subnet) => [`${subnet.tier} ${subnet.zoneId}`, subnet.cidrBlock]));
}

describe("10,000 generated networks", () => {
  const network = fc
    .record({
      prefix: fc.integer({ min: 16, max: 22 }),
      seed: fc.integer({ min: 0, max: 2 ** 16 - 1 }),
      zones: fc.integer({ min: 1, max: 4 }),
      cacheNodes: fc.integer({ min: 0, max: 1500 }),
      proxyNodes: fc.integer({ min: 0, max: 1500 }),
      podsPerNode: fc.integer({ min: 1, max: 39 }),
      gpuInstances: fc.integer({ min: 0, max: 500 }),
      interfaceEndpoints: fc.integer({ min: 0, max: 40 }),
      allowReplacement: fc.boolean(),
    })
    .map(({ prefix, seed, zones, proxyNodes, podsPerNode, allowReplacement, ...fleets }): AddressPlanArgs => {
      const slots = 2 ** (prefix - 8);
      const first = (seed % slots) * 2 ** (32 - prefix);
      return {
        vpcCidrBlock: `10.${Math.floor(first / 2 ** 16)}.${Math.floor(first / 2 ** 8) % 256}.${first % 256}/${prefix}`,
        zoneIds: ["use1-az1", "use1-az2", "use1-az4", "use1-az6"].slice(0, zones),
        fleets: { ...fleets, proxyNodes, proxyPods: proxyNodes * podsPerNode },
        allowReplacement,
      };
    });

  it("are inside the range, apart from each other, aligned and large enough, or refused with a remedy", () => {
    let planned = 0;
    fc.assert(
      fc.property(network, (generated) => {
        const plan = planOrRefusal(generated);
        if (plan instanceof PlanRefusedError) {
          return plan.problems.every((problem) => problem.mend.length > 10 && problem.reason.length > 10);
        }
        planned++;
        const own = plan.subnets.filter((subnet) => subnet.tier !== SubnetTier.Pod);
        const blocks = plan.subnets.map((subnet) => parsed(subnet.cidrBlock));
        const free = plan.free.map(parsed);
        const vpc = parsed(generated.vpcCidrBlock);
        const used = own.reduce((sum, subnet) => sum + sizeOf(parsed(subnet.cidrBlock)), 0);
        return (
          plan.subnets.length === generated.zoneIds.length * (plan.podCidrBlock === undefined ? 4 : 5) &&
          own.every((subnet) => contains(vpc, parsed(subnet.cidrBlock))) &&
          blocks.every((block, index) => blocks.slice(0, index).every((other) => !overlaps(block, other))) &&
          blocks.every(isAligned) &&
          plan.subnets.every((subnet) => subnet.usableAddresses >= subnet.neededAddresses) &&
          used + free.reduce((sum, block) => sum + sizeOf(block), 0) === sizeOf(vpc)
        );
      }),
      { numRuns: 10_000 },
    );
    expect(planned).toBeGreaterThan(1000);
  });

  it("keep every subnet when a zone is added or a maximum raised, or are refused", () => {
    let compared = 0;
    fc.assert(
      fc.property(
        network,
        fc.integer({ min: 0, max: 2000 }),
        fc.boolean(),
        fc.boolean(),
        (generated, more, addZone, give) => {
          const before = planOrRefusal(generated);
          if (before instanceof PlanRefusedError) {
            return true;
          }
          const { cacheNodes = 0, proxyNodes = 0, proxyPods = 0 } = generated.fleets;
          const after = planOrRefusal({
            ...generated,
            allowReplacement: false,
            ...(give || before.replaced.length > 0 ? { subnets: before.subnets } : {}),
            zoneIds: addZone ? [...new Set([...generated.zoneIds, "use1-az6"])] : generated.zoneIds,
            fleets: {
              ...generated.fleets,
              cacheNodes: cacheNodes + more,
              proxyNodes: proxyNodes === 0 ? 0 : proxyNodes + more,
              proxyPods,
            },
          });
          if (after instanceof PlanRefusedError) {
            return true;
          }
          compared++;
          const later = blocksByPlace(after);
          return (
            after.replaced.length === 0 &&
            before.subnets
              .filter((subnet) => subnet.tier !== SubnetTier.Pod || after.podCidrBlock !== undefined)
              .every((subnet) => later.get(`${subnet.tier} ${subnet.zoneId}`) === subnet.cidrBlock)
          );
        },
      ),
      { numRuns: 10_000 },
    );
    expect(compared).toBeGreaterThan(1000);
  });
});
