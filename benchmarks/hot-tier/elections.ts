import { parseInfo } from "../../packages/hot-tier-controller/src/cluster/parse.ts";
import type { ClusterUnderTest } from "../../packages/hot-tier-controller/test/support/cluster-under-test.ts";

/** What nodes that only think that another is dead do: they say so, and ask for votes. */
export interface Elections {
  /** Messages that call a node failed. */
  readonly fails: number;
  /** Messages that ask for a vote. */
  readonly voteRequests: number;
}

/** Counted by the servers themselves since they were started. */
export async function countElections(cluster: ClusterUnderTest): Promise<Elections> {
  const infos = await Promise.all(
    cluster.addresses().map(async (address) => parseInfo(await cluster.connections.text(address, "CLUSTER", "INFO"))),
  );
  const sum = (field: string): number => infos.reduce((total, info) => total + Number(info.get(field) ?? 0), 0);
  return { fails: sum("cluster_stats_messages_fail_sent"), voteRequests: sum("cluster_stats_messages_auth-req_sent") };
}

export function electionsSince(now: Elections, before: Elections): Elections {
  return { fails: now.fails - before.fails, voteRequests: now.voteRequests - before.voteRequests };
}
