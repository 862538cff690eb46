import { commandName } from "../command-name.ts";
import { describeRelease } from "../core/story.ts";
import { exitCodeOf, summarize } from "../core/summary.ts";
import type { Display } from "../display/display.ts";
import type { Session } from "../durable/session.ts";
import { type Work, work } from "../run/work.ts";
import type { Place, WorkOptions } from "./options.ts";

export const openWork = (
  { parallel, prepare }: WorkOptions,
  place: Place,
  session: Session,
  display: Display,
): Work => ({
  place,
  session,
  display,
  parallel,
  ...(prepare === undefined ? {} : { prepare }),
});

/** Works until there is nothing to do, says what came of it and sets the exit code. */
export async function finish(options: Work, json: boolean): Promise<void> {
  const state = await work(options);
  const { display, session } = options;
  if (state.outcome === undefined)
    display.note(
      `rollout ${state.id} is paused${state.reason ? `: ${state.reason}` : ""}. Go on with \`${commandName} resume\`, rollback or abort.`,
    );
  display.note(`rollout ${state.id}, release ${describeRelease(state.release)}: ${state.outcome ?? "paused"}`);
  display.close();
  session.close();
  if (json) process.stdout.write(`${JSON.stringify(summarize(state), null, 2)}\n`);
  process.exitCode = exitCodeOf(state);
}
