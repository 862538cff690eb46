import {
  isObject,
  isSecret,
  isUnknown,
  signatureOf,
  Signature,
  unwrapSecret,
  type PropertyMap,
  type PropertyValue,
} from "../engine/values.ts";
import { properties, type Property } from "./resource-schema.ts";
import type { SdkPackage } from "./sdk-package.ts";
import type { Shape } from "./shapes.ts";

/** A property that cannot be accepted. */
export interface Refusal {
  readonly property: string;
  readonly reason: string;
}

const objectTypes = new WeakMap<SdkPackage, Map<string, ReadonlyMap<string, Property> | undefined>>();

function objectType(sdk: SdkPackage, name: string): ReadonlyMap<string, Property> | undefined {
  const known = objectTypes.get(sdk) ?? new Map<string, ReadonlyMap<string, Property> | undefined>();
  objectTypes.set(sdk, known);
  if (!known.has(name)) {
    const members = sdk.inputType(name);
    known.set(name, members && properties(members));
  }
  return known.get(name);
}

/**
 * Checks a bag of inputs against the properties that its type has: unknown names, missing and wrong values, each with its path.
 *
 * @param within whether the bag is part of a secret: then no value of it is shown
 */
export function validateInputs(
  sdk: SdkPackage,
  known: ReadonlyMap<string, Property>,
  inputs: PropertyMap,
  path = "",
  within = false,
): Refusal[] {
  const refusals: Refusal[] = [];
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  for (const property of known.values()) {
    const value = inputs[property.name];
    if (property.required && (value === undefined || value === null)) {
      refusals.push({ property: at(property.name), reason: "is required and missing" });
    }
  }
  for (const [name, value] of Object.entries(inputs)) {
    const property = known.get(name);
    if (name.startsWith("__")) continue;
    if (!property) {
      const similar = [...known.keys()].find((candidate) =>
        candidate.toLowerCase().startsWith(name.toLowerCase().slice(0, 5)),
      );
      refusals.push({
        property: at(name),
        reason: `is not a property of this type${similar ? `; did you mean "${similar}"?` : ""}`,
      });
      continue;
    }
    refusals.push(...validate(sdk, property.shape, value, at(name), within, property.values));
  }
  return refusals;
}

function validate(
  sdk: SdkPackage,
  shape: Shape,
  wrapped: PropertyValue,
  path: string,
  within: boolean,
  values?: readonly string[],
): Refusal[] {
  const value = unwrapSecret(wrapped);
  const secret = within || isSecret(wrapped);
  if (value === undefined || value === null || isUnknown(value) || signatureOf(value) === Signature.Output) return [];
  const wrong = (expected: string): Refusal[] => [
    { property: path, reason: `must be ${expected}, not ${secret ? "this secret value" : describe(value)}` },
  ];
  switch (shape.kind) {
    case "any":
      return [];
    case "string":
      if (typeof value !== "string") return signatureOf(value) === Signature.Resource ? [] : wrong("a string");
      return values && !values.includes(value) ? wrong(`one of ${values.join(", ")}`) : [];
    case "number":
    case "boolean":
      return typeof value === shape.kind ? [] : wrong(`a ${shape.kind}`);
    case "literal":
      return value === shape.value ? [] : wrong(`"${shape.value}"`);
    case "asset":
      return isObject(value) && signatureOf(value) !== undefined ? [] : wrong("an asset or archive");
    case "enum": {
      const allowed = sdk.enumValues(shape.name);
      return allowed && !allowed.has(value) ? wrong(`one of ${[...allowed].slice(0, 20).join(", ")}`) : [];
    }
    case "array":
      if (!Array.isArray(value)) return wrong("a list");
      return value.flatMap((item, index) => validate(sdk, shape.item, item, `${path}[${index}]`, secret));
    case "map":
      if (!isObject(value)) return wrong("a map");
      return Object.entries(value).flatMap(([key, item]) =>
        validate(sdk, shape.item, item, `${path}["${key}"]`, secret),
      );
    case "object": {
      if (!isObject(value)) return wrong("an object");
      const members = objectType(sdk, shape.name);
      return members ? validateInputs(sdk, members, value, path, secret) : [];
    }
    case "union":
      return validateUnion(sdk, shape.options, value, path, secret, wrong);
  }
}

function validateUnion(
  sdk: SdkPackage,
  options: readonly Shape[],
  value: PropertyValue,
  path: string,
  within: boolean,
  wrong: (expected: string) => Refusal[],
): Refusal[] {
  // `string | enums.X` is how the SDK says "one of X"; instance types are the exception, as new ones come every month.
  const strict = options.find((option) => option.kind === "enum" && !option.name.endsWith("InstanceType"));
  if (strict && typeof value === "string") return validate(sdk, strict, value, path, within);
  const results = options.map((option) => validate(sdk, option, value, path, within));
  if (results.some((result) => result.length === 0)) return [];
  const closest = results.find((result) => result.some(({ property }) => property !== path));
  return closest ?? wrong(options.map(({ kind }) => kind).join(" or "));
}

function describe(value: PropertyValue): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
