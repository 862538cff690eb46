import { type Field, type Unknown, UNKNOWN } from "./field.ts";

/** One statement of an IAM or resource policy, with every "one or many" spelled out. */
export interface Statement {
  readonly field: Field;
  readonly allows: boolean | Unknown;
  readonly actions: readonly (string | Unknown)[];
  readonly notActions: readonly (string | Unknown)[];
  readonly resources: readonly (string | Unknown)[];
  readonly notResources: readonly (string | Unknown)[];
  /** `*`, or the values by kind: `AWS`, `Service`, `Federated`, `CanonicalUser`. */
  readonly principals: readonly { readonly kind: string; readonly value: string | Unknown }[];
  /** NotPrincipal in an Allow is everybody but a few. */
  readonly hasNotPrincipal: boolean;
  readonly conditions: readonly Condition[];
}

/** One test of a statement's conditions. */
export interface Condition {
  /** Lower case, without `ForAnyValue:`, `ForAllValues:` or `IfExists`. */
  readonly operator: string;
  /** Whether the test is dropped when the key is absent. */
  readonly optional: boolean;
  /** Lower case: condition keys are not told apart by case. */
  readonly key: string;
  readonly values: readonly (string | Unknown)[];
}

/** The statements of a document, or `UNKNOWN` when the document or its list of statements is not known yet. */
export function statementsOf(field: Field): Statement[] | Unknown {
  if (field.isUnknown) {
    return UNKNOWN;
  }
  const list = anyCase(field.document(), "Statement");
  if (list.isUnknown) {
    return UNKNOWN;
  }
  return list.items().map(readStatement);
}

function readStatement(field: Field): Statement {
  const effect = anyCase(field, "Effect").text();
  return {
    field,
    allows: effect === UNKNOWN ? UNKNOWN : (effect ?? "Allow").toLowerCase() === "allow",
    actions: anyCase(field, "Action").texts(),
    notActions: anyCase(field, "NotAction").texts(),
    resources: anyCase(field, "Resource").texts(),
    notResources: anyCase(field, "NotResource").texts(),
    principals: readPrincipals(anyCase(field, "Principal")),
    hasNotPrincipal: !anyCase(field, "NotPrincipal").isUnset,
    conditions: readConditions(anyCase(field, "Condition")),
  };
}

function readPrincipals(field: Field): { kind: string; value: string | Unknown }[] {
  if (field.isUnknown) {
    return [{ kind: "AWS", value: UNKNOWN }];
  }
  const kinds = field.keys();
  if (kinds.length === 0) {
    return field.texts().map((value) => ({ kind: "AWS", value }));
  }
  return kinds.flatMap((kind) =>
    field
      .at(kind)
      .texts()
      .map((value) => ({ kind, value })),
  );
}

function readConditions(field: Field): Condition[] {
  if (field.isUnknown) {
    return [{ operator: "", optional: false, key: "", values: [UNKNOWN] }];
  }
  return field.keys().flatMap((operator) => {
    const tests = field.at(operator);
    const plain = operator
      .toLowerCase()
      .replace(/^for(any|all)values?:/, "")
      .replace(/ifexists$/, "");
    return tests.keys().map((key) => ({
      operator: plain,
      optional: /ifexists$/i.test(operator) || /^forallvalues:/i.test(operator),
      key: key.toLowerCase(),
      values: tests.at(key).texts().length > 0 || !tests.at(key).isUnknown ? tests.at(key).texts() : [UNKNOWN],
    }));
  });
}

/** IAM takes element names in any case, and so do converted documents. */
function anyCase(field: Field, name: string): Field {
  const key = field.keys().find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return field.at(key ?? name);
}

/** Whether an action pattern, such as `kms:*` or `*`, includes an action. */
export function actionIncludes(pattern: string, action: string): boolean {
  const source = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(action.toLowerCase());
}

/** Whether an allowing statement lets an action through, by `Action` or by leaving it out of `NotAction`. */
export function grants(statement: Statement, action: string): boolean | Unknown {
  const matches = (patterns: readonly (string | Unknown)[]) =>
    patterns.some((pattern) => pattern !== UNKNOWN && actionIncludes(pattern, action));
  if (statement.notActions.length > 0) {
    return matches(statement.notActions) ? false : statement.notActions.includes(UNKNOWN) ? UNKNOWN : true;
  }
  return matches(statement.actions) ? true : statement.actions.includes(UNKNOWN) ? UNKNOWN : false;
}

/** Whether the statement's principals are everybody, before conditions. */
export function isEverybody(statement: Statement): boolean | Unknown {
  const everybody =
    statement.hasNotPrincipal || statement.principals.some(({ kind, value }) => kind !== "Service" && value === "*");
  return everybody ? true : statement.principals.some(({ value }) => value === UNKNOWN) ? UNKNOWN : false;
}

/** Condition keys that hold a caller to known accounts, organizations, networks or resources. */
const limitingKeys = new Set(
  [
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceArn",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:userid",
    "aws:Ec2InstanceSourceVpc",
    "ec2:SourceInstanceArn",
    "lambda:SourceFunctionArn",
    "ssm:SourceInstanceArn",
    "kms:CallerAccount",
    "s3:DataAccessPointAccount",
  ].map((key) => key.toLowerCase()),
);

/** Whether a statement's conditions limit "everybody" to somebody. A test that a caller may leave out limits nobody. */
export function isLimited(statement: Statement): boolean | Unknown {
  let unknown = false;
  for (const { operator, optional, key, values } of statement.conditions) {
    if (key === "") {
      unknown = true;
      continue;
    }
    const positive = ["stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"].includes(
      operator,
    );
    if (!positive || optional || !limitingKeys.has(key)) {
      // checkov takes any ArnNotEquals for a limit; excluding a few leaves everybody else.
      continue;
    }
    if (values.some((value) => value !== UNKNOWN && isWild(value))) {
      continue;
    }
    if (values.includes(UNKNOWN)) {
      unknown = true;
      continue;
    }
    return true;
  }
  return unknown ? UNKNOWN : false;
}

/** `*`, or an ARN whose account or whole resource is a wildcard. */
function isWild(value: string): boolean {
  return (
    /^[*?]+$/.test(value) ||
    /^arn:\*/.test(value) ||
    /^arn:[^:]*:[^:]*:[^:]*:\*/.test(value) ||
    /^arn:[^:]*:[^:]*:[^:]*:[^:]*:\*$/.test(value)
  );
}
