/**
 * Property values as the protocol carries them: plain JSON, with secrets, assets, resource references and outputs as
 * objects that name their kind under one signature key, and unknown values as a reserved string.
 */
import { isDeepStrictEqual } from "node:util";

export type PropertyValue = null | boolean | number | string | PropertyValue[] | PropertyMap;
export interface PropertyMap {
  [key: string]: PropertyValue;
}

export const signatureKey = "4dabf18193072939515e22adb298388d";
export const Signature = {
  Secret: "1b47061264138c4ac30d75fd1eb44270",
  Asset: "c44067f5952c0a294b673a41bacd8c17",
  Archive: "0def7320c3a5731c473e5ecbe6d01bc7",
  Resource: "5cf8f73096256a8f31e491e813e4eb8e",
  Output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
} as const;

/** What stands for a value that is only known once the deployment has run. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknownValues = new Set([
  unknownValue,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export const isUnknown = (value: PropertyValue | undefined): boolean =>
  typeof value === "string" && unknownValues.has(value);

export const isObject = (value: PropertyValue | undefined): value is PropertyMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The signature of a special value, or undefined for an ordinary one. */
export const signatureOf = (value: PropertyValue | undefined): string | undefined => {
  if (!isObject(value)) return undefined;
  const signature = value[signatureKey];
  return typeof signature === "string" ? signature : undefined;
};

export const isSecret = (value: PropertyValue | undefined): value is PropertyMap =>
  signatureOf(value) === Signature.Secret;
export const isOutput = (value: PropertyValue | undefined): value is PropertyMap =>
  signatureOf(value) === Signature.Output;
const isPlainObject = (value: PropertyValue | undefined): value is PropertyMap =>
  isObject(value) && signatureOf(value) === undefined;

export const makeSecret = (value: PropertyValue): PropertyValue =>
  isSecret(value) ? value : { [signatureKey]: Signature.Secret, value };

/** The value inside any number of secret wrappers. */
export function unwrapSecret(value: PropertyValue | undefined): PropertyValue | undefined {
  let inner = value;
  while (isSecret(inner)) inner = inner.value;
  return inner;
}

/** Whether `predicate` holds for the value or anything inside it. */
export function someValue(value: PropertyValue | undefined, predicate: (value: PropertyValue) => boolean): boolean {
  if (value === undefined) return false;
  if (predicate(value)) return true;
  if (Array.isArray(value)) return value.some((item) => someValue(item, predicate));
  if (!isObject(value)) return false;
  for (const key in value) if (someValue(value[key], predicate)) return true;
  return false;
}

/** Unknown anywhere inside, also as an output that is not known. */
export const containsUnknowns = (value: PropertyValue | undefined): boolean =>
  someValue(value, (inner) => isUnknown(inner) || (isOutput(inner) && !("value" in inner)));

export const containsSecrets = (value: PropertyValue | undefined): boolean =>
  someValue(value, (inner) => isSecret(inner) || (isOutput(inner) && inner.secret === true));

export const valuesEqual = (left: PropertyValue | undefined, right: PropertyValue | undefined): boolean =>
  isDeepStrictEqual(left, right);

/** What a receiver understands; everything left out is replaced by its plain form. */
export interface MarshalOptions {
  unknowns?: boolean;
  secrets?: boolean;
  resources?: boolean;
  outputs?: boolean;
  /** Sends only the hash of an asset, as the CLI does for calls that compare. */
  elideAssets?: boolean;
}

/** A reference to a resource with only what identifies it; SDKs add what can be derived. */
export function canonicalReference({ urn, id, packageVersion }: PropertyMap): PropertyMap {
  const reference: PropertyMap = { [signatureKey]: Signature.Resource, urn: urn ?? null };
  if (id !== undefined && id !== null) reference.id = isUnknown(id) ? "" : id;
  if (packageVersion) reference.packageVersion = packageVersion;
  return reference;
}

function marshalSpecial(value: PropertyMap, signature: string, options: MarshalOptions): PropertyValue | undefined {
  switch (signature) {
    case Signature.Secret: {
      const inner = marshal(value.value ?? null, options);
      if (!options.secrets || inner === undefined) return inner;
      return { [signatureKey]: Signature.Secret, value: inner };
    }
    case Signature.Output: {
      if (!options.outputs) {
        const inner = "value" in value ? (value.value ?? null) : unknownValue;
        return marshal(value.secret === true ? makeSecret(inner) : inner, options);
      }
      if (!("value" in value)) return value;
      return { ...value, value: marshal(value.value ?? null, options) ?? null };
    }
    case Signature.Resource: {
      if (options.resources) return canonicalReference(value);
      const { id, urn } = value;
      if (id === undefined || id === null) return urn ?? null;
      return id === "" || isUnknown(id) ? marshal(unknownValue, options) : id;
    }
    case Signature.Asset:
    case Signature.Archive:
      return options.elideAssets && value.hash ? { [signatureKey]: signature, hash: value.hash } : value;
    default:
      return value;
  }
}

/** The value as the receiver understands it; undefined when it must be left out. */
export function marshal(value: PropertyValue, options: MarshalOptions): PropertyValue | undefined {
  if (typeof value === "string") return !options.unknowns && isUnknown(value) ? undefined : value;
  if (Array.isArray(value)) {
    return value.map((item) => marshal(item, options)).filter((item) => item !== undefined);
  }
  if (!isObject(value)) return value;
  const signature = signatureOf(value);
  return signature ? marshalSpecial(value, signature, options) : marshalMap(value, options);
}

export function marshalMap(map: PropertyMap, options: MarshalOptions): PropertyMap {
  const entries: [string, PropertyValue][] = [];
  for (const [key, inner] of Object.entries(map)) {
    const value = marshal(inner, options);
    if (value !== undefined) entries.push([key, value]);
  }
  return Object.fromEntries(entries);
}

/** Replaces outputs by unknowns, secrets and plain values: what most of the engine and all providers expect. */
export function downgradeOutputs(map: PropertyMap): PropertyMap {
  return marshalMap(map, { unknowns: true, secrets: true, resources: true });
}

/** The URNs that outputs inside the value depend on. */
export function outputDependencies(value: PropertyValue | undefined, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) outputDependencies(item, found);
  else if (isObject(value)) {
    if (isOutput(value) && Array.isArray(value.dependencies)) {
      for (const urn of value.dependencies) if (typeof urn === "string") found.add(urn);
    }
    for (const key in value) outputDependencies(value[key], found);
  }
  return found;
}

/** Marks an output secret when the input of the same name holds one, for providers that cannot carry secrets. */
export function annotateSecrets(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
  const result = { ...outputs };
  for (const key in inputs) {
    const input = inputs[key]!;
    const output = result[key];
    if (output === undefined) continue;
    if (isPlainObject(output) && isPlainObject(input)) result[key] = annotateSecrets(output, input);
    else if (!isSecret(output) && containsSecrets(input)) result[key] = makeSecret(output);
  }
  return result;
}

/** The value with every secret and output wrapper removed, for comparisons by value. */
export const plainValue = (value: PropertyValue): PropertyValue =>
  marshal(value, { unknowns: true, resources: true }) ?? null;

/** The value as it may be shown: secrets as `[secret]`, unknowns as `[unknown]`. */
export function displayValue(value: PropertyValue): PropertyValue {
  if (isUnknown(value)) return "[unknown]";
  if (Array.isArray(value)) return value.map(displayValue);
  if (!isObject(value)) return value;
  const signature = signatureOf(value);
  if (signature === Signature.Secret || (signature === Signature.Output && value.secret === true)) return "[secret]";
  if (signature === Signature.Output) return "value" in value ? displayValue(value.value ?? null) : "[unknown]";
  if (signature === Signature.Resource) return value.urn ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, displayValue(inner)]));
}
