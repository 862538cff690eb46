/** The lines at the bottom of a terminal while a rollout goes on. Pure: state and time in, lines out. */
import type { Palette, StackTree } from "@mrgc/sandbox/host";
import { Activity, type RolloutState, StackStatus } from "../core/model.ts";
import { describeRelease } from "../core/story.ts";

type Style = Parameters<Palette["paint"]>[0];

const marks: Record<StackStatus, [mark: string, style: Style]> = {
  [StackStatus.Pending]: ["·", "gray"],
  [StackStatus.Updating]: [">", "yellow"],
  [StackStatus.Updated]: ["✓", "green"],
  [StackStatus.UpdateFailed]: ["✗", "red"],
  [StackStatus.Interrupted]: ["!", "red"],
  [StackStatus.Returning]: ["<", "yellow"],
  [StackStatus.Returned]: ["↩", "cyan"],
  [StackStatus.ReturnFailed]: ["✗", "red"],
  [StackStatus.Stranded]: ["✗", "red"],
};

/** A stack at work: its resources, and since when. */
export interface Work {
  tree: StackTree;
  began: number;
}

const clockTime = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

function gateLine(state: RolloutState, now: number, gateSince: number | undefined): string | undefined {
  if (state.activity !== Activity.Gating || state.paused || !state.gate || gateSince === undefined) return undefined;
  const { verdict, alarms } = state.gate;
  const bake = clockTime(state.settings.bakeSeconds * 1000);
  const ok = alarms.filter((alarm) => alarm.state === "OK").length;
  return verdict === "green"
    ? `gate: quiet for ${clockTime(now - gateSince)} of ${bake}, ${ok} alarms OK`
    : `gate: waits for ${clockTime(now - gateSince)}, ${ok} of ${alarms.length} alarms OK`;
}

/**
 * @param work stacks that an operation is under way on
 * @param gateSince when the gate was last seen to change
 * @param rows lines that there is room for
 */
export function boardLines(
  state: RolloutState,
  work: ReadonlyMap<string, Work>,
  { now, gateSince, rows, palette }: { now: number; gateSince?: number; rows: number; palette: Palette },
): string[] {
  const doing = state.paused ? "paused" : (state.outcome ?? state.activity);
  const wave = Math.min(state.wave + 1, state.waves.length);
  const head = `${palette.paint("bold", `rollout ${state.id}`)}  release ${describeRelease(state.release)}  wave ${wave} of ${state.waves.length}  ${doing}`;
  const gate = gateLine(state, now, gateSince);
  const stacks = state.waves.flatMap((each) => each.stacks);
  const busy = stacks.filter((stack) => work.has(stack)).length;
  const rowsEach = Math.floor((rows - stacks.length - 2) / Math.max(1, busy));
  const lines = stacks.flatMap((stack) => {
    const status = state.stacks[stack]!;
    const [mark, style] = marks[status];
    const own = work.get(stack);
    const since = own ? `  ${clockTime(now - own.began)}` : "";
    const label = own && status === StackStatus.Pending ? "preview" : status;
    return [
      `${palette.paint(style, mark)} ${stack.padEnd(16)} ${palette.paint(style, label)}${since}`,
      ...(own?.tree.lines(now, Math.max(0, rowsEach), palette) ?? []),
    ];
  });
  return [head, ...lines, ...(gate === undefined ? [] : [gate])].slice(0, Math.max(1, rows));
}
