import type { SlotRange } from "./slots.ts";

/** What EC2 and Auto Scaling say about the machine of a node. */
export const InstanceState = {
  /** Waits in the launch hook: it runs, but its group does not count on it yet. */
  Launching: "launching",
  /** It runs and its group counts on it. */
  Running: "running",
  /** Waits in the termination hook: it goes when the hook is completed or times out. */
  Terminating: "terminating",
  /** Terminated, or unknown to EC2. It never comes back. */
  Gone: "gone",
} as const;
export type InstanceState = (typeof InstanceState)[keyof typeof InstanceState];

/** One machine and the server on it, as seen in one pass. */
export interface ObservedNode {
  /** The cluster's node id; `instance:<instanceId>` as long as its server has never answered. */
  readonly id: string;
  /** `host:port` for clients. */
  readonly address: string;
  /** Availability Zone ID, such as `usw2-az1`. */
  readonly zone: string;
  /** EC2 instance id. */
  readonly instanceId: string;
  /** What EC2 and Auto Scaling say about its machine. */
  readonly instance: InstanceState;
  /** Whether the controller got an answer from its server in this pass. */
  readonly reachable: boolean;
  /** Milliseconds since the first look in a row that it did not answer; 0 when it does. */
  readonly downForMs: number;
  /**
   * Whether somebody else says so too: a member that answers calls it failing, or its own server says that it still loads its
   * data. Without that the way from the controller to it may be what is broken, and it may serve. Of an unreachable node.
   */
  readonly confirmedDown: boolean;
  /** Whether the cluster's members know this id. */
  readonly member: boolean;
  /** No member, knows nobody, owns nothing and holds no key: it may join. */
  readonly blank: boolean;
  /** What its server says that it is. */
  readonly role: "primary" | "replica";
  /** Of a replica: the id of its primary. */
  readonly primaryId?: string;
  /** Slots that it owns; of a primary. */
  readonly slots: readonly SlotRange[];
  /** Replication offset: the larger, the more of its shard's writes it has. */
  readonly offset: number;
  /** Of a replica: it has had a full copy and its link is up (or went down with its primary). Primaries are always synced. */
  readonly synced: boolean;
  /** Since when a reachable replica is not synced, in milliseconds. */
  readonly unsyncedForMs: number;
  /** Milliseconds that it has been a member that owns nothing and copies nobody; 0 when it does. */
  readonly idleForMs: number;
  /** Memory of its data set, in bytes. */
  readonly usedBytes: number;
}

/** A slot that an interrupted key by key move left between two nodes. */
export interface OpenSlot {
  /** The slot, 0 to 16383. */
  readonly slot: number;
  /** Owner of the slot. */
  readonly from: string;
  /** Where it was going; undefined when nobody can say any more. */
  readonly to?: string;
}

/** A move between two shards that goes on, or that failed lately. */
export interface ObservedMove {
  /** Node id of the primary that gives. */
  readonly from: string;
  /** Node id of the primary that takes. */
  readonly to: string;
  /** Whether it goes on or has failed. */
  readonly state: "running" | "failed";
  /** Failures in a row of this pair. */
  readonly failures: number;
  /** Milliseconds until the pair may be tried again. */
  readonly retryInMs: number;
}

/** Everything that a pass knows about the cluster. The order of the lists has no meaning. */
export interface ObservedCluster {
  /** Every machine of the cluster's groups and every member that the cluster knows. */
  readonly nodes: readonly ObservedNode[];
  /** Whether all reachable members agree about members, roles and owners. */
  readonly settled: boolean;
  /** Slots that interrupted moves left behind. */
  readonly openSlots: readonly OpenSlot[];
  /** Moves that go on or failed lately. */
  readonly moves: readonly ObservedMove[];
  /** Zone ID -> desired capacity of its groups together. */
  readonly capacity: Readonly<Record<string, number>>;
  /** A backup is being taken: slots must stay where they are. */
  readonly backupRunning: boolean;
  /** The cluster has held data before: slots without any owner are a loss and not a beginning. */
  readonly formed: boolean;
}

/** What the stack asks for. */
export interface Desired {
  /** Shards: a primary and its replicas each. */
  readonly shards: number;
  /** Zone IDs. Every shard has exactly one node in each. */
  readonly zones: readonly string[];
}

/** Times and bounds of the reconcile function. */
export interface Bounds {
  /** `cluster-node-timeout` of the servers, in milliseconds. */
  readonly nodeTimeoutMs: number;
  /** How long the cluster may try an election by itself beyond the node timeout, before a failover is forced. */
  readonly electionGraceMs: number;
  /** Down for this long on a running machine: the machine is replaced. */
  readonly replaceAfterMs: number;
  /** Not synced for this long: an alarm names the replica. */
  readonly syncAlarmAfterMs: number;
  /** Idle for this long beyond its group's size: nobody is about to use it. */
  readonly surplusAfterMs: number;
  /** Moves at the same time, over the whole cluster; at most one a source and one a destination. */
  readonly parallelMoves: number;
  /** Most bytes of one move: an atomic move forks its source, and the fork's copies grow with the move. */
  readonly moveBytes: number;
}

/** Bounds as measured: see `docs/decisions/033-timing-of-recovery.md`. */
export const defaultBounds: Bounds = {
  nodeTimeoutMs: 3_000,
  electionGraceMs: 3_000,
  replaceAfterMs: 600_000,
  syncAlarmAfterMs: 900_000,
  surplusAfterMs: 1_800_000,
  parallelMoves: 4,
  moveBytes: 2_000_000_000,
};

/** One thing to do, small enough to be safe to repeat and to be killed in. */
export type Action = { readonly reason: string } & (
  | { readonly kind: "set-capacity"; readonly zone: string; readonly capacity: number }
  | { readonly kind: "meet"; readonly node: string; readonly via: string }
  | { readonly kind: "wipe"; readonly node: string }
  | { readonly kind: "forget"; readonly node: string }
  | { readonly kind: "assign-slots"; readonly node: string; readonly slots: readonly SlotRange[] }
  | { readonly kind: "replicate"; readonly node: string; readonly primary: string }
  | { readonly kind: "detach"; readonly node: string }
  | { readonly kind: "failover"; readonly node: string; readonly mode: "graceful" | "force" | "takeover" }
  | {
      readonly kind: "move-slots";
      readonly from: string;
      readonly to: string;
      readonly slots: readonly SlotRange[];
      readonly byKeys: boolean;
    }
  | { readonly kind: "finish-slot"; readonly slot: number; readonly from: string; readonly to: string }
  | { readonly kind: "close-slot"; readonly slot: number; readonly from: string }
  | { readonly kind: "complete-launch"; readonly instanceId: string; readonly zone: string }
  | { readonly kind: "retire"; readonly node: string }
  | { readonly kind: "complete-termination"; readonly instanceId: string; readonly zone: string }
  | {
      readonly kind: "heartbeat";
      readonly instanceId: string;
      readonly zone: string;
      readonly hook: "launching" | "terminating";
    }
  | { readonly kind: "terminate"; readonly instanceId: string; readonly zone: string; readonly replace: boolean }
);

/** Something that a person has to know; the controller goes on as far as it is safe. */
export interface Alarm {
  /** What is wrong, as a name that does not change. */
  readonly code:
    | "slots-lost"
    | "isolated"
    | "waiting-for-nodes"
    | "waiting-for-election"
    | "not-confirmed"
    | "not-settled"
    | "replica-not-syncing"
    | "node-down"
    | "move-failing"
    | "not-redundant"
    | "termination-blocked";
  /** Node, zone or slots that it is about. */
  readonly subject: string;
  /** The same for people, with the nodes concerned. */
  readonly message: string;
}

/** What to do now. Nothing to do and no alarm means rest. */
export interface Plan {
  /** What to do now, in this order. */
  readonly actions: readonly Action[];
  /** What people have to know. */
  readonly alarms: readonly Alarm[];
}
