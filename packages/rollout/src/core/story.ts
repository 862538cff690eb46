/** A rollout as a person reads it: each entry of the log as a sentence. Pure. */
import {
  type Changes,
  type Entry,
  type Release,
  type RolloutEvent,
  type SeenAlarm,
  type Wave,
  WaveKind,
} from "./model.ts";

const outcomes = {
  succeeded: "Succeeded: every stack stands at the new release.",
  "rolled-back": "Rolled back: every stack that was touched is at its earlier release again.",
  aborted: "Aborted: everything stays as it stands.",
  stranded: "Stranded: some stack could not go back. See above which, and fix it forward.",
} as const;

const kinds: Record<WaveKind, string> = {
  [WaveKind.Canary]: "canary",
  [WaveKind.Regions]: "regions",
  [WaveKind.Last]: "last",
};

/** `3 update, 290 same` */
export function describeChanges(changes: Changes): string {
  const parts = Object.entries(changes).filter(([, count]) => count);
  return parts.length === 0 ? "nothing to do" : parts.map(([kind, count]) => `${count} ${kind}`).join(", ");
}

export const describeRelease = ({ name, commit }: Release): string =>
  commit === undefined || commit.startsWith(name) ? name : `${name} (${commit.slice(0, 10)})`;

/** `wave 1 of 4 (canary: us-east-1)` */
export function describeWave(waves: readonly Wave[], index: number): string {
  const { kind, stacks } = waves[index]!;
  return `wave ${index + 1} of ${waves.length} (${kinds[kind]}: ${stacks.join(", ")})`;
}

function describeAlarms(alarms: readonly SeenAlarm[]): string {
  const loud = alarms.filter(({ state }) => state !== "OK");
  if (alarms.length === 0) return "no stack names a page alarm";
  if (loud.length === 0) return `the page alarms are OK (${alarms.length})`;
  return loud
    .map(({ stack, name, state, reason }) => `${name} of ${stack} is ${state}${reason ? ` (${reason})` : ""}`)
    .join("; ");
}

const because = (why: string): string => (why === "" ? "" : `: ${why}`);

function startOf(event: RolloutEvent & { type: "started" }, rollout: string): string {
  const { release, previous, waves, settings, why, equipment } = event;
  const back = [...new Set(Object.values(previous).map((each) => (each === null ? "nothing" : describeRelease(each))))];
  const known =
    settings.knownAlarms.length === 0 ? "" : ` Known to fire and not judged: ${settings.knownAlarms.join(", ")}.`;
  const told = equipment.alarms.source === "told" ? " Alarm states are told, not CloudWatch's." : "";
  const simulated = equipment.driver === "sandbox" ? " in the sandbox" : "";
  return `Rollout ${rollout} begins${simulated}${because(why)}. Release ${describeRelease(release)}; the way back leads to ${back.join(", ")}. Waves: ${waves.map(({ stacks }) => stacks.join(" + ")).join(", then ")}. A gate wants ${settings.bakeSeconds} s of quiet.${known}${told}`;
}

/** The sentence for one entry. `waves` are those of its rollout. */
export function sentence({ event, rollout }: Entry, waves: readonly Wave[]): string {
  switch (event.type) {
    case "started":
      return startOf(event, rollout);
    case "check-passed": {
      const each = Object.entries(event.changes).map(([stack, changes]) => `${stack}: ${describeChanges(changes)}`);
      return `Before ${describeWave(waves, event.wave)}: no page is open, and the previews succeed (${each.join("; ")}).`;
    }
    case "check-failed":
      return `Paused before ${describeWave(waves, event.wave)}, of which nothing was touched: ${event.reason}.`;
    case "update-started":
      return `${event.stack}: update begins.`;
    case "update-finished":
      return `${event.stack}: updated (${describeChanges(event.changes)}).`;
    case "update-failed":
      return `${event.stack}: the update FAILED: ${event.error}`;
    case "gate-seen":
      return `Gate of ${describeWave(waves, event.wave)} ${event.verdict === "green" ? "is quiet" : "waits"}: ${describeAlarms(event.alarms)}.`;
    case "gate-passed":
      return `Gate of ${describeWave(waves, event.wave)} PASSED after ${event.quietSeconds} s of quiet.`;
    case "gate-failed":
      return `Gate of ${describeWave(waves, event.wave)} is RED: ${event.reason}. What was updated goes back.`;
    case "pause-asked":
      return `Asks for a pause${because(event.why)}. What is under way comes to its end.`;
    case "resumed":
      return `Resumes${because(event.why)}.`;
    case "rollback-asked":
      return `Asks to go back${because(event.why)}.`;
    case "abort-asked":
      return `Aborts${because(event.why)}. Nothing more begins, nothing goes back.`;
    case "return-started":
      return `${event.stack}: goes back to release ${describeRelease(event.release)}.`;
    case "return-finished":
      return `${event.stack}: is back (${describeChanges(event.changes)}).`;
    case "return-failed":
      return `${event.stack}: the way back FAILED: ${event.error}`;
    case "return-impossible":
      return `${event.stack}: no earlier release is known, so it stays where it is.`;
    case "interrupted":
      return `${event.stack}: was cut off: ${event.error}`;
    case "taken-over": {
      const cut =
        event.stacks.length === 0
          ? "Nothing was under way"
          : `${event.stacks.join(", ")} was cut off and is done again`;
      return `Takes over from ${event.from}, which ended without a word. ${cut}.`;
    }
    case "ended":
      return outcomes[event.outcome];
  }
}

/** One line for each entry: time, who, and the sentence. */
export function storyLine(entry: Entry, waves: readonly Wave[]): string {
  return `${entry.at.slice(0, 10)} ${entry.at.slice(11, 19)}Z  ${entry.by}  ${sentence(entry, waves)}`;
}
