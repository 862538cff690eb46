import { instanceType } from "../shared/instance-types.ts";
import type { CostBook } from "./cost-book.ts";
import { hoursPerMonth } from "./price-list.ts";
import { Commitment, gravitonOf, type PurchaseOptions } from "./purchase.ts";
import type { FleetSize } from "./region-plan-args.ts";

/** IOPS and MB/s that a gp3 volume has without paying for them. */
const gp3Includes = { iops: 3000, throughputMBps: 125 };

/** Instance hours of a fleet: the part on spot, and the rest as it is bought. */
export function instanceCosts(
  book: CostBook,
  component: string,
  fleet: FleetSize,
  count: number,
  purchase: PurchaseOptions,
): void {
  const type = instanceType(purchase.graviton === true ? gravitonOf(fleet.instanceType) : fleet.instanceType).type;
  const spot = Math.round(count * (purchase.spotShare ?? 0));
  if (spot > 0) {
    book.hours(component, `${spot} x ${type} on spot`, spot, `ec2-spot.${type}`);
  }
  const rest = count - spot;
  const commitment = purchase.commitment ?? Commitment.OnDemand;
  if (rest === 0) {
    return;
  }
  if (commitment === Commitment.OnDemand) {
    book.hours(component, `${rest} x ${type}`, rest, `ec2.${type}`);
    return;
  }
  committedCosts(book, component, type, rest, commitment);
}

/** Instance hours under a commitment: not known unless both the on-demand price and the discount are. */
function committedCosts(book: CostBook, component: string, type: string, count: number, commitment: Commitment): void {
  const onDemand = book.price(`ec2.${type}`);
  const discount = book.prices.discounts.find((entry) => entry.commitment === commitment);
  const line = {
    component,
    driver: `${count} x ${type}, ${commitment}`,
    quantity: count * hoursPerMonth,
    unit: "instance hour",
  };
  if (onDemand === undefined || discount === undefined) {
    const atMost =
      onDemand === undefined
        ? `the price of ec2.${type} in ${book.region} is not known`
        : `the discount of ${commitment} is not known; on demand it is ${(onDemand.usd * line.quantity).toFixed(2)} USD`;
    book.line({ ...line, note: atMost });
    return;
  }
  book.line({
    ...line,
    usdPerUnit: onDemand.usd * (1 - discount.fraction),
    source: `${onDemand.source}, less ${discount.fraction * 100} %: ${discount.source}`,
    asOf: discount.asOf,
  });
}

/** gp3 volumes of a fleet: what is provisioned, and IOPS and throughput above what is included. */
export function volumeCosts(book: CostBook, component: string, fleet: FleetSize, count: number): void {
  const volumes = fleet.volumes ?? [];
  const sum = (of: (volume: (typeof volumes)[number]) => number) =>
    count * volumes.reduce((total, volume) => total + of(volume), 0);
  const above = (value: number | undefined, included: number) => Math.max(0, (value ?? included) - included);
  book.months(
    component,
    "gp3 storage",
    sum(({ sizeGib }) => sizeGib),
    "ebs.gp3.gib",
  );
  book.months(
    component,
    "gp3 IOPS",
    sum(({ iops }) => above(iops, gp3Includes.iops)),
    "ebs.gp3.iops",
  );
  const throughput = sum(({ throughputMBps }) => above(throughputMBps, gp3Includes.throughputMBps));
  book.months(component, "gp3 throughput", throughput, "ebs.gp3.throughput");
}
