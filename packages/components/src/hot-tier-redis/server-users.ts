/** Users of the server whose passwords are in Secrets Manager, each in a secret of its own. */
export const ServerUser = {
  /** What proxies and other clients log in as: reads and writes, never administers. */
  Application: "application",
  /** The controller: everything but what destroys data by one word. */
  Controller: "controller",
  /** Nodes towards each other: replication and slot migration. */
  Replication: "replication",
} as const;
export type ServerUser = (typeof ServerUser)[keyof typeof ServerUser];

/** The user of the node's own programs; its password is made on the node and never leaves it. */
export const localUser = "node";

/** What applications call of the commands that count as dangerous or administrative: cluster clients need them. */
const clusterClientCommands = [
  "+cluster|slots",
  "+cluster|shards",
  "+cluster|nodes",
  "+cluster|myid",
  "+cluster|info",
  "+cluster|keyslot",
  "+cluster|countkeysinslot",
  "+info",
];

/** The rights of each user as ACL rules, without passwords. `SELECT` is in `@connection`, which every client library calls. */
export const userRules: Record<ServerUser | typeof localUser, string> = {
  [ServerUser.Application]: ["~*", "&*", "+@all", "-@admin", "-@dangerous", ...clusterClientCommands].join(" "),
  // A node that comes back with old data is emptied before it may join: `FLUSHALL ASYNC`, and no other form of it.
  [ServerUser.Controller]: "~* &* +@all -flushall -flushdb -swapdb -debug -module +flushall|async",
  [ServerUser.Replication]: "~* &* +@all -@admin -@dangerous +psync +replconf +ping +restore +cluster +select",
  [localUser]:
    "resetkeys resetchannels -@all +ping +info +cluster|info +config|set +client|setname +latency|latest +latency|histogram +slowlog|len +slowlog|get",
};
