import { survivesZoneLoss } from "../scaling/policy.ts";
import type { Forecast } from "../scaling/policy.ts";

export interface GroupSettings {
  readonly name: string;
  readonly autoScalingGroup: string;
  readonly maxNodes: number;
}

export interface ZoneSettings {
  readonly zoneId: string;
  readonly groups: readonly GroupSettings[];
}

/** What the stack tells the controller through SSM (docs/decisions/030-controller-contract.md). */
export interface Settings {
  readonly desiredShards: number;
  readonly zones: readonly ZoneSettings[];
  readonly limits: {
    readonly minShards: number;
    readonly maxShards: number;
    readonly maxmemoryBytes: number;
    readonly networkBaselineBitsPerSecond: number;
    readonly nodeTimeoutMs: number;
  };
  readonly budgets: {
    readonly migrationBytesPerSecond: number;
    readonly migrationJobBytes: number;
    readonly parallelMigrations: number;
    readonly backupBytesPerSecond: number;
    readonly backupIntervalSeconds: number;
    readonly backupsKept: number;
  };
  readonly connection: { readonly port: number; readonly tls: boolean; readonly secretArn?: string };
  /** Numbers of shards that are known to be needed at times of the day. */
  readonly forecasts: readonly Forecast[];
}

/** All that is wrong with the parameters, one line each. */
export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "SettingsError";
  }
}

/**
 * Reads the parameters, by their names below `/mrgc/<cluster>/`.
 *
 * @throws SettingsError that names each missing, malformed or unknown parameter, with what is allowed.
 */
export function parseSettings(parameters: Readonly<Record<string, string>>): Settings {
  const problems: string[] = [];
  const known = ["desired-shards", "replicas-per-shard", "zones", "limits", "budgets", "connection", "forecasts"];
  for (const name of Object.keys(parameters)) {
    if (!known.includes(name)) {
      problems.push(
        `${name}: is not a parameter of the controller. Remove it, or look for a slip in ${known.join(", ")}.`,
      );
    }
  }
  const json = (name: string): Record<string, unknown> => {
    try {
      return JSON.parse(parameters[name] ?? "") as Record<string, unknown>;
    } catch {
      problems.push(`${name}: has to be JSON (got ${JSON.stringify(parameters[name] ?? "nothing")}).`);
      return {};
    }
  };
  const number = (path: string, value: unknown, least = 1): number => {
    const parsed = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof parsed === "number" && Number.isSafeInteger(parsed) && parsed >= least) {
      return parsed;
    }
    problems.push(
      `${path}: has to be a whole number of at least ${least} (got ${JSON.stringify(value ?? "nothing")}).`,
    );
    return least;
  };
  const numbers = <Name extends string>(parameter: string, names: readonly Name[]): Record<Name, number> => {
    const given = json(parameter);
    return Object.fromEntries(names.map((name) => [name, number(`${parameter}.${name}`, given[name])])) as Record<
      Name,
      number
    >;
  };
  const storedShards = number("desired-shards", parameters["desired-shards"]);
  const replicas = number("replicas-per-shard", parameters["replicas-per-shard"]);
  const zones = parseZones(json("zones"), number, problems);
  const limits = numbers("limits", [
    "minShards",
    "maxShards",
    "maxmemoryBytes",
    "networkBaselineBitsPerSecond",
    "nodeTimeoutMs",
  ]);
  const budgets = numbers("budgets", [
    "migrationBytesPerSecond",
    "migrationJobBytes",
    "parallelMigrations",
    "backupBytesPerSecond",
    "backupIntervalSeconds",
    "backupsKept",
  ]);
  const connection = json("connection");
  const forecasts = parameters.forecasts === undefined ? [] : parseForecasts(json("forecasts"), number, problems);
  if (zones.length > 0 && replicas + 1 !== zones.length) {
    problems.push(
      `replicas-per-shard: every shard has one node in each zone, so ${zones.length} zones need ${zones.length - 1} (got ${replicas}).`,
    );
  }
  if (limits.maxShards < limits.minShards) {
    problems.push(`limits.maxShards: has to be at least minShards, ${limits.minShards} (got ${limits.maxShards}).`);
  }
  // Whoever raises the stack's `shards` raises minShards: the stored number, which the stack never writes again, follows.
  const desiredShards = Math.min(Math.max(storedShards, limits.minShards), limits.maxShards);
  if (zones.length > 1 && !survivesZoneLoss(desiredShards, zones.length)) {
    problems.push(
      `desired-shards: ${desiredShards} shards in ${zones.length} zones lose the voters' majority with one zone. Use 3, 5 or more.`,
    );
  }
  if (problems.length > 0) {
    throw new SettingsError(problems);
  }
  const secretArn = connection.secretArn;
  return {
    desiredShards,
    zones,
    limits,
    budgets,
    connection: {
      port: number("connection.port", connection.port),
      tls: connection.tls !== false,
      ...(typeof secretArn === "string" ? { secretArn } : {}),
    },
    forecasts,
  };
}

const minutesOfDay = 1_440;

function parseForecasts(
  given: unknown,
  number: (path: string, value: unknown, least?: number) => number,
  problems: string[],
): Forecast[] {
  if (!Array.isArray(given)) {
    problems.push('forecasts: has to be a JSON list, such as [{"fromMinute":360,"toMinute":1320,"minShards":20}].');
    return [];
  }
  return (given as Record<string, unknown>[]).map(({ fromMinute, toMinute, minShards }, index) => {
    const path = `forecasts[${index}]`;
    const minute = (name: string, value: unknown): number => {
      const parsed = number(`${path}.${name}`, value, 0);
      if (parsed >= minutesOfDay) {
        problems.push(`${path}.${name}: has to be a minute of the day, 0 to ${minutesOfDay - 1} (got ${parsed}).`);
      }
      return parsed;
    };
    return {
      fromMinute: minute("fromMinute", fromMinute),
      toMinute: minute("toMinute", toMinute),
      minShards: number(`${path}.minShards`, minShards),
    };
  });
}

function parseZones(
  given: unknown,
  number: (path: string, value: unknown, least?: number) => number,
  problems: string[],
): ZoneSettings[] {
  if (!Array.isArray(given) || given.length === 0) {
    problems.push("zones: has to be a JSON list with at least one zone.");
    return [];
  }
  return (given as Record<string, unknown>[]).map((zone, index) => {
    const groups = Array.isArray(zone.groups) ? (zone.groups as Record<string, unknown>[]) : [];
    if (typeof zone.zoneId !== "string" || groups.length === 0) {
      problems.push(`zones[${index}]: needs a zoneId, such as usw2-az1, and at least one group.`);
    }
    return {
      zoneId: String(zone.zoneId),
      groups: groups.map((group, at) => ({
        name: String(group.name),
        autoScalingGroup: String(group.autoScalingGroup),
        maxNodes: number(`zones[${index}].groups[${at}].maxNodes`, group.maxNodes),
      })),
    };
  });
}
