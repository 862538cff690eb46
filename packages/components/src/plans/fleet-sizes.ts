import type { FleetSize } from "./region-plan-args.ts";

/** The maximum size of a fleet, 0 when there is none. */
export function maxOf(fleet: FleetSize | undefined): number {
  return fleet?.maxInstances ?? 0;
}
