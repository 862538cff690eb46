import { awsClients, readEnvironment } from "./aws/environment.ts";
import { HotTierService } from "./aws/service.ts";
import { ownerName } from "./run/session.ts";

let service: HotTierService | undefined;

/**
 * One pass a call, for a schedule of a minute or an SQS trigger. The event's content does not matter. An error fails the
 * call, so that Lambda's own error metric and retries see it.
 */
export async function handler(): Promise<{ readonly actions: number; readonly alarms: number }> {
  service ??= new HotTierService(awsClients(), readEnvironment(process.env), ownerName(), (line) =>
    process.stdout.write(`${line}\n`),
  );
  const report = await service.pass();
  return { actions: report?.outcomes.length ?? 0, alarms: report?.plan.alarms.length ?? 0 };
}
