/** `pause`, `rollback`, `abort` and `resume`: what an operator says to a rollout, here or in another process. */
import type { Command } from "commander";
import { commandName } from "../command-name.ts";
import { evolve } from "../core/machine.ts";
import { latestState } from "../core/history.ts";
import type { RolloutState } from "../core/model.ts";
import { openDisplay } from "../display/display.ts";
import { readAuditLog } from "../durable/audit-log.ts";
import { describeOwner, isHeld, lockOwner } from "../durable/lock.ts";
import { leaveRequest, Word } from "../durable/requests.ts";
import { places, Session } from "../durable/session.ts";
import { finish, openWork } from "./finish.ts";
import { addWorkOptions, choosePlace, type Place, UsageError, type WorkOptions } from "./options.ts";

const events = { pause: "pause-asked", rollback: "rollback-asked", abort: "abort-asked", resume: "resumed" } as const;

function known(state: RolloutState | undefined, place: Place): RolloutState {
  if (state === undefined) throw new UsageError(`no rollout was ever begun in ${place.directory}`);
  return state;
}

/** Leaves the word for the process that works on the rollout. False when none does. */
function tellRunner(word: Word, options: WorkOptions, place: Place): boolean {
  const { lock, log, requests } = places(place.directory);
  const owner = lockOwner(lock);
  if (!owner || !isHeld(owner) || options.breakLock) return false;
  const state = known(latestState(readAuditLog(log)), place);
  // Refuses here what would be refused there.
  evolve(state, { seq: 0, at: "", rollout: state.id, by: options.by, event: { type: events[word], why: options.why } });
  leaveRequest(requests, { rollout: state.id, word, why: options.why, by: options.by });
  process.stderr.write(
    `told ${describeOwner(owner)}: ${word} of rollout ${state.id}; \`${commandName} status\` shows when it is done\n`,
  );
  return true;
}

async function speak(word: Word | "resume", options: WorkOptions): Promise<void> {
  const place = choosePlace(options);
  if (word !== "resume" && tellRunner(word, options, place)) return;
  const display = openDisplay(options);
  let session: Session | undefined;
  try {
    session = new Session(place.directory, options);
    const state = known(session.state, place);
    session.onEntry((entry, now) => display.entry(entry, now));
    session.takeOver();
    // A rollout that was cut off goes on by being taken over; only one that was paused is resumed.
    if (word !== "resume" || state.paused || state.outcome !== undefined)
      session.record({ type: events[word], why: options.why });
    await finish(openWork(options, place, session, display), options.json);
  } finally {
    session?.close();
    display.close();
  }
}

const descriptions: Record<Word | "resume", string> = {
  [Word.Pause]: "stop after what is under way; nothing goes back",
  resume: "go on with a rollout that was paused, or whose process ended",
  [Word.Rollback]: "bring every stack that was touched back to its earlier release",
  [Word.Abort]: "end the rollout and leave everything as it stands",
};

export function registerWordCommands(program: Command): void {
  for (const word of ["pause", "resume", "rollback", "abort"] as const) {
    addWorkOptions(program.command(word).description(descriptions[word])).action((options: WorkOptions) =>
      speak(word, options),
    );
  }
}
