import { type Problem, refuseAll } from "../shared/refusal.ts";
import type { Discount, Price, PriceList } from "./price-list.ts";
import { Commitment } from "./purchase.ts";

/**
 * Reads a price list from the text of a JSON file: `{"prices": [...], "discounts": [...]}` with the fields of `Price` and
 * `Discount`. Its prices go before those that are known otherwise (`withPrices`).
 *
 * @throws PlanRefusedError naming every entry that has no source, no date or no usable number.
 */
export function parsePriceList(text: string): PriceList {
  const read = readJson(text);
  const prices = listOf(read, "prices");
  const discounts = listOf(read, "discounts");
  refuseAll([
    ...prices.flatMap((entry, index) => [
      ...textProblems(entry, ["key", "unit", "source", "asOf"], `prices[${index}]`),
      ...numberProblems(entry, "usd", Infinity, `prices[${index}]`),
      ...regionProblems(entry, `prices[${index}]`),
    ]),
    ...discounts.flatMap((entry, index) => [
      ...textProblems(entry, ["source", "asOf"], `discounts[${index}]`),
      ...numberProblems(entry, "fraction", 1, `discounts[${index}]`),
      ...commitmentProblems(entry, `discounts[${index}]`),
    ]),
  ]);
  return { prices: prices as unknown as Price[], discounts: discounts as unknown as Discount[] };
}

type Entry = Record<string, unknown>;

function readJson(text: string): Entry {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null ? (read as Entry) : {};
  } catch {
    refuseAll([{ path: "priceList", value: text.slice(0, 40), reason: "is not JSON", mend: "See docs/costs.md." }]);
    return {};
  }
}

function listOf(read: Entry, key: string): Entry[] {
  const list = read[key] ?? [];
  return Array.isArray(list) ? list.map((entry) => (typeof entry === "object" && entry !== null ? entry : {})) : [];
}

function textProblems(entry: Entry, keys: string[], path: string): Problem[] {
  return keys.flatMap((key) =>
    typeof entry[key] === "string" && entry[key] !== ""
      ? []
      : [
          {
            path: `${path}.${key}`,
            value: entry[key],
            reason: "must be text",
            mend: "A price has a source and a date.",
          },
        ],
  );
}

function numberProblems(entry: Entry, key: string, most: number, path: string): Problem[] {
  const value = entry[key];
  return typeof value === "number" && value > 0 && value <= most
    ? []
    : [
        {
          path: `${path}.${key}`,
          value,
          reason: `must be a number above 0${most === Infinity ? "" : ` and at most ${most}`}`,
          mend: "Leave a price out when it is not known: the plan then says so.",
        },
      ];
}

function regionProblems(entry: Entry, path: string): Problem[] {
  const { regions } = entry;
  return Array.isArray(regions) && regions.length > 0 && regions.every((region) => typeof region === "string")
    ? []
    : [
        {
          path: `${path}.regions`,
          value: regions,
          reason: "must be a list of regions",
          mend: 'Such as ["us-east-1"]: prices differ by region.',
        },
      ];
}

function commitmentProblems(entry: Entry, path: string): Problem[] {
  const known = Object.values(Commitment).filter((commitment) => commitment !== Commitment.OnDemand);
  return (known as unknown[]).includes(entry.commitment)
    ? []
    : [
        {
          path: `${path}.commitment`,
          value: entry.commitment,
          reason: `must be one of ${known.join(", ")}`,
          mend: "On demand has no discount.",
        },
      ];
}
