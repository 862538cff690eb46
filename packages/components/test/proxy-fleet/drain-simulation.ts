/** A fleet while its nodes are replaced, its pods rolled and its size changed, all at once. */
export interface Fleet {
  /** Nodes and so proxies, one each, at the start. */
  size: number;
  zones: number;
  /** Ticks that a new node or pod takes until it serves. */
  startTicks: number;
  /** Whether a rollout of the pods runs at the same time. */
  rollout: boolean;
}

/** What a simulated upgrade came to. */
export interface Outcome {
  /** Fewest proxies that served at any tick. */
  fewest: number;
  /** Most targets that a zone had at any tick. */
  mostTargetsInZone: number;
  ticks: number;
  /** Old nodes and pods that are left: none when it ended. */
  left: number;
}

interface Pod {
  zone: number;
  newNode: boolean;
  newPod: boolean;
  /** Tick from which it serves. */
  from: number;
}

/**
 * Replaces every node as EKS does (`maxUnavailable` 10 % of each group: drain through the eviction API, a new node for each
 * one taken), and rolls the pods as the Deployment does (`maxUnavailable` 10 %), under one disruption budget of 10 %.
 *
 * Rounding as in Kubernetes: the budget's and the rollout's percentages give, for a budget, the ceiling of pods that may be
 * away, and, for a rollout, the floor.
 */
export function simulateUpgrade(fleet: Fleet): Outcome {
  const pods: Pod[] = Array.from({ length: fleet.size }, (_, index) => ({
    zone: index % fleet.zones,
    newNode: false,
    newPod: !fleet.rollout,
    from: 0,
  }));
  const budget = Math.ceil(fleet.size * 0.1);
  const rolling = Math.max(1, Math.floor(fleet.size * 0.1));
  let fewest = fleet.size;
  let mostTargetsInZone = 0;
  let tick = 0;
  const away = (now: number) => pods.filter((pod) => pod.from > now).length;
  for (; tick < 10_000 && pods.some((pod) => !pod.newNode || !pod.newPod); tick++) {
    const now = tick;
    for (let zone = 0; zone < fleet.zones; zone++) {
      const here = pods.filter((pod) => pod.zone === zone);
      const parallel = Math.max(1, Math.ceil(here.length * 0.1));
      const busy = here.filter((pod) => pod.newNode && pod.from > now).length;
      for (const pod of here.filter((each) => !each.newNode).slice(0, Math.max(0, parallel - busy))) {
        // The eviction API counts every pod that is away, whoever took it.
        if (pod.from > now || away(now) < budget) {
          Object.assign(pod, { newNode: true, newPod: true, from: now + fleet.startTicks });
        }
      }
    }
    // The Deployment counts pods that are away as well, and does not ask the budget.
    for (const pod of pods.filter((each) => !each.newPod)) {
      if (away(now) < rolling) {
        Object.assign(pod, { newPod: true, from: now + fleet.startTicks });
      }
    }
    fewest = Math.min(fewest, fleet.size - away(now));
    for (let zone = 0; zone < fleet.zones; zone++) {
      mostTargetsInZone = Math.max(mostTargetsInZone, pods.filter((pod) => pod.zone === zone).length);
    }
  }
  return { fewest, mostTargetsInZone, ticks: tick, left: pods.filter((pod) => !pod.newNode || !pod.newPod).length };
}
