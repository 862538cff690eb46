/** Opens what a rollout works with, works on it until it ends or pauses, and puts everything away. */
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchAlarms } from "../alarms/cloudwatch.ts";
import { ToldAlarms } from "../alarms/told-alarms.ts";
import type { AlarmSource } from "../alarms/alarm-source.ts";
import { touchedStacks } from "../core/machine.ts";
import { DriverName, type Equipment, type Release, type RolloutState } from "../core/model.ts";
import type { Place } from "../commands/options.ts";
import type { Display } from "../display/display.ts";
import { places, type Session } from "../durable/session.ts";
import { takeRequests } from "../durable/requests.ts";
import type { StackDriver } from "../drivers/driver.ts";
import { ReleaseStore } from "../release/release-store.ts";
import { runRollout } from "./runner.ts";

/** How long an update of somebody else is waited for: as long as a region's update may take. */
const stackLockSeconds = 3600;

export interface Work {
  place: Place;
  session: Session;
  display: Display;
  parallel: number;
  prepare?: string;
}

export function openReleases({ place, display, prepare }: Pick<Work, "place" | "display" | "prepare">): ReleaseStore {
  return new ReleaseStore({
    projectRoot: place.project.root,
    directory: places(place.directory).releases,
    ...(prepare === undefined ? {} : { prepare }),
    note: (text) => display.note(text),
  });
}

async function openDriver(
  { place, display, parallel }: Work,
  { driver, policyPacks }: Equipment,
): Promise<StackDriver> {
  const options = { policyPacks, parallel, note: (text: string) => display.note(text) };
  if (driver === DriverName.Sandbox) {
    const { SandboxDriver } = await import("../drivers/sandbox-driver.ts");
    return new SandboxDriver({ ...options, stateDirectory: place.sandboxState });
  }
  if (place.cli === undefined)
    throw new Error("this rollout runs real stacks, and there is no Pulumi CLI on PATH or in ~/.pulumi any more");
  const { AutomationDriver } = await import("../drivers/automation-driver.ts");
  return new AutomationDriver({ ...options, cli: place.cli, stackLockSeconds });
}

function openAlarms({ alarms }: Equipment, session: Session): AlarmSource {
  if (alarms.source === "cloudwatch") return new CloudWatchAlarms();
  return new ToldAlarms(alarms, (stack) => touchedStacks(session.state!).includes(stack));
}

/** The first signal asks for a pause, the second ends the process: what it cuts off is taken over by `resume`. */
function stopOnSignals(note: (text: string) => void): { signal: AbortSignal; off(): void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    note("pausing: what is under way comes to its end; once more to stop at once");
    controller.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    off: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

export async function work(options: Work): Promise<RolloutState> {
  const { place, session, display } = options;
  const state = session.state!;
  const releases = openReleases(options);
  releases.prune([
    state.release,
    ...Object.values(state.previous).filter((release): release is Release => release !== null),
  ]);
  const { requests } = places(place.directory);
  // Words that nobody was there to hear are not followed now, when nobody expects it.
  takeRequests(requests, state.id);
  const driver = await openDriver(options, state.equipment);
  const stop = stopOnSignals((text) => display.note(text));
  try {
    return await runRollout({
      session,
      driver,
      alarms: openAlarms(state.equipment, session),
      projectDirectory: (release) => releases.projectDirectory(release),
      requests,
      clock: { now: () => Date.now(), sleep: (milliseconds) => sleep(milliseconds) },
      events: (stack) => display.events(stack),
      note: (text) => display.note(text),
      stop: stop.signal,
    });
  } finally {
    stop.off();
    await driver.close();
  }
}
