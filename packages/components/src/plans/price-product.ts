interface Product {
  terms?: {
    OnDemand?: Record<string, { priceDimensions?: Record<string, { unit?: string; pricePerUnit?: { USD?: string } }> }>;
  };
}

/**
 * The on-demand price of one hour in a product of the AWS price list (`GetProducts`).
 *
 * @throws Error when the product has no such price, or more than one.
 */
export function priceOfProduct(json: string): number {
  const product = JSON.parse(json) as Product;
  const prices = Object.values(product.terms?.OnDemand ?? {})
    .flatMap((term) => Object.values(term.priceDimensions ?? {}))
    .filter((dimension) => dimension.unit === "Hrs")
    .map((dimension) => Number(dimension.pricePerUnit?.USD));
  const [price] = prices;
  if (price === undefined || prices.length > 1 || !(price > 0)) {
    throw new Error(`the price list has ${prices.length} on-demand prices an hour for this product, and one is needed`);
  }
  return price;
}
