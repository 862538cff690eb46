/** `start` and `plan`: which release goes to which stacks, in which order. */
import { createInterface } from "node:readline/promises";
import { resolve } from "node:path";
import { configuredStacks } from "@mrgc/sandbox/host";
import type { Command } from "commander";
import { commandName } from "../command-name.ts";
import { byRollout, lastGood, latestState } from "../core/history.ts";
import {
  DriverName,
  type Entry,
  type Equipment,
  type Release,
  type RolloutEvent,
  type RolloutState,
  type Settings,
} from "../core/model.ts";
import { describeRelease, describeWave } from "../core/story.ts";
import { planWaves } from "../core/wave-plan.ts";
import { type Display, openDisplay } from "../display/display.ts";
import { readAuditLog } from "../durable/audit-log.ts";
import { isHeld, lockOwner } from "../durable/lock.ts";
import { places, Session } from "../durable/session.ts";
import { workingTree } from "../release/release-store.ts";
import { openReleases } from "../run/work.ts";
import { finish, openWork } from "./finish.ts";
import {
  addWorkOptions,
  choosePlace,
  collect,
  defaultPolicyPacks,
  type Place,
  seconds,
  UsageError,
  wholeNumber,
  type WorkOptions,
} from "./options.ts";

interface StartOptions extends WorkOptions {
  release: string;
  previous?: string;
  allowUncommitted: boolean;
  canary?: string;
  width: number;
  stack?: string[];
  last?: string[];
  bakeSeconds?: number;
  pollSeconds?: number;
  patienceSeconds?: number;
  knownAlarm?: string[];
  alarms?: string;
  red?: string[];
  policyPack?: string[];
  yes: boolean;
}

type Started = RolloutEvent & { type: "started" };

/**
 * Simulated alarms need no time to make up their mind. CloudWatch's do: those about failing traffic fire within a quarter of an
 * hour of the cause (three periods of five minutes, or fifteen of one); slower ones are still watched by the gates of later waves.
 */
const defaults = {
  [DriverName.Sandbox]: { bakeSeconds: 1, pollSeconds: 0.5, patienceSeconds: 30 },
  [DriverName.Automation]: { bakeSeconds: 900, pollSeconds: 30, patienceSeconds: 1800 },
} as const;

function settingsOf(options: StartOptions, place: Place): Settings {
  const { bakeSeconds, pollSeconds, patienceSeconds } = defaults[place.driver];
  const bake = options.bakeSeconds ?? bakeSeconds;
  return {
    bakeSeconds: bake,
    pollSeconds: options.pollSeconds ?? pollSeconds,
    patienceSeconds: options.patienceSeconds ?? Math.max(patienceSeconds, 2 * bake),
    knownAlarms: options.knownAlarm ?? [],
  };
}

function equipmentOf(options: StartOptions, place: Place, stacks: string[]): Equipment {
  const { alarms: file, red = [], policyPack } = options;
  const real = place.driver === DriverName.Automation;
  if (red.length > 0 && real) throw new UsageError("--red makes a simulated gate fail; it needs --sandbox");
  const unknown = red.find((stack) => !stacks.includes(stack));
  if (unknown !== undefined)
    throw new UsageError(`--red ${unknown}: is no stack of this rollout; they are ${stacks.join(", ")}`);
  const told = file !== undefined || !real;
  return {
    driver: place.driver,
    policyPacks: policyPack ?? defaultPolicyPacks(place.project),
    alarms: told
      ? { source: "told", ...(file === undefined ? {} : { file: resolve(file) }), redStacks: red }
      : { source: "cloudwatch" },
  };
}

/** What the command line asks for, as the first entry of a log. */
function prepare(options: StartOptions, place: Place, display: Display, entries: readonly Entry[]): Started {
  const configured = configuredStacks(place.project);
  const stacks = options.stack ?? configured;
  const unknown = stacks.find((stack) => !configured.includes(stack));
  if (unknown !== undefined)
    throw new UsageError(`--stack ${unknown}: has no Pulumi.${unknown}.yaml; the stacks are ${configured.join(", ")}`);
  const last = options.last ?? stacks.filter((stack) => stack === "global");
  const { canary, width } = options;
  const waves = planWaves({ stacks, last, width, ...(canary === undefined ? {} : { canary }) });
  const releases = openReleases({ place, display });
  const release = releases.resolve(options.release);
  if (place.driver === DriverName.Automation && release.commit === undefined && !options.allowUncommitted)
    throw new UsageError(
      "the working tree has changes that nobody committed, so that nobody could find this release again: commit them, name a release with --release, or say --allow-uncommitted",
    );
  const given = options.previous === undefined ? null : releases.resolve(options.previous);
  const good = lastGood(entries);
  const previous: Record<string, Release | null> = Object.fromEntries(
    stacks.map((stack) => [stack, given ?? good.get(stack) ?? null]),
  );
  return {
    type: "started",
    release,
    waves,
    previous,
    settings: settingsOf(options, place),
    equipment: equipmentOf(options, place, stacks),
    why: options.why,
  };
}

function describePlan({ waves, release, previous, settings, equipment }: Started): string[] {
  const back = (stack: string): string => {
    const release = previous[stack];
    return release
      ? `back to ${describeRelease(release)}`
      : "no way back: no earlier release is known (--previous names one)";
  };
  const tree = release.id.slice(0, 10);
  const alarms = equipment.alarms.source === "cloudwatch" ? "CloudWatch" : "told by file or option";
  return [
    `release ${describeRelease(release)}${release.name.includes(tree) ? "" : `, tree ${tree}`}`,
    ...waves.flatMap((wave, index) => [
      describeWave(waves, index),
      ...wave.stacks.map((stack) => `  ${stack.padEnd(16)} ${back(stack)}`),
    ]),
    `gate after each wave: ${settings.bakeSeconds} s of quiet, a look every ${settings.pollSeconds} s, red after ${settings.patienceSeconds} s of silence; alarm states: ${alarms}`,
    `policy packs: ${equipment.policyPacks.join(", ") || "none"}`,
  ];
}

async function confirm(options: StartOptions, plan: Started): Promise<void> {
  if (plan.equipment.driver === DriverName.Sandbox || options.yes) return;
  if (!process.stdin.isTTY || options.json)
    throw new UsageError("this changes real stacks: say --yes where nobody can be asked");
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question("Begin? This changes real stacks. (yes/no) ");
  prompt.close();
  if (answer.trim() !== "yes") throw new UsageError("not begun");
}

function refuseUnfinished(state: RolloutState | undefined): void {
  if (state !== undefined && state.outcome === undefined)
    throw new UsageError(
      `rollout ${state.id} has not ended: ${state.startedBy} began it at ${state.startedAt}. Go on with \`${commandName} resume\`, or end it with \`${commandName} rollback\` or \`${commandName} abort\``,
    );
}

async function start(options: StartOptions): Promise<void> {
  const place = choosePlace(options);
  const { lock, log } = places(place.directory);
  const display = openDisplay(options);
  display.note(place.reason);
  let session: Session | undefined;
  try {
    // Before the lock is taken: a dead process's lock says who was cut off, and that is for `resume` to tell.
    if (!isHeld(lockOwner(lock))) refuseUnfinished(latestState(readAuditLog(log)));
    session = new Session(place.directory, options);
    refuseUnfinished(session.state);
    const plan = prepare(options, place, display, session.entries);
    for (const line of describePlan(plan)) display.note(line);
    await confirm(options, plan);
    session.onEntry((entry, state) => display.entry(entry, state));
    session.begin(String(byRollout(session.entries).size + 1), plan);
    await finish(openWork(options, place, session, display), options.json);
  } finally {
    session?.close();
    display.close();
  }
}

function plan(options: StartOptions): void {
  const place = choosePlace(options);
  const display = openDisplay({ json: options.json });
  const planned = prepare(options, place, display, readAuditLog(places(place.directory).log));
  display.close();
  if (options.json) process.stdout.write(`${JSON.stringify(planned, null, 2)}\n`);
  else process.stdout.write(`${[place.reason, ...describePlan(planned)].join("\n")}\n`);
}

function addStartOptions(command: Command): Command {
  return addWorkOptions(command)
    .option("--release <ref>", "branch, tag or commit to bring up; . is the working tree as it is", workingTree)
    .option("--previous <ref>", "where the way back leads (default: the release whose gates each stack passed last)")
    .option("--allow-uncommitted", "release a working tree that is no commit to real stacks", false)
    .option("--canary <stack>", "the stack that goes first and alone (default: the first region by name)")
    .option("--width <n>", "stacks side by side in the waves after the canary", wholeNumber, 1)
    .option("--stack <name>", "only this stack; may be given more than once (default: every configured one)", collect)
    .option("--last <name>", "goes after all regions; may be given more than once (default: global)", collect)
    .option(
      "--bake-seconds <s>",
      "how long the alarms have to be quiet after a wave (default: 900; sandbox: 1)",
      seconds,
    )
    .option("--poll-seconds <s>", "between two looks at the alarms (default: 30; sandbox: 0.5)", seconds)
    .option("--patience-seconds <s>", "a gate that stays silent this long is red (default: 1800; sandbox: 30)", seconds)
    .option(
      "--known-alarm <name>",
      "an alarm that fires already and is not judged; may be given more than once",
      collect,
    )
    .option(
      "--alarms <file>",
      "JSON of alarm or stack names to OK, ALARM or UNKNOWN, read at every look, instead of CloudWatch",
    )
    .option(
      "--red <stack>",
      "sandbox: this stack's pages fire once it is updated; may be given more than once",
      collect,
    )
    .option(
      "--policy-pack <dir>",
      "pack within the project, of the release; may be given more than once (default: policy-pack)",
      collect,
    )
    .option("-y, --yes", "do not ask before changing real stacks", false);
}

export function registerStartCommands(program: Command): void {
  addStartOptions(
    program.command("start", { isDefault: true }).description("begin a rollout and work on it (the default)"),
  )
    .allowExcessArguments(true)
    .action(async (options: StartOptions, command: Command) => {
      const [word] = command.args;
      // A slip of the pen is no wish to begin a rollout.
      if (word !== undefined)
        throw new UsageError(
          `there is no command ${word}; they are ${program.commands.map((each) => each.name()).join(", ")}`,
        );
      await start(options);
    });
  addStartOptions(program.command("plan").description("show waves, releases and gates; change nothing")).action(plan);
}
