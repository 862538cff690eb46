/**
 * Decides what the hot tier's cluster needs next: `reconcile` is a pure function of what is seen and what is asked for.
 *
 * @module @mrgc/hot-tier-controller
 */

export { reconcile } from "./reconcile/reconcile.ts";
export { defaultBounds, InstanceState } from "./model.ts";
export type {
  Action,
  Alarm,
  Bounds,
  Desired,
  ObservedCluster,
  ObservedMove,
  ObservedNode,
  OpenSlot,
  Plan,
} from "./model.ts";
