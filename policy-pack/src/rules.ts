/**
 * The rules without the server: import them into a pack of your own.
 *
 * @module @mrgc/policy-pack/rules
 */

export { policiesOf, presetConfig, levelIn } from "./pack.ts";
export * from "./policies/index.ts";
export { compile, judgeResource, judgeStack, appliesTo, type Verdict } from "./compile.ts";
export { resourceRule, stackRule, families, presetNames } from "./rule.ts";
export type { Rule, ResourceRule, StackRule, Report, ResourceUnderTest, Finding, PresetName, Family } from "./rule.ts";
export { Field, UNKNOWN } from "./model/field.ts";
export { Graph, type GraphNode } from "./graph/graph.ts";
export { Session } from "./session.ts";
