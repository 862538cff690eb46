import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planAddresses } from "./address-plan.ts";
import { awsxLayout } from "./awsx-layout.ts";

/** First and last address of a block, read by another way than the planner does. */
function bounds(block: string): [first: number, last: number] {
  const [address = "", prefix = ""] = block.split("/");
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  return [first, first + 2 ** (32 - Number(prefix)) - 1];
}

describe("awsxLayout", () => {
  it("speaks for every address, zone after zone, as awsx' Exact strategy checks", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 21 }),
        fc.constantFrom(2, 4, 8),
        fc.integer({ min: 1, max: 8 }),
        (prefix, maxZones, wanted) => {
          const zones = Math.min(wanted, maxZones);
          const vpcCidrBlock = `10.64.0.0/${prefix}`;
          const plan = planAddresses({
            vpcCidrBlock,
            maxZones,
            zoneIds: Array.from({ length: zones }, (_, index) => `use1-az${index + 1}`),
            fleets: { otherAddressesPerZone: 0 },
          });
          const { strategy, specs } = awsxLayout(plan);
          const [vpcFirst, vpcLast] = bounds(vpcCidrBlock);
          let next = vpcFirst;
          for (let zone = 0; zone < zones; zone++) {
            for (const spec of specs) {
              const [first, last] = bounds(spec.cidrBlocks[zone] ?? "0.0.0.0/32");
              expect(first).toBe(next);
              next = last + 1;
            }
          }
          expect(next).toBe(vpcLast + 1);
          expect(strategy).toBe("Exact");
          expect(new Set(specs.map((spec) => spec.name)).size).toBe(specs.length);
        },
      ),
    );
  });

  it("hands subnets over as they are when they do not follow one another", () => {
    const plan = planAddresses({
      vpcCidrBlock: "10.66.0.0/18",
      zoneIds: ["use1-az1", "use1-az2"],
      fleets: { cacheNodes: 2 * 925 },
      allowReplacement: true,
    });
    const layout = awsxLayout(plan);
    expect(layout.strategy).toBe("Auto");
    expect(layout.specs.map(({ type, name, cidrBlocks }) => [type, name, ...cidrBlocks])).toEqual([
      ["Private", "private", "10.66.0.0/21", "10.66.16.0/21"],
      ["Isolated", "data", "10.66.32.0/21", "10.66.40.0/21"],
      ["Public", "public", "10.66.12.0/24", "10.66.28.0/24"],
      ["Isolated", "endpoint", "10.66.13.0/24", "10.66.29.0/24"],
    ]);
  });
});
