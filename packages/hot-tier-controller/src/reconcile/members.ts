import { InstanceState } from "../model.ts";
import { missingSlots } from "../slots.ts";
import { isAlive, isOwner, isStaying } from "./view.ts";
import type { Pass } from "./view.ts";

/**
 * Who belongs to the cluster. New nodes are introduced, strangers with old data are wiped, nodes whose machine is gone
 * are forgotten. True when somebody was introduced or wiped: gossip has to settle before the next step.
 */
export function tendMembers(pass: Pass): boolean {
  forgetGone(pass);
  return introduce(pass);
}

function introduce(pass: Pass): boolean {
  const strangers = pass.nodes.filter((node) => isStaying(node) && !node.member);
  const blank = strangers.filter((node) => node.blank);
  const host = pass.nodes.find((node) => node.member && isStaying(node)) ?? blank[0];
  if (host === undefined) {
    return false;
  }
  const newcomers = blank.filter((node) => node.id !== host.id);
  for (const node of newcomers) {
    pass.actions.push({ kind: "meet", node: node.id, via: host.id, reason: `${node.address} is new in ${node.zone}` });
  }
  const covered = missingSlots(
    pass.nodes.filter((node) => isOwner(node) && isAlive(node)).flatMap((n) => [...n.slots]),
  );
  const stale = covered.length === 0 ? strangers.filter((node) => !node.blank) : [];
  for (const node of stale) {
    pass.actions.push({
      kind: "wipe",
      node: node.id,
      reason: `${node.address} came back with old data and is no member; every slot has a live owner`,
    });
  }
  return newcomers.length + stale.length > 0;
}

function forgetGone(pass: Pass): void {
  const followed = new Set(pass.nodes.filter(isAlive).map((node) => node.primaryId));
  for (const node of pass.nodes) {
    if (node.member && node.instance === InstanceState.Gone && !isOwner(node) && !followed.has(node.id)) {
      pass.actions.push({ kind: "forget", node: node.id, reason: `its machine ${node.instanceId} is gone` });
    }
  }
}
