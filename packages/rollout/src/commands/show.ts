/** `status` and `log`: what a rollout does and did. They take no lock. */
import type { Command } from "commander";
import { commandName } from "../command-name.ts";
import { byRollout, latestState } from "../core/history.ts";
import { describeRelease, describeWave, storyLine } from "../core/story.ts";
import { summarize } from "../core/summary.ts";
import { readAuditLog } from "../durable/audit-log.ts";
import { describeOwner, isHeld, lockOwner } from "../durable/lock.ts";
import { places } from "../durable/session.ts";
import { addCommonOptions, choosePlace, type CommonOptions } from "./options.ts";

const write = (text: string): void => void process.stdout.write(`${text}\n`);

function status(options: CommonOptions): void {
  const { log, lock } = places(choosePlace(options).directory);
  const state = latestState(readAuditLog(log));
  const owner = lockOwner(lock);
  const worked = isHeld(owner);
  if (options.json) {
    write(JSON.stringify({ ...(state ? summarize(state) : { rollout: null }), owner: worked ? owner : null }, null, 2));
    return;
  }
  if (state === undefined) {
    write("no rollout was ever begun");
    return;
  }
  const { status: now, reason } = summarize(state);
  write(`rollout ${state.id}, release ${describeRelease(state.release)}: ${now}${reason ? `, ${reason}` : ""}`);
  state.waves.forEach((wave, index) => {
    write(describeWave(state.waves, index));
    for (const stack of wave.stacks) write(`  ${stack.padEnd(16)} ${state.stacks[stack]}`);
  });
  if (worked) write(`worked on by ${describeOwner(owner!)}`);
  else if (state.outcome === undefined && !state.paused)
    write(`no process works on it: the one that did ended without a word. \`${commandName} resume\` takes over.`);
}

function log(options: CommonOptions & { all: boolean }): void {
  const rollouts = [...byRollout(readAuditLog(places(choosePlace(options).directory).log)).values()];
  const shown = options.all ? rollouts : rollouts.slice(-1);
  if (options.json) {
    write(JSON.stringify(shown.flat(), null, 2));
    return;
  }
  if (shown.length === 0) write("no rollout was ever begun");
  for (const entries of shown) {
    const { event } = entries[0]!;
    const waves = event.type === "started" ? event.waves : [];
    for (const entry of entries) write(storyLine(entry, waves));
  }
}

export function registerShowCommands(program: Command): void {
  addCommonOptions(
    program.command("status").description("where the latest rollout stands, and who works on it"),
  ).action(status);
  addCommonOptions(program.command("log").description("the story of the latest rollout: who, when, what and why"))
    .option("--all", "of every rollout", false)
    .action(log);
}
