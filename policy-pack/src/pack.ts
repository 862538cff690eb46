import type { EnforcementLevel, Policies, PolicyPackConfig } from "@pulumi/policy";
import { compile } from "./compile.ts";
import { cannotTellPolicy, suppressionPolicy } from "./housekeeping.ts";
import { RoutedPolicies } from "./routing.ts";
import type { PresetName, Rule } from "./rule.ts";
import { Session } from "./session.ts";
import { listOf, type PackPolicies, routesOf } from "./stack-run.ts";
import { suppressionReportPolicy } from "./suppressions/suppression-report.ts";

/**
 * Makes policies of rules, for a pack of your own:
 *
 * ```ts
 * import { PolicyPack } from "@pulumi/policy";
 * import { policiesOf, allRules, presetConfig } from "@mrgc/policy-pack/rules";
 *
 * new PolicyPack("ours", { policies: [...policiesOf(allRules), ourOwn], enforcementLevel: "mandatory" }, presetConfig("strict"));
 * ```
 *
 * With the rules come three policies that keep them honest: `suppressions-valid`, `cannot-tell` and `suppressions-report`.
 */
export function policiesOf(rules: readonly Rule[], session: Session = new Session()): Policies {
  const policies: PackPolicies = {
    ruleOf: new Map(rules.map((rule) => [compile(rule, session), rule])),
    cannotTell: cannotTellPolicy(session),
    report: suppressionReportPolicy(session),
  };
  return new RoutedPolicies(suppressionPolicy(session), listOf(policies), routesOf(policies, session));
}

/**
 * A preset as a pack's configuration: each rule mandatory (or at its own level) where the preset holds it, disabled
 * elsewhere. A file given with `--policy-pack-config` wins over it, a policy at a time.
 */
export function presetConfig(preset: PresetName, rules: readonly Rule[]): PolicyPackConfig {
  const config: PolicyPackConfig = {};
  for (const rule of rules) {
    config[rule.id] = levelIn(rule, preset);
  }
  config["cannot-tell"] = preset === "strict" ? "mandatory" : "advisory";
  return config;
}

/** The level of a rule in a preset. */
export function levelIn(rule: Rule, preset: PresetName): EnforcementLevel {
  return rule.presets.includes(preset) ? (rule.level ?? "mandatory") : "disabled";
}
