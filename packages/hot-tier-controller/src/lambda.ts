import { awsClients, readEnvironment } from "./aws/environment.ts";
import { HotTierService } from "./aws/service.ts";
import { ownerName } from "./run/session.ts";
import { mostBackupSeconds, workMs } from "./timing.ts";

let service: HotTierService | undefined;

/**
 * Passes for most of a minute, an event, a second after work or ten seconds apart, so that a lost primary waits for seconds and not for the next
 * call. The event's content does not matter. An error fails the call, so that Lambda's own error metric sees it.
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
  do {
    const report = await service.pass(end);
    passes += 1;
    actions += report?.outcomes.length ?? 0;
    await service.waitForEvent(report);
  } while (performance.now() < end || service.isBackingUp());
  return { passes, actions };
}
