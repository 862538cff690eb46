import { Lease } from "../../../hot-tier-controller/src/aws/lease.ts";
import { leaseLengthMs } from "../../../hot-tier-controller/src/timing.ts";
import { looks } from "./hot-tier-world.ts";

/**
 * The controller dies in the middle of its work, with the lease in its hands: its own `Lease`, over a bucket in memory and
 * in virtual time.
 *
 * @param phase of the schedule at the death, seconds into a call's minute
 * @param renewedAgo seconds since it last renewed the lease
 * @returns seconds until the next call's controller holds the lease, and whether both ever held it at once
 */
export async function loseController(
  phase: number,
  renewedAgo: number,
): Promise<{ tendedAfter: number; heldTwice: boolean }> {
  let now = -renewedAgo;
  const bucket = memoryBucket();
  const lease = (owner: string) =>
    new Lease(bucket, "state", "hot-tier", owner, { lengthMs: leaseLengthMs, now: () => now * 1000 });
  const dead = lease("dead");
  await dead.acquire();
  const next = lease("next");
  let heldTwice = false;
  for (const look of looksOfNextCalls(phase)) {
    now = look;
    const held = await next.acquire();
    heldTwice ||= held && dead.isHeld();
    if (held) {
      return { tendedAfter: now, heldTwice };
    }
  }
  throw new Error("the schedule never ends");
}

/** The dead controller's call looks no more: the next one is the first to. */
function* looksOfNextCalls(phase: number): Generator<number> {
  const rest = 60 - phase;
  for (const look of looks(0)) {
    // Looks begin a wait after the call's own beginning, whose look is at second 0.
    if (look === 10) {
      yield rest;
    }
    yield rest + look;
  }
}

/** S3's conditional writes on one object. */
function memoryBucket(): ConstructorParameters<typeof Lease>[0] {
  let stored: { body: string; etag: string } | undefined;
  let writes = 0;
  const refuse = (name: string): never => {
    throw Object.assign(new Error(name), { name });
  };
  const send = async (command: { input: { Body?: string; IfMatch?: string; IfNoneMatch?: string } }) => {
    const { Body, IfMatch, IfNoneMatch } = command.input;
    if (Body === undefined) {
      const { body, etag } = stored ?? refuse("NoSuchKey");
      return { Body: { transformToString: async () => body }, ETag: etag };
    }
    if ((IfNoneMatch === "*" && stored !== undefined) || (IfMatch !== undefined && IfMatch !== stored?.etag)) {
      refuse("PreconditionFailed");
    }
    writes++;
    stored = { body: Body, etag: String(writes) };
    return {};
  };
  return { send } as unknown as ConstructorParameters<typeof Lease>[0];
}
