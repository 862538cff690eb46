import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { priceOfProduct } from "./price-product.ts";
import type { PriceList } from "./price-list.ts";

/**
 * Asks the AWS price list for on-demand prices of EC2 types, Linux, in a region. The price list answers in us-east-1 and
 * ap-south-1 only, so the provider must be of one of them; it needs credentials with `pricing:GetProducts`.
 *
 * @param asOf today, `YYYY-MM-DD`: when the prices were read
 * @returns a list to put before those that are known: `withPrices(knownPrices(), await livePrices(...))`
 */
export async function livePrices(
  region: string,
  instanceTypes: string[],
  asOf: string,
  provider?: pulumi.ProviderResource,
): Promise<PriceList> {
  const prices = await Promise.all(
    instanceTypes.map(async (instanceType) => {
      const product = await aws.pricing.getProduct(
        {
          serviceCode: "AmazonEC2",
          filters: [
            { field: "regionCode", value: region },
            { field: "instanceType", value: instanceType },
            { field: "operatingSystem", value: "Linux" },
            { field: "preInstalledSw", value: "NA" },
            { field: "tenancy", value: "Shared" },
            { field: "capacitystatus", value: "Used" },
            { field: "licenseModel", value: "No License required" },
          ],
        },
        provider === undefined ? {} : { provider },
      );
      return {
        key: `ec2.${instanceType}`,
        regions: [region],
        usd: priceOfProduct(product.result),
        unit: "instance hour",
        source: "AWS price list",
        asOf,
      };
    }),
  );
  return { prices, discounts: [] };
}
