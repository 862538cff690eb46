import { unknownCheckingProxy } from "@pulumi/policy";
import type { PolicyResource, PolicyResourceOptions } from "@pulumi/policy";
import {
  allRules,
  appliesTo,
  Field,
  Graph,
  judgeResource,
  judgeStack,
  type ResourceRule,
  type Rule,
  type StackRule,
  type Verdict,
} from "../../src/rules.ts";

/** What the SDK puts where a string is not known at preview. */
export const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const noOptions: PolicyResourceOptions = {
  protect: false,
  ignoreChanges: [],
  aliases: [],
  customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
  additionalSecretOutputs: [],
};

/** A resource as a test writes it. `from` says which resources a property's value comes from, by name. */
export interface Given {
  type: string;
  name: string;
  props?: Record<string, unknown>;
  /** What the provider computed; default: unknown id and ARN, as at preview. */
  outputs?: Record<string, unknown>;
  from?: Record<string, string[]>;
  parent?: string;
  opts?: Partial<PolicyResourceOptions>;
  provider?: Record<string, unknown>;
}

export function urnOf({ type, name }: Pick<Given, "type" | "name">): string {
  return `urn:pulumi:dev::test::${type}::${name}`;
}

/** The rule of an id. */
export function rule(id: string): Rule {
  const found = allRules.find((candidate) => candidate.id === id);
  if (found === undefined) {
    throw new Error(`no rule ${id}`);
  }
  return found;
}

/** Judges one resource as the SDK would show it: through the proxy that throws on unknowns. */
export function judgeOne(resourceRule: ResourceRule, given: Given, config: Record<string, unknown> = {}): Verdict {
  return judgeResource(
    resourceRule,
    {
      type: given.type,
      name: given.name,
      urn: urnOf(given),
      props: new Field(unknownCheckingProxy(given.props ?? {})),
      opts: { ...noOptions, ...given.opts },
      provider: new Field(unknownCheckingProxy(given.provider ?? {})),
    },
    config,
  );
}

/** A stack as `validateStack` sees it at preview: inputs as registered, outputs unknown, dependencies by property. */
export function stackOf(all: readonly Given[]): Graph {
  const resources = new Map<string, PolicyResource>();
  const inputs = new Map<string, Record<string, unknown>>();
  for (const given of all) {
    const outputs = given.outputs ?? { id: unknownString, arn: unknownString };
    resources.set(given.name, {
      type: given.type,
      name: given.name,
      urn: urnOf(given),
      props: unknownCheckingProxy({ ...given.props, ...outputs }),
      opts: { ...noOptions, ...given.opts },
      dependencies: [],
      propertyDependencies: {},
      isType: () => false,
      asType: () => undefined,
    });
    inputs.set(urnOf(given), unknownCheckingProxy(given.props ?? {}));
  }
  for (const given of all) {
    const resource = resources.get(given.name);
    if (resource === undefined) {
      continue;
    }
    if (given.parent !== undefined) {
      resource.parent = resources.get(given.parent);
    }
    for (const [property, names] of Object.entries(given.from ?? {})) {
      resource.propertyDependencies[property] = names.map((name) => {
        const source = resources.get(name);
        if (source === undefined) {
          throw new Error(`${given.name}.${property} comes from ${name}, which is not there`);
        }
        return source;
      });
    }
  }
  return new Graph([...resources.values()], inputs);
}

/** Judges a whole stack by one rule. */
export function judgeAll(stackRule: Rule, all: readonly Given[], config: Record<string, unknown> = {}): Verdict {
  if (stackRule.scope !== "stack") {
    throw new Error(`${stackRule.id} judges single resources`);
  }
  return judgeStack(stackRule, stackOf(all), config);
}

/** The rules that answer a check of checkov. */
export function rulesFor(check: string): Rule[] {
  return allRules.filter(({ frameworks }) => frameworks.checkov?.includes(check) === true);
}

/** The verdicts of all rules that answer a check, on one resource alone. Undefined when none speaks of its type. */
export function verdictFor(check: string, given: Given): "pass" | "fail" | undefined {
  const verdicts = rulesFor(check)
    .filter((candidate) => candidate.scope === "stack" || appliesTo(candidate, given.type))
    .map((candidate) =>
      candidate.scope === "stack" ? judgeStack(candidate as StackRule, stackOf([given])) : judgeOne(candidate, given),
    );
  if (verdicts.length === 0) {
    return undefined;
  }
  return verdicts.some(({ result }) => result === "broken") ? "fail" : "pass";
}
