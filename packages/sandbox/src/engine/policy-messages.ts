/** What goes to a policy pack and comes back: levels, findings, settings and resources. */
import { UserError, type Goal, type ResourceState, type Timeouts } from "./model.ts";
import { analyzerPb, type AnalyzerPb } from "./protocol.ts";
import { parseUrn } from "./urn.ts";
import type { PropertyMap } from "./values.ts";
import { marshalStruct } from "./wire.ts";

export const EnforcementLevel = {
  Advisory: "advisory",
  Mandatory: "mandatory",
  Disabled: "disabled",
  Remediate: "remediate",
} as const;
export type EnforcementLevel = (typeof EnforcementLevel)[keyof typeof EnforcementLevel];
/** Levels by their number in the protocol. */
export const levels = [
  EnforcementLevel.Advisory,
  EnforcementLevel.Mandatory,
  EnforcementLevel.Disabled,
  EnforcementLevel.Remediate,
];

/** What a rule found. */
export interface PolicyFinding {
  /** Name of the pack. */
  pack: string;
  /** Name of the policy. */
  policy: string;
  /** What the finding does: `mandatory` stops the run. */
  level: EnforcementLevel;
  /** URN of the resource; empty where the stack as a whole is meant. */
  urn: string;
  /** What is wrong, and the mend. */
  message: string;
  /** What the policy asks for. */
  description: string;
}

export interface PolicyRemediation {
  pack: string;
  policy: string;
  urn: string;
  description: string;
  properties: PropertyMap;
  /** Set when the remediation could not be made. */
  diagnostic: string;
}

/** Settings per rule, as `--policy-pack-config` gives them, checked. */
export function policySettings(
  config: Record<string, unknown>,
): Map<string, { level: EnforcementLevel | undefined; properties: PropertyMap }> {
  const level = (rule: string, value: unknown): EnforcementLevel => {
    const found = levels.find((name) => name === value);
    if (!found)
      throw new UserError(
        `policy config: enforcement level of "${rule}" is ${JSON.stringify(value)}; expected one of ${levels.join(", ")}`,
      );
    return found;
  };
  return new Map(
    Object.entries(config).map(([rule, value]) => {
      if (typeof value === "string") return [rule, { level: level(rule, value), properties: {} }];
      if (typeof value !== "object" || value === null || Array.isArray(value))
        throw new UserError(`policy config: "${rule}" is ${JSON.stringify(value)}; expected a level or an object`);
      const { enforcementLevel, ...properties } = value as { enforcementLevel?: unknown } & PropertyMap;
      return [rule, { level: enforcementLevel === undefined ? undefined : level(rule, enforcementLevel), properties }];
    }),
  );
}

export function analyzerOptions(state: ResourceState, goal: Goal | undefined): AnalyzerPb.AnalyzerResourceOptions {
  const seconds = (timeouts: Timeouts) =>
    new analyzerPb.AnalyzerResourceOptions.CustomTimeouts()
      .setCreate(timeouts.create ?? 0)
      .setUpdate(timeouts.update ?? 0)
      .setDelete(timeouts.delete ?? 0);
  return new analyzerPb.AnalyzerResourceOptions()
    .setProtect(state.protect)
    .setIgnorechangesList(goal?.ignoreChanges ?? state.ignoreChanges)
    .setDeletebeforereplace(goal?.deleteBeforeReplace ?? false)
    .setDeletebeforereplacedefined(goal?.deleteBeforeReplace !== undefined)
    .setAdditionalsecretoutputsList(state.additionalSecretOutputs)
    .setAliasesList(state.aliases)
    .setCustomtimeouts(seconds(state.timeouts))
    .setParent(state.parent);
}

/** Properties without those that only the engine uses. */
export const visible = (map: PropertyMap): PropertyMap =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !key.startsWith("__")));

export function analyzerProvider(provider: ResourceState): AnalyzerPb.AnalyzerProviderResource {
  return new analyzerPb.AnalyzerProviderResource()
    .setUrn(provider.urn)
    .setType(provider.type)
    .setName(parseUrn(provider.urn).name)
    .setProperties(marshalStruct(provider.inputs, { unknowns: true, secrets: true }));
}

/** A resource with the provider that manages it. */
export interface AnalyzedResource {
  state: ResourceState;
  goal: Goal | undefined;
  provider: ResourceState | undefined;
}
