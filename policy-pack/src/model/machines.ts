import type { Field } from "./field.ts";
import { T } from "../tokens.ts";

/** Whether a resource starts machines as it describes them itself, without a template. */
export function isSpotFleet(type: string): boolean {
  return (T.spotFleet as readonly string[]).includes(type);
}

/** The places where a resource says what a machine is: itself, or each launch specification of a spot fleet. */
export function machinesOf(type: string, props: Field): Field[] {
  return isSpotFleet(type) ? props.at("launchSpecifications").items() : [props];
}
