import type { Policies, ResourceValidationPolicy, StackValidationArgs } from "@pulumi/policy";
import { appliesTo, judgeStack } from "./compile.ts";
import { Graph } from "./graph/graph.ts";
import { openQuestions } from "./housekeeping.ts";
import type { Rule, RuleConfig } from "./rule.ts";
import type { AnyPolicy, Routes } from "./routing.ts";
import type { Session } from "./session.ts";

/** The resource that every run registers first. */
const rootType = "pulumi:pulumi:Stack";

/** The policies of a pack by what they are made of. */
export interface PackPolicies {
  readonly ruleOf: ReadonlyMap<AnyPolicy, Rule>;
  readonly cannotTell: AnyPolicy;
  readonly report: AnyPolicy;
}

/**
 * Chooses the policies that have something to do: for a resource those that speak of its type, for a stack those that find something.
 * The stack's rules are judged here on one graph; a rule that holds need not be called, and one that does not is called for its message.
 *
 * A policy learns its settings only when it is called. So the stack's rules are called once for the root resource, as if they judged it, and keep
 * theirs; one that was not (it is disabled, or nothing was registered) is always yielded to the SDK, which knows.
 */
export function routesOf({ ruleOf, cannotTell, report }: PackPolicies, session: Session): Routes {
  const byType = new Map<string, readonly AnyPolicy[]>();
  const settings = new Map<Rule, RuleConfig>();
  const stackPolicies = [...ruleOf].filter(([, rule]) => rule.scope === "stack");
  const readers = stackPolicies.map(([policy, rule]) => settingsReader(policy, (config) => settings.set(rule, config)));

  return {
    *forResource(type: string): Generator<AnyPolicy> {
      if (type === rootType) {
        settings.clear();
        yield* readers;
      }
      let policies = byType.get(type);
      if (policies === undefined) {
        policies = [...ruleOf]
          .filter(([, rule]) => rule.scope === "resource" && appliesTo(rule, type))
          .map(([policy]) => policy);
        byType.set(type, policies);
      }
      yield* policies;
    },
    *forStack({ resources }: StackValidationArgs): Generator<AnyPolicy> {
      const graph = new Graph(resources, session.inputs);
      for (const [policy, rule] of stackPolicies) {
        const config = settings.get(rule);
        if (rule.scope !== "stack" || config === undefined) {
          yield policy;
          continue;
        }
        const { findings, questions } = judgeStack(rule, graph, config);
        session.askStack(rule, questions);
        if (findings.length > 0) {
          yield policy;
        }
      }
      if (openQuestions(session, graph).length > 0) {
        yield cannotTell;
      }
      if (session.used().length > 0) {
        yield report;
      }
    },
  };
}

/** A policy of a rule's name that judges nothing and keeps the settings that the SDK hands it. */
function settingsReader(
  { name, description, enforcementLevel }: AnyPolicy,
  keep: (config: RuleConfig) => void,
): ResourceValidationPolicy {
  return {
    name,
    description,
    enforcementLevel,
    validateResource: (args) => {
      keep(args.getConfig<RuleConfig>());
    },
  };
}

/** All policies of a pack but the first, in the order in which the SDK lists them. */
export function listOf({ ruleOf, cannotTell, report }: PackPolicies): Policies {
  return [...ruleOf.keys(), cannotTell, report];
}
