import { describe, expect, it } from "vitest";
import { recorded } from "../testing/recorded.ts";
import { livePrices } from "./live-prices.ts";

describe("livePrices", () => {
  it("asks for one product a type, and says when", async () => {
    const asked: unknown[] = [];
    const { result } = await recorded(() => livePrices("us-west-2", ["r6i.4xlarge"], "2026-11-21"), {
      calls: {
        "aws:pricing/getProduct:getProduct": (inputs) => {
          asked.push(inputs);
          const hour = { unit: "Hrs", pricePerUnit: { USD: "1.0080000000" } };
          return { result: JSON.stringify({ terms: { OnDemand: { term: { priceDimensions: { rate: hour } } } } }) };
        },
      },
    });
    expect(await result).toEqual({
      prices: [
        {
          key: "ec2.r6i.4xlarge",
          regions: ["us-west-2"],
          usd: 1.008,
          unit: "instance hour",
          source: "AWS price list",
          asOf: "2026-11-21",
        },
      ],
      discounts: [],
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ serviceCode: "AmazonEC2" });
    expect((asked[0] as { filters: unknown[] }).filters).toContainEqual({ field: "regionCode", value: "us-west-2" });
    expect((asked[0] as { filters: unknown[] }).filters).toContainEqual({
      field: "instanceType",
      value: "r6i.4xlarge",
    });
  });
});
