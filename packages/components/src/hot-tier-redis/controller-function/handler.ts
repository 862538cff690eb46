import { awsClients, readEnvironment } from "../../../../hot-tier-controller/src/aws/environment.ts";
import { HotTierService } from "../../../../hot-tier-controller/src/aws/service.ts";

/** A schedule calls once a minute; a call goes on until the next is due, so that events are answered within seconds. */
const callMs = 50_000;

const service = new HotTierService(
  awsClients(),
  readEnvironment(process.env),
  process.env.AWS_LAMBDA_LOG_STREAM_NAME ?? "lambda",
  (line) => process.stdout.write(`${line}\n`),
);

/** Passes of the controller for most of a minute: each looks at the whole cluster, then waits for an event or ten seconds. */
export async function handler(): Promise<void> {
  const end = Date.now() + callMs;
  do {
    await service.pass();
    await service.waitForEvent();
  } while (Date.now() < end);
}
