import type { Report } from "../rule.ts";
import { T } from "../tokens.ts";
import { type Field, type Unknown, UNKNOWN } from "./field.ts";
import { grants, type Statement, statementsOf } from "./policy-document.ts";

/** Types that hold an identity policy, inline ones of roles included. */
export const identityPolicyTypes = [
  ...T.iamPolicy,
  ...T.iamRole,
  "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
];

/** The policy documents of a resource of one of `identityPolicyTypes`. */
export function identityPolicies(props: Field): Field[] {
  return [
    ...props.at("policy").items(),
    ...props.at("inlinePolicy").items(),
    ...props
      .at("inlinePolicies")
      .items()
      .map((item) => item.at("policy")),
  ];
}

/** Calls `judge` with every statement that allows something, or reports that a document is not known yet. */
export function eachAllowed(
  props: Field,
  report: Report,
  judge: (statement: Statement) => boolean | Unknown,
  detail: string,
): void {
  for (const policy of identityPolicies(props)) {
    const statements = statementsOf(policy);
    if (statements === UNKNOWN) {
      report.cannotTell(policy);
      continue;
    }
    for (const statement of statements.filter(({ allows }) => allows !== false)) {
      const verdict = statement.field.isUnknown ? UNKNOWN : judge(statement);
      if (verdict === true && statement.allows === true) {
        report.broken(statement.field, detail);
      } else if (verdict !== false) {
        report.cannotTell(statement.field, "has a part that is not known before `up`");
      }
    }
  }
}

/** Whether a list of patterns holds one that says "everything". */
export function hasStar(patterns: readonly (string | Unknown)[]): boolean | Unknown {
  return patterns.some((pattern) => pattern !== UNKNOWN && /^(\*|\*:\*|\*\*+)$/.test(pattern.trim()))
    ? true
    : patterns.includes(UNKNOWN)
      ? UNKNOWN
      : false;
}

/** Whether a statement grants one of the actions on all resources. */
export function grantsOnEverything(statement: Statement, actions: readonly string[]): boolean | Unknown {
  return both(
    either(hasStar(statement.resources), statement.notResources.length > 0),
    actions.map((action) => grants(statement, action)).reduce(either, false),
  );
}

/** Both, in three values. */
export function both(left: boolean | Unknown, right: boolean | Unknown): boolean | Unknown {
  return left === false || right === false ? false : left === UNKNOWN || right === UNKNOWN ? UNKNOWN : true;
}

/** Either, in three values. */
export function either(left: boolean | Unknown, right: boolean | Unknown): boolean | Unknown {
  return left === true || right === true ? true : left === UNKNOWN || right === UNKNOWN ? UNKNOWN : false;
}
