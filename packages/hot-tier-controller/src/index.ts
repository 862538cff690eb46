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
