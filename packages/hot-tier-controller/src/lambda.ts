import { setTimeout as sleep } from "node:timers/promises";
import { awsClients, readEnvironment } from "./aws/environment.ts";
import { HotTierService } from "./aws/service.ts";
import { ownerName } from "./run/session.ts";
import { mostBackupSeconds, waitAfterWorkSeconds, workMs } from "./timing.ts";

let service: HotTierService | undefined;

/** Passes in a row that may fail before the call does: one call of AWS that hangs must not cost the rest of the minute. */
const mostFailures = 3;

/**
 * Passes for most of a minute, an event, a second after work or ten seconds apart, so that a lost primary waits for seconds and not for the next
 * call. The event's content does not matter. An error that stays fails the call, so that Lambda's own error metric sees it.
 */
export async function handler(): Promise<{ readonly passes: number; readonly actions: number }> {
  service ??= new HotTierService(
    awsClients(),
    readEnvironment(process.env),
    ownerName(),
    (line) => process.stdout.write(`${line}\n`),
    mostBackupSeconds,
  );
  const end = performance.now() + workMs;
  let passes = 0;
  let actions = 0;
  let failures = 0;
  do {
    try {
      const report = await service.pass(end);
      passes += 1;
      actions += report?.outcomes.length ?? 0;
      failures = 0;
      await service.waitForEvent(report);
    } catch (error) {
      failures += 1;
      if (failures === mostFailures) {
        throw error;
      }
      service.sayFailed(error);
      await sleep(waitAfterWorkSeconds * 1_000);
    }
  } while (performance.now() < end || service.isBackingUp());
  return { passes, actions };
}
