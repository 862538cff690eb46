import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { SSMClient } from "@aws-sdk/client-ssm";
import type { Look } from "../cluster/look.ts";
import { ownersOf } from "../run/controller.ts";
import type { PassReport } from "../run/controller.ts";
import { decideShards, defaultScalingRules, shardsForData } from "../scaling/policy.ts";
import type { ScalingState } from "../scaling/policy.ts";
import { storeDesiredShards } from "./environment.ts";
import type { LoadedSettings } from "./environment.ts";
import { readLoad } from "./load.ts";
import type { ServiceLog } from "./service-log.ts";

type Reason = NonNullable<ScalingState["lastChange"]>["because"];

/** Why the number of shards was changed last, as far as this process knows: AWS stores when, and not why. */
export interface LastScaling {
  readonly shards: number;
  readonly because: Reason;
}

export interface ScaleOptions {
  readonly clients: { readonly cloudWatch: CloudWatchClient; readonly ssm: SSMClient };
  readonly cluster: string;
  readonly log: ServiceLog;
  readonly holdsLease: () => boolean;
  readonly last?: LastScaling;
}

/**
 * Changes the wanted number of shards if the load or the data asks for it.
 *
 * @returns the change; undefined when there is none
 */
export async function scaleIfDue(
  options: ScaleOptions,
  { settings, desiredSince }: LoadedSettings,
  report: PassReport,
): Promise<LastScaling | undefined> {
  const { clients, cluster, log, last } = options;
  const { limits, desiredShards, forecasts } = settings;
  const owners = ownersOf(report);
  const dataBytes = owners.reduce((sum, { id }) => sum + countedBytes(report.observation.looks.get(id)), 0);
  const baseline = limits.networkBaselineBitsPerSecond;
  const now = new Date();
  const samples = await readLoad(clients.cloudWatch, cluster, dataBytes, baseline, now);
  const moving = report.plan.actions.some(({ kind }) => kind === "move-slots");
  const state: ScalingState = {
    shards: desiredShards,
    inProgress: owners.length !== desiredShards || moving,
    // Who changed it when this process did not is unknown: the longest cooldown is safe.
    ...(desiredSince === undefined
      ? {}
      : {
          lastChange: {
            atSeconds: desiredSince.getTime() / 1_000,
            because: last?.shards === desiredShards ? last.because : "low",
          },
        }),
  };
  const rules = { ...defaultScalingRules, minShards: limits.minShards, maxShards: limits.maxShards };
  const forData = shardsForData(dataBytes, limits.maxmemoryBytes, rules);
  if (forData > limits.maxShards) {
    const message = `the data needs ${forData} shards and limits.maxShards is ${limits.maxShards}: keys will be evicted. Raise maxShards, or take larger instances`;
    log.metrics("error", "scale-refused", { Refusals: "None" }, { message, Refusals: 1 });
  }
  const minuteOfDay = now.getUTCHours() * 60 + now.getUTCMinutes();
  const decision = decideShards(state, samples, limits.maxmemoryBytes, rules, forecasts, minuteOfDay);
  const { shards, because, reason } = decision;
  if (because === "none" || !options.holdsLease()) {
    return undefined;
  }
  log.line("info", "scale", { from: desiredShards, to: shards, reason });
  await storeDesiredShards(clients.ssm, cluster, shards);
  return { shards, because: because === "data" || because === "forecast" ? "memory" : because };
}

/** Memory of a primary that counts against its `maxmemory`: the data and what the server needs to find it. */
function countedBytes(look: Look | undefined): number {
  const field = (name: string): number => Number(look?.info.get(name) ?? 0);
  return field("used_memory") - field("mem_not_counted_for_evict");
}
