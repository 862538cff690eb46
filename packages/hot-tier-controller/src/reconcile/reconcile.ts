import type { Bounds, Desired, ObservedCluster, Plan } from "../model.ts";
import { completeLaunches, keepHooks, releaseTerminating } from "./lifecycle.ts";
import { tendMembers } from "./members.ts";
import { moveSlots, repairOpenSlots } from "./moves.ts";
import { recover } from "./recover.ts";
import { dismantle, dismissSpares, replaceDead, reportUnsynced, setCapacity, spreadPrimaries } from "./rest.ts";
import { chooseShards, formCluster, placeMembers } from "./shards.ts";
import { startPass } from "./view.ts";
import type { Pass } from "./view.ts";

/**
 * What to do next, from what is seen now. Pure: the same observation gives the same plan, whatever the order of its lists.
 *
 * The actions of one plan may be stopped after any of them and the cluster is still whole; the caller then observes again.
 * The order holds back what could hurt: a slot without an owner stops everything else, newcomers wait for gossip,
 * and data moves only into shards that survive the loss of a zone. What holds is listed in `docs/decisions/031-reconcile-order.md`.
 */
export function reconcile(observed: ObservedCluster, desired: Desired, bounds: Bounds): Plan {
  const pass = startPass(observed, desired, bounds);
  decide(pass);
  keepHooks(pass);
  return { actions: pass.actions, alarms: pass.alarms };
}

function decide(pass: Pass): void {
  reportUnsynced(pass);
  if (recover(pass)) {
    return;
  }
  setCapacity(pass);
  if (!pass.observed.settled || tendMembers(pass) || formCluster(pass)) {
    return;
  }
  const open = repairOpenSlots(pass);
  const choice = chooseShards(pass);
  releaseTerminating(pass);
  placeMembers(pass, choice);
  completeLaunches(pass);
  if (!open) {
    moveSlots(pass, choice);
  }
  dismantle(pass, choice);
  dismissSpares(pass, choice);
  replaceDead(pass);
  spreadPrimaries(pass, choice);
}
