import type { Policy, ResourceValidationArgs, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { Graph } from "./graph/graph.ts";
import { Field } from "./model/field.ts";
import { frameworkReference } from "./catalogue/frameworks.ts";
import type {
  Finding,
  OpenQuestion,
  Report,
  ResourceRule,
  ResourceUnderTest,
  Rule,
  RuleConfig,
  StackRule,
} from "./rule.ts";
import type { Session } from "./session.ts";
import { suppressConfigSchema } from "./suppressions/suppression.ts";

/** The result of a rule on one resource or stack. `broken` wins over `cannot tell`, and both over `holds`. */
export interface Verdict {
  /** Whether the rule holds. */
  readonly result: "holds" | "broken" | "cannot tell";
  /** Where it does not hold, and why. */
  readonly findings: readonly Finding[];
  /** What decides and is not known yet. */
  readonly questions: readonly OpenQuestion[];
}

/** Runs a rule's check and collects what it reports. A check that throws is itself a finding: never a pass. */
export function judge(run: (report: Report) => void): Verdict {
  const findings: Finding[] = [];
  const questions: OpenQuestion[] = [];
  const pathOf = (at: Field | string) => (typeof at === "string" ? at : at.path);
  try {
    run({
      broken: (at, detail, urn) => findings.push({ path: pathOf(at), detail, urn }),
      cannotTell: (at, detail = "is not known before `up`", settledBy, urn) =>
        questions.push({ path: pathOf(at), detail, settledBy, urn }),
    });
  } catch (error) {
    // Only the kind of error: its message may quote a property.
    const kind = error instanceof Error ? error.name : typeof error;
    findings.push({
      path: "",
      detail: `the rule itself failed with ${kind}, so nothing is proven; report this as a bug of the pack`,
    });
  }
  const result = findings.length > 0 ? "broken" : questions.length > 0 ? "cannot tell" : "holds";
  return { result, findings, questions };
}

/** A resource rule's verdict. */
export function judgeResource(rule: ResourceRule, resource: ResourceUnderTest, config: RuleConfig = {}): Verdict {
  return judge((report) => rule.check(resource, report, withDefaults(rule, config)));
}

/** A stack rule's verdict. */
export function judgeStack(rule: StackRule, graph: Graph, config: RuleConfig = {}): Verdict {
  return judge((report) => rule.check(graph, report, withDefaults(rule, config)));
}

/** Whether a resource rule speaks about a type. */
export function appliesTo(rule: ResourceRule, type: string): boolean {
  return rule.types === "*" || rule.types.includes(type);
}

function withDefaults(rule: Rule, config: RuleConfig): RuleConfig {
  const defaults: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(rule.config?.properties ?? {})) {
    if (schema.default !== undefined) {
      defaults[key] = schema.default;
    }
  }
  return { ...defaults, ...config };
}

/**
 * Makes a @pulumi/policy policy of a rule.
 *
 * What the rule cannot tell at preview is kept in the session and reported by its `cannot-tell` policy when the whole
 * stack is known: thrown as the SDK wants it, one unknown would end the rule's run and hide what comes behind it.
 */
export function compile(rule: Rule, session: Session): ResourceValidationPolicy | StackValidationPolicy {
  const shared: Policy = {
    name: rule.id,
    description: rule.what,
    severity: rule.severity,
    remediationSteps: rule.mend,
    tags: [rule.family],
    framework: frameworkReference(rule),
    configSchema: {
      ...rule.config,
      properties: { ...rule.config?.properties, suppress: suppressConfigSchema },
    },
  };
  return rule.scope === "resource"
    ? { ...shared, enforcementLevel: rule.level, ...compileResource(rule, session) }
    : { ...shared, enforcementLevel: rule.level, ...compileStack(rule, session) };
}

function compileResource(
  rule: ResourceRule,
  session: Session,
): Pick<ResourceValidationPolicy, "validateResource" | "remediateResource"> {
  const types = rule.types === "*" ? undefined : new Set(rule.types);
  const validate = (args: ResourceValidationArgs, violation: (message: string, urn?: string) => void) => {
    if (types !== undefined && !types.has(args.type)) {
      return;
    }
    const config = args.getConfig<RuleConfig>();
    const verdict = judgeResource(rule, underTest(args), config);
    session.ask(rule, args.urn, verdict.questions);
    for (const message of session.unsuppressed(rule, config, args, verdict.findings)) {
      violation(message);
    }
  };
  if (types?.size === 1) {
    // The SDK skips a policy before it decodes the resource when it knows the only type.
    Object.assign(validate, { __pulumiType: [...types][0] });
  }
  if (rule.remediate === undefined) {
    return { validateResource: validate };
  }
  const remediate = rule.remediate.bind(rule);
  return {
    validateResource: validate,
    remediateResource: (args) => {
      if (types !== undefined && !types.has(args.type)) {
        return undefined;
      }
      return remediate(args.props, underTest(args), withDefaults(rule, args.getConfig<RuleConfig>()))
        ? args.props
        : undefined;
    },
  };
}

function compileStack(rule: StackRule, session: Session): Pick<StackValidationPolicy, "validateStack"> {
  return {
    validateStack: (args, violation) => {
      const config = args.getConfig<RuleConfig>();
      const graph = new Graph(args.resources, session.inputs);
      const verdict = judgeStack(rule, graph, config);
      session.askStack(rule, verdict.questions);
      for (const finding of verdict.findings) {
        const node = finding.urn === undefined ? undefined : graph.get(finding.urn);
        const subject = { urn: node?.urn ?? "", name: node?.name ?? "the stack" };
        for (const message of session.unsuppressed(rule, config, subject, [finding])) {
          violation(message, node?.urn);
        }
      }
    },
  };
}

function underTest(args: ResourceValidationArgs): ResourceUnderTest {
  return {
    type: args.type,
    name: args.name,
    urn: args.urn,
    props: new Field(args.props),
    opts: args.opts,
    provider: new Field(args.provider?.props),
  };
}
