import type { Action, Plan } from "../model.ts";
import { countSlots, formatRanges, slotCount } from "../slots.ts";
import type { Observation } from "../cluster/observe.ts";

/** The cluster as a table for a person: a line a shard, then what is wrong. */
export function describeCluster(observation: Observation): string {
  const { nodes } = observation.cluster;
  const primaries = nodes.filter((node) => node.member && node.role === "primary");
  const lines = primaries.map((primary) => {
    const replicas = nodes.filter((node) => node.primaryId === primary.id);
    const members = [primary, ...replicas].map(
      (node) =>
        `${node.zone || "?"} ${node.address}${node === primary ? "*" : ""}${!node.reachable ? " DOWN" : node.synced ? "" : " syncing"}`,
    );
    return `${String(countSlots(primary.slots)).padStart(5)} slots  ${members.join("  ")}`;
  });
  const covered = countSlots(primaries.filter((node) => node.reachable).flatMap((node) => [...node.slots]));
  const strangers = nodes.filter((node) => !node.member).map((node) => `not a member: ${node.zone} ${node.address}`);
  return [...lines, ...strangers, `${covered} of ${slotCount} slots are served; * is the primary`].join("\n");
}

/** A plan for a person: what would be done, why, and what is wrong. */
export function describePlan(plan: Plan): string {
  const actions = plan.actions.map(
    (action, index) => `${String(index + 1).padStart(3)}. ${describeAction(action)}\n     ${action.reason}`,
  );
  const alarms = plan.alarms.map((alarm) => `  !  ${alarm.code} ${alarm.subject}: ${alarm.message}`);
  return [...(actions.length === 0 ? ["Nothing to do."] : actions), ...alarms].join("\n");
}

/** One action in a line. */
export function describeAction(action: Action): string {
  switch (action.kind) {
    case "move-slots":
      return `move ${countSlots(action.slots)} slots (${formatRanges(action.slots)}) from ${action.from} to ${action.to}`;
    case "replicate":
      return `make ${action.node} a replica of ${action.primary}`;
    case "failover":
      return `${action.mode} failover to ${action.node}`;
    case "assign-slots":
      return `give ${formatRanges(action.slots)} to ${action.node}`;
    case "set-capacity":
      return `set the capacity of ${action.zone} to ${action.capacity}`;
    case "finish-slot":
      return `finish moving slot ${action.slot} from ${action.from} to ${action.to}`;
    case "close-slot":
      return `close slot ${action.slot} of ${action.from}`;
    default:
      return `${action.kind} ${"node" in action ? action.node : action.instanceId}`;
  }
}
