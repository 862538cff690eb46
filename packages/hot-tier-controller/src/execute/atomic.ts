import type { Word } from "../cluster/connections.ts";
import { hasEnded, slotMigrations } from "../cluster/look.ts";
import type { Look, SlotMigration } from "../cluster/look.ts";
import type { SlotRange } from "../slots.ts";
import type { LatencyProbe } from "./latency-probe.ts";
import type { MoveContext } from "./move.ts";

const pollMs = 100;
const jobTimeoutMs = 600_000;

/**
 * Moves slots by the server's own atomic migration and waits for its end.
 *
 * @throws Error with the server's words when the job failed or was cancelled; the slots then are where they were
 */
export async function moveAtomically(
  context: MoveContext,
  from: Look,
  to: Look,
  job: readonly SlotRange[],
  probe: LatencyProbe,
): Promise<void> {
  const { connections } = context;
  const ranges = job.flatMap(([first, last]): Word[] => [first, last]);
  const isValkey = from.dialect === "valkey-atomic";
  // Valkey is told at the source, Redis at the destination.
  const look = isValkey ? from : to;
  const { address } = look.machine;
  let name: string | undefined;
  if (isValkey) {
    await connections.send(address, "CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", ...ranges, "NODE", to.self.id);
  } else {
    name = await connections.text(address, "CLUSTER", "MIGRATION", "IMPORT", ...ranges);
  }
  const deadline = performance.now() + jobTimeoutMs;
  for (;;) {
    const jobs = await slotMigrations(connections, address, look.dialect);
    const mine = jobs.find((candidate) => (name === undefined ? isOurs(candidate, from, to) : candidate.name === name));
    name = mine?.name ?? name;
    if (mine !== undefined && hasEnded(mine)) {
      if (!/^(success|completed)$/.test(mine.state)) {
        throw new Error(`slot migration ${mine.name} ${mine.state}: ${mine.message}`);
      }
      return;
    }
    if (performance.now() > deadline) {
      const cancel = isValkey ? ["CANCELSLOTMIGRATIONS"] : ["MIGRATION", "CANCEL", "ID", name ?? ""];
      await connections.send(address, "CLUSTER", ...cancel);
      throw new Error(`slot migration took longer than ${jobTimeoutMs} ms and was cancelled`);
    }
    await probe.wait(pollMs);
  }
}

/** Valkey does not say the name of a new job, but lists the newest first. */
function isOurs(job: SlotMigration, from: Look, to: Look): boolean {
  return job.source === from.self.id && job.target === to.self.id;
}
