import type { Conditions } from "../shared/iam-policy.ts";

/** A request as IAM sees it. Condition keys are looked up without regard to case, as IAM does. */
export interface IamRequest {
  /** ARN of who asks; a role's or user's, or of a service such as `logs.us-east-1.amazonaws.com`. */
  principal: string;
  /** Such as `kms:Decrypt`. */
  action: string;
  resource: string;
  /** Values of condition keys; a list for keys that have several values. A key that is left out is absent. */
  context?: Record<string, string | string[]>;
}

/** A statement as a policy document has it. */
interface PolicyStatement {
  Effect: "Allow" | "Deny";
  Principal?: "*" | Record<string, string | string[]>;
  NotPrincipal?: Record<string, string | string[]>;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Conditions<string>;
}

/** A policy document, or its JSON. */
export type PolicyDocument = string | { Statement: PolicyStatement | PolicyStatement[] } | Record<string, unknown>;

/** What the policies say of a request: an explicit deny wins, and what nobody allows is denied by default. */
export type Verdict = "allowed" | "denied explicitly" | "denied by default";

/**
 * Decides a request against policies, as IAM does within one account: Allow and Deny, Not*, wildcards, policy variables and
 * the condition operators of strings, ARNs, numbers, Booleans, IP ranges and Null, with IfExists, ForAnyValue and ForAllValues.
 *
 * @param policies resource policies (with principals) and identity policies of the principal (without)
 * @throws Error for an operator that it does not know: silence would be a wrong verdict
 */
export function evaluate(policies: PolicyDocument[], request: IamRequest): Verdict {
  const matching = policies.flatMap(statementsOf).filter((statement) => applies(statement, request));
  if (matching.some((statement) => statement.Effect === "Deny")) {
    return "denied explicitly";
  }
  return matching.length > 0 ? "allowed" : "denied by default";
}

function statementsOf(policy: PolicyDocument): PolicyStatement[] {
  const document = (typeof policy === "string" ? JSON.parse(policy) : policy) as {
    Statement: PolicyStatement | PolicyStatement[];
  };
  return list(document.Statement);
}

function applies(statement: PolicyStatement, request: IamRequest): boolean {
  return (
    principalMatches(statement, request.principal) &&
    matchesOne(statement.Action, statement.NotAction, request, request.action, true) &&
    matchesOne(statement.Resource, statement.NotResource, request, request.resource, false) &&
    conditionsHold(statement.Condition ?? {}, request)
  );
}

function principalMatches({ Principal, NotPrincipal }: PolicyStatement, principal: string): boolean {
  if (NotPrincipal !== undefined) {
    return !Object.values(NotPrincipal)
      .flatMap(list)
      .some((pattern) => isPrincipal(pattern, principal));
  }
  if (Principal === undefined || Principal === "*") {
    return true;
  }
  return Object.values(Principal)
    .flatMap(list)
    .some((pattern) => isPrincipal(pattern, principal));
}

/** An account's root, or its number, stands for everybody in the account; a principal has no other wildcards than `*`. */
function isPrincipal(pattern: string, principal: string): boolean {
  const account = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(pattern)?.[1];
  return pattern === "*" || pattern === principal || (account !== undefined && principal.split(":")[4] === account);
}

function matchesOne(
  patterns: string | string[] | undefined,
  notPatterns: string | string[] | undefined,
  request: IamRequest,
  value: string,
  ignoreCase: boolean,
): boolean {
  const like = (pattern: string) => wildcard(resolve(pattern, request), value, ignoreCase);
  if (notPatterns !== undefined) {
    return !list(notPatterns).some(like);
  }
  // A trust policy speaks of the role itself and names no resource.
  return patterns === undefined || list(patterns).some(like);
}

function conditionsHold(conditions: Conditions<string>, request: IamRequest): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => conditionHolds(operator, key, list(values), request)),
  );
}

function conditionHolds(operator: string, key: string, wanted: string[], request: IamRequest): boolean {
  const [, quantifier, name = "", ifExists] =
    /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const given = contextOf(request, key);
  if (name === "Null") {
    return (given === undefined) === (wanted[0] === "true");
  }
  if (given === undefined) {
    return ifExists !== undefined || quantifier === "ForAllValues" || (quantifier === undefined && isNegated(name));
  }
  const expected = wanted.map((value) => resolve(value, request));
  const holds = (value: string) => {
    const test = (pattern: string) => compare(positive(name), pattern, value);
    return isNegated(name) ? !expected.some(test) : expected.some(test);
  };
  return quantifier === "ForAnyValue" ? given.some(holds) : given.every(holds);
}

function isNegated(operator: string): boolean {
  return operator.includes("Not");
}

function positive(operator: string): string {
  return operator.replace("Not", "");
}

function compare(operator: string, expected: string, value: string): boolean {
  switch (operator) {
    case "StringEquals":
      return expected === value;
    case "StringEqualsIgnoreCase":
    case "Bool":
      return expected.toLowerCase() === value.toLowerCase();
    case "StringLike":
      return wildcard(expected, value, false);
    case "ArnEquals":
    case "ArnLike":
      return arnLike(expected, value);
    case "NumericEquals":
      return Number(value) === Number(expected);
    case "NumericLessThan":
      return Number(value) < Number(expected);
    case "NumericLessThanEquals":
      return Number(value) <= Number(expected);
    case "NumericGreaterThan":
      return Number(value) > Number(expected);
    case "NumericGreaterThanEquals":
      return Number(value) >= Number(expected);
    case "IpAddress":
      return inRange(expected, value);
    default:
      throw new Error(`the evaluator does not know the condition operator ${operator}`);
  }
}

/** ARNs are compared part by part: a wildcard does not reach over a colon, but in the last part. */
function arnLike(pattern: string, arn: string): boolean {
  const [patterns, parts] = [pattern, arn].map((text) => {
    const pieces = text.split(":");
    return [...pieces.slice(0, 5), pieces.slice(5).join(":")];
  }) as [string[], string[]];
  return patterns.every((part, index) => wildcard(part, parts[index] ?? "", false));
}

function inRange(cidr: string, address: string): boolean {
  const [base = "", length = "32"] = cidr.split("/");
  const number = (text: string) => text.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - Number(length));
  return Math.floor(number(base) / size) === Math.floor(number(address) / size);
}

function wildcard(pattern: string, value: string, ignoreCase: boolean): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`, ignoreCase ? "is" : "s").test(value);
}

/** Puts the request's values in place of policy variables such as `${aws:PrincipalTag/tenant}`; an absent one matches nothing. */
function resolve(text: string, request: IamRequest): string {
  return text.replace(/\$\{([^}]+)\}/g, (_, variable: string) =>
    ["*", "?", "$"].includes(variable) ? variable : (contextOf(request, variable.split(",")[0] ?? "")?.[0] ?? "\u0000"),
  );
}

function contextOf(request: IamRequest, key: string): string[] | undefined {
  const context = { "aws:PrincipalArn": request.principal, ...request.context };
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found === undefined ? undefined : list(found[1]);
}

function list<Value>(value: Value | Value[]): Value[] {
  return Array.isArray(value) ? value : [value];
}
