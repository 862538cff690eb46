/** How instance hours are bought. */
export const Commitment = {
  /** None: the list price. */
  OnDemand: "on-demand",
  /** Reserved instances of a type for a year. */
  Reserved1Year: "reserved-1-year",
  /** Reserved instances of a type for three years. */
  Reserved3Years: "reserved-3-years",
  /** A compute savings plan for a year, whatever the type. */
  SavingsPlan1Year: "savings-plan-1-year",
  /** A compute savings plan for three years, whatever the type. */
  SavingsPlan3Years: "savings-plan-3-years",
} as const;
export type Commitment = (typeof Commitment)[keyof typeof Commitment];

/** How a region's EC2 instances are bought. */
export interface PurchaseOptions {
  /** For what does not run on spot. Default: `on-demand`. */
  commitment?: Commitment;
  /** Part of the instances that run on spot, 0 to 1. For development; the fleets of a region run on demand. Default: 0. */
  spotShare?: number;
  /** Whether x86 types are priced as the Graviton type of their size: needs binaries for arm64. Default: false. */
  graviton?: boolean;
}

const gravitonFamily: Record<string, string> = {
  c6i: "c7g",
  c7i: "c7g",
  c6in: "c7gn",
  m6i: "m7g",
  m7i: "m7g",
  r6i: "r7g",
  r7i: "r7g",
  r8i: "r8g",
  r6in: "r8gn",
};

/** The Graviton type of the same kind and size; the type itself when it has none, as with every GPU type. */
export function gravitonOf(instanceType: string): string {
  const [family = "", size = ""] = instanceType.split(".");
  const graviton = gravitonFamily[family];
  return graviton === undefined ? instanceType : `${graviton}.${size}`;
}
