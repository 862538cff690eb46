import { setTimeout as sleep } from "node:timers/promises";
import { isReply, within } from "./connections.ts";
import type { Connections } from "./connections.ts";

const everyMs = 1_000;

/**
 * Asks nodes every second whether they live, and returns as soon as one does not answer within a second, or when `signal` says so. It judges
 * nothing: whoever waits between two looks looks again, instead of finding a lost primary ten seconds later.
 */
export async function untilSilent(
  connections: Connections,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const answers = await Promise.allSettled(
      addresses.map((address) => within(everyMs, connections.send(address, "PING"), address)),
    );
    // A refusal is an answer, too.
    if (answers.some((answer) => answer.status === "rejected" && !isReply(answer.reason))) {
      return;
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}
