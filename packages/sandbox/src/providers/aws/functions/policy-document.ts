import { isObject, type PropertyMap, type PropertyValue } from "../../../engine/values.ts";
import { text, texts } from "../behaviour.ts";
import type { AwsFunction } from "./index.ts";

/** One value as itself, several in reverse order of their names: how the provider writes its sets. */
function scalarOrList(values: readonly string[]): string | string[] {
  const sorted = [...new Set(values)].sort((a, b) => (a < b ? 1 : -1));
  return sorted.length === 1 && sorted[0] !== undefined ? sorted[0] : sorted;
}

const objects = (value: PropertyValue | undefined): PropertyMap[] =>
  Array.isArray(value) ? value.filter((item) => isObject(item)) : [];

function principals(value: PropertyValue | undefined): PropertyValue | undefined {
  const byType = new Map<string, string[]>();
  for (const principal of objects(value)) {
    const type = text(principal.type) ?? "";
    byType.set(type, [...(byType.get(type) ?? []), ...texts(principal.identifiers)]);
  }
  if (byType.size === 0) return undefined;
  const [[onlyType, identifiers]] = [...byType] as [[string, string[]]];
  if (byType.size === 1 && onlyType === "*" && identifiers.join() === "*") return "*";
  return Object.fromEntries([...byType].sort().map(([type, ids]) => [type, scalarOrList(ids)]));
}

function conditions(value: PropertyValue | undefined): PropertyMap | undefined {
  const tests: Record<string, Record<string, string | string[]>> = {};
  for (const condition of objects(value)) {
    const test = (tests[text(condition.test) ?? ""] ??= {});
    // Conditions keep the order of their values, and one value is written alone.
    const values = texts(condition.values);
    test[text(condition.variable) ?? ""] = values.length === 1 && values[0] !== undefined ? values[0] : values;
  }
  return Object.keys(tests).length > 0 ? tests : undefined;
}

function statement(source: PropertyMap): PropertyMap {
  const list = (name: string): PropertyValue | undefined => {
    const values = texts(source[name]);
    return values.length > 0 ? scalarOrList(values) : undefined;
  };
  const fields: Record<string, PropertyValue | undefined> = {
    Sid: text(source.sid) === "" ? undefined : text(source.sid),
    Effect: text(source.effect) ?? "Allow",
    Principal: principals(source.principals),
    NotPrincipal: principals(source.notPrincipals),
    Action: list("actions"),
    NotAction: list("notActions"),
    Resource: list("resources"),
    NotResource: list("notResources"),
    Condition: conditions(source.conditions),
  };
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, PropertyValue] => entry[1] !== undefined),
  );
}

function merge(documents: readonly string[]): PropertyMap[] {
  return documents.flatMap((document) => objects((JSON.parse(document) as PropertyMap).Statement));
}

const policyDocument: AwsFunction = ({ args }) => {
  const own = objects(args.statements).map(statement);
  const statements = [...merge([text(args.sourceJson) ?? "{}", ...texts(args.sourcePolicyDocuments)])];
  for (const each of [...own, ...merge([...texts(args.overridePolicyDocuments), text(args.overrideJson) ?? "{}"])]) {
    const same = each.Sid === undefined ? -1 : statements.findIndex((other) => other.Sid === each.Sid);
    if (same >= 0) statements[same] = each;
    else statements.push(each);
  }
  const document = {
    Version: text(args.version) ?? "2012-10-17",
    ...(text(args.policyId) === undefined ? {} : { Id: text(args.policyId) }),
    Statement: statements,
  };
  return { json: JSON.stringify(document, undefined, 2), minifiedJson: JSON.stringify(document) };
};

/** Policy documents, rendered as the provider renders them. */
export const policyDocumentFunctions: Record<string, AwsFunction> = {
  "aws:iam/getPolicyDocument:getPolicyDocument": policyDocument,
};
