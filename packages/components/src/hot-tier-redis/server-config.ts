import { Engine } from "./args.ts";
import { majorVersion } from "./engine-plan.ts";
import { serverPort, type HotTierPlan } from "./hot-tier-plan.ts";

/** Where things lie on a node. */
export const nodePaths = {
  /** Mount point of the data volume. */
  data: "/data",
  /** Configuration, readable by the server's user alone. */
  config: "/etc/mrgc",
  /** Programs that the bootstrap installs. */
  programs: "/opt/mrgc",
  /** The server's log, shipped by the agent. */
  log: "/var/log/mrgc/server.log",
  /** What the bootstrap said at each boot, shipped too. */
  bootLog: "/var/log/mrgc/bootstrap.log",
} as const;

/** Seconds of silence after which a replica does not count: a primary without another stops taking writes. */
export const replicaLagLimitSeconds = 2;

/** One directive and why it is as it is. */
type Directive = readonly [name: string, value: string, reason: string];

/**
 * The server's configuration, the same on every node. What only the node knows (its zone, the password of its peers) is in
 * `node.conf`, which the bootstrap writes and this file includes. The source documents' values are kept where they hold
 * (R75); the reasons for the others were measured (docs/components/hot-tier-redis.md).
 */
export function serverConfig(plan: HotTierPlan): string {
  return [...network, ...cluster(plan), ...memory(plan), ...persistence, ...replication(plan), ...operation(plan)]
    .map(([name, value, reason]) => `# ${reason}\n${name} ${value}\n`)
    .join("");
}

const network: Directive[] = [
  ["bind", "* -::*", "the security group decides who comes in"],
  ["protected-mode", "no", "every user has a password"],
  ["port", "0", "no plain port"],
  ["tls-port", String(serverPort), "TLS for clients"],
  ["tls-cert-file", `${nodePaths.config}/tls/node.crt`, "seven days, renewed every day"],
  ["tls-key-file", `${nodePaths.config}/tls/node.key`, "made on this node, never leaves it"],
  ["tls-ca-cert-file", `${nodePaths.config}/tls/ca.crt`, "the cluster's private CA"],
  ["tls-auth-clients", "no", "clients prove themselves by password"],
  ["tls-replication", "yes", "TLS between nodes"],
  ["tls-cluster", "yes", "TLS on the bus"],
  ["tls-protocols", '"TLSv1.2 TLSv1.3"', "nothing older"],
  ["aclfile", `${nodePaths.config}/users.acl`, "users from Secrets Manager; the default user is off"],
  ["tcp-backlog", "4096", "a failover brings all clients at once"],
  ["tcp-keepalive", "60", "find dead clients"],
  ["include", `${nodePaths.config}/node.conf`, "what only this node knows"],
];

function cluster(plan: HotTierPlan): Directive[] {
  return [
    ["cluster-enabled", "yes", "R75"],
    ["cluster-config-file", "nodes.conf", "R75"],
    [
      "cluster-node-timeout",
      String(plan.nodeTimeoutMs),
      "outlasts a fork's stall, 1.6 to 2.4 s at 88 GiB; failover takes about 4.7 s",
    ],
    ["cluster-replica-validity-factor", "0", "never refuse an election; the controller picks the best copy"],
    ["cluster-allow-replica-migration", "no", "wandering replicas put two members of a shard into one zone"],
    ["cluster-require-full-coverage", "no", "a lost shard must not stop the others"],
    ["cluster-allow-reads-when-down", "no", "a node that is cut off must not answer with old data"],
  ];
}

function memory(plan: HotTierPlan): Directive[] {
  return [
    [
      "maxmemory",
      `${plan.node.memory.maxmemoryMib}mb`,
      "leaves room for a fork; 120 of 128 GiB did not (correction E27)",
    ],
    ["maxmemory-policy", "allkeys-lfu", "R75"],
    ["lazyfree-lazy-eviction", "yes", "free memory off the main thread"],
    ["lazyfree-lazy-expire", "yes", "free memory off the main thread"],
    ["lazyfree-lazy-server-del", "yes", "free memory off the main thread"],
    ["lazyfree-lazy-user-del", "yes", "free memory off the main thread"],
    ["lazyfree-lazy-user-flush", "yes", "free memory off the main thread"],
    ["replica-lazy-flush", "yes", "free memory off the main thread"],
    ["activedefrag", "no", "costs latency; 5 % of fragmentation is in the memory plan"],
  ];
}

const persistence: Directive[] = [
  ["dir", nodePaths.data, "R75"],
  ["appendonly", "yes", "an empty primary that comes back would wipe its replicas"],
  ["appendfilename", "appendonly.aof", "R75"],
  ["appendfsync", "everysec", "R75"],
  ["no-appendfsync-on-rewrite", "yes", "a rewrite must not stall writes"],
  ["auto-aof-rewrite-percentage", "100", "the data volume is sized for it"],
  ["auto-aof-rewrite-min-size", "1gb", "small files are not worth a fork"],
  ["aof-load-truncated", "yes", "a crash may cut off the last record"],
  ["save", '""', "no snapshot forks on primaries; the controller takes snapshots from replicas (correction E43)"],
  ["stop-writes-on-bgsave-error", "no", "a failed snapshot is an alarm, not an outage"],
];

function replication(plan: HotTierPlan): Directive[] {
  const { backlogMib, replicaBufferMib } = plan.node.memory;
  return [
    ["min-replicas-to-write", "1", "a primary that is cut off stops taking writes that would be lost"],
    ["min-replicas-max-lag", String(replicaLagLimitSeconds), "after two seconds"],
    ["repl-diskless-sync", "yes", "full syncs without the volume"],
    ["repl-diskless-sync-delay", "1", "wait a second for a second replica"],
    ["repl-backlog-size", `${backlogMib}mb`, "short cuts end in a partial sync"],
    [
      "client-output-buffer-limit",
      `replica ${replicaBufferMib}mb ${Math.floor(replicaBufferMib / 2)}mb 60`,
      "outlasts a full sync and a slot migration",
    ],
    ["client-output-buffer-limit", "pubsub 32mb 8mb 60", "the default"],
  ];
}

function operation(plan: HotTierPlan): Directive[] {
  const common: Directive[] = [
    ["daemonize", "no", "systemd watches"],
    ["logfile", nodePaths.log, "shipped by the agent"],
    ["loglevel", "notice", "elections and syncs, not every client"],
    [
      "io-threads",
      String(ioThreads(plan.node.type.vcpu)),
      "half of the processors; the rest forks, syncs and encrypts",
    ],
    ["maxclients", "20000", "1,000 proxies with several connections each"],
    ["latency-monitor-threshold", "25", "stalls show up in LATENCY LATEST"],
    ["slowlog-log-slower-than", "10000", "commands above 10 ms"],
  ];
  return plan.engine.engine === Engine.Valkey && majorVersion(plan.engine.version) >= 9
    ? [...common, ["shutdown-on-sigterm", "failover", "a stop hands the shard over before it ends"]]
    : common;
}

/** Half of the processors, at most 8. */
function ioThreads(vcpu: number): number {
  return Math.max(1, Math.min(8, Math.floor(vcpu / 2)));
}

/** Whether the engine tells clients the node's zone, for reads that stay in it. */
export function knowsZones(plan: HotTierPlan): boolean {
  return plan.engine.engine === Engine.Valkey;
}
