/** Thresholds of the shard autoscaling, in percent and seconds. The values are the source document's (R66, R67). */
export interface ScalingRules {
  readonly cpuHighPercent: number;
  readonly cpuLowPercent: number;
  readonly memoryHighPercent: number;
  /** Of the instance type's network **baseline**; the document's 8 Gbps exceeds the 6.25 Gbps that r6i.4xlarge has for good (E23). */
  readonly networkHighPercent: number;
  /** Share of the shards added or removed at once. */
  readonly stepPercent: number;
  readonly cpuHighForSeconds: number;
  readonly memoryHighForSeconds: number;
  readonly networkHighForSeconds: number;
  readonly cpuLowForSeconds: number;
  readonly cooldownAfterCpuSeconds: number;
  readonly cooldownAfterMemorySeconds: number;
  readonly cooldownAfterScaleInSeconds: number;
  readonly minShards: number;
  readonly maxShards: number;
}

/** The document's rules for 16 to 333 shards. */
export const defaultScalingRules: ScalingRules = {
  cpuHighPercent: 70,
  cpuLowPercent: 40,
  memoryHighPercent: 85,
  networkHighPercent: 80,
  stepPercent: 10,
  cpuHighForSeconds: 300,
  memoryHighForSeconds: 180,
  networkHighForSeconds: 300,
  cpuLowForSeconds: 900,
  cooldownAfterCpuSeconds: 300,
  cooldownAfterMemorySeconds: 600,
  cooldownAfterScaleInSeconds: 900,
  minShards: 16,
  maxShards: 333,
};

/** Averages over the cluster in one sample period. */
export interface LoadSample {
  /** Seconds on any clock that does not jump. */
  readonly atSeconds: number;
  readonly cpuPercent: number;
  /** Bytes of the data sets of all primaries. */
  readonly dataBytes: number;
  /** Of the network baseline. */
  readonly networkPercent: number;
}

/** A number of shards that is known to be needed from a time of day on, such as before a daily peak. */
export interface Forecast {
  /** Minutes after midnight UTC, `from` included, `to` not; `to` below `from` spans midnight. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly minShards: number;
}

export interface ScalingState {
  readonly shards: number;
  /** The last change is not finished: shards come or go, or slots move. What the load says then is not yet its effect. */
  readonly inProgress?: boolean;
  readonly lastChange?: { readonly atSeconds: number; readonly because: "cpu" | "memory" | "network" | "low" };
}

export interface ScalingDecision {
  readonly shards: number;
  readonly because: "cpu" | "memory" | "network" | "low" | "data" | "forecast" | "none";
  readonly reason: string;
}

/**
 * How many shards there should be. Pure; the newest sample decides about now.
 *
 * The floor comes first and knows no cooldown: the data has to fit below `memoryHighPercent` of `maxmemory`, and a forecast
 * counts from its minute on. Then, once the last change is finished, a sustained threshold adds or removes `stepPercent`, at least one whole shard, rounded up
 * when adding and down when removing. Counts that lose their majority with one zone (1, 2 and 4) are passed over.
 */
export function decideShards(
  state: ScalingState,
  samples: readonly LoadSample[],
  shardMaxmemoryBytes: number,
  rules: ScalingRules,
  forecasts: readonly Forecast[] = [],
  minuteOfDay = 0,
): ScalingDecision {
  const now = samples.at(-1);
  if (now === undefined) {
    return { shards: state.shards, because: "none", reason: "no sample yet" };
  }
  const forData = shardsForData(now.dataBytes, shardMaxmemoryBytes, rules);
  const forecast = Math.max(0, ...forecasts.filter((f) => covers(f, minuteOfDay)).map((f) => f.minShards));
  const floor = Math.max(rules.minShards, forData, forecast);
  const decide = (wanted: number, because: ScalingDecision["because"], reason: string): ScalingDecision => {
    const shards = safeCount(Math.min(rules.maxShards, Math.max(floor, wanted)), rules.maxShards);
    return shards === state.shards
      ? { shards, because: "none", reason: `${reason}, but ${shards} shards are the bound` }
      : { shards, because, reason };
  };
  if (state.shards < floor) {
    return floor === forData
      ? decide(
          floor,
          "data",
          `${now.dataBytes} bytes need ${forData} shards below ${rules.memoryHighPercent} % of maxmemory`,
        )
      : decide(floor, "forecast", `${floor} shards are the least at this time`);
  }
  if (state.inProgress === true) {
    return { shards: state.shards, because: "none", reason: "the last change is not finished" };
  }
  const elapsed = state.lastChange === undefined ? Infinity : now.atSeconds - state.lastChange.atSeconds;
  if (elapsed < cooldown(state.lastChange?.because, rules)) {
    return { shards: state.shards, because: "none", reason: "cooling down after the last change" };
  }
  const step = (state.shards * rules.stepPercent) / 100;
  const memoryPercent = (sample: LoadSample): number => (100 * sample.dataBytes) / (state.shards * shardMaxmemoryBytes);
  const sustained = (seconds: number, test: (sample: LoadSample) => boolean): boolean =>
    isSustained(samples, seconds, test);
  if (sustained(rules.memoryHighForSeconds, (s) => memoryPercent(s) > rules.memoryHighPercent)) {
    return decide(state.shards + Math.max(1, Math.ceil(step)), "memory", `memory above ${rules.memoryHighPercent} %`);
  }
  if (sustained(rules.cpuHighForSeconds, (s) => s.cpuPercent > rules.cpuHighPercent)) {
    return decide(state.shards + Math.max(1, Math.ceil(step)), "cpu", `CPU above ${rules.cpuHighPercent} %`);
  }
  if (sustained(rules.networkHighForSeconds, (s) => s.networkPercent > rules.networkHighPercent)) {
    return decide(
      state.shards + Math.max(1, Math.ceil(step)),
      "network",
      `network above ${rules.networkHighPercent} % of the baseline`,
    );
  }
  const calm = (s: LoadSample): boolean =>
    s.cpuPercent < rules.cpuLowPercent && s.networkPercent < rules.networkHighPercent / 2;
  if (sustained(rules.cpuLowForSeconds, calm)) {
    const fewer = decide(state.shards - Math.max(1, Math.floor(step)), "low", `CPU below ${rules.cpuLowPercent} %`);
    return fewer.shards > state.shards
      ? { shards: state.shards, because: "none", reason: "no smaller count is safe" }
      : fewer;
  }
  return { shards: state.shards, because: "none", reason: "within the thresholds" };
}

/** The least number of shards whose memory holds the data below the memory threshold. */
export function shardsForData(dataBytes: number, shardMaxmemoryBytes: number, rules: ScalingRules): number {
  return Math.ceil(dataBytes / ((shardMaxmemoryBytes * rules.memoryHighPercent) / 100));
}

/** Whether the voters left after the loss of the fullest zone are a majority: not for 1, 2 and 4 shards in three zones. */
export function survivesZoneLoss(shards: number, zones = 3): boolean {
  return (shards - Math.ceil(shards / zones)) * 2 > shards;
}

function safeCount(shards: number, most: number): number {
  let count = shards;
  while (!survivesZoneLoss(count) && count < most) {
    count += 1;
  }
  return count;
}

function cooldown(because: "cpu" | "memory" | "network" | "low" | undefined, rules: ScalingRules): number {
  if (because === "memory") {
    return rules.cooldownAfterMemorySeconds;
  }
  return because === "low" ? rules.cooldownAfterScaleInSeconds : rules.cooldownAfterCpuSeconds;
}

function isSustained(samples: readonly LoadSample[], seconds: number, test: (sample: LoadSample) => boolean): boolean {
  const newest = samples.at(-1)?.atSeconds ?? 0;
  const start = samples.findLastIndex((sample) => !test(sample)) + 1;
  const first = samples[start];
  return first !== undefined && newest - first.atSeconds >= seconds;
}

function covers(forecast: Forecast, minute: number): boolean {
  return forecast.fromMinute <= forecast.toMinute
    ? minute >= forecast.fromMinute && minute < forecast.toMinute
    : minute >= forecast.fromMinute || minute < forecast.toMinute;
}
