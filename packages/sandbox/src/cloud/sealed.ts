import { createHash } from "node:crypto";
import {
  isObject,
  isSecret,
  signatureKey,
  Signature,
  unwrapSecret,
  type PropertyMap,
  type PropertyValue,
} from "../engine/values.ts";

/**
 * The bag with every secret replaced by a digest of it: enough to see whether it changed, and never the value itself, so
 * that the simulated cloud's files hold no secret in clear.
 */
export function sealSecrets(map: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, seal(value)]));
}

function seal(value: PropertyValue): PropertyValue {
  if (isSecret(value)) return sealed(value);
  if (Array.isArray(value)) return value.map(seal);
  return isObject(value) ? sealSecrets(value) : value;
}

function sealed(value: PropertyMap): PropertyMap {
  if (!("value" in value)) return value;
  const digest = createHash("sha256")
    .update(JSON.stringify(unwrapSecret(value)))
    .digest("hex");
  return { [signatureKey]: Signature.Secret, sealed: digest };
}

/** Puts back the secrets that the caller's own bag holds; those that it does not know become an empty secret. */
export function restoreSecrets(map: PropertyMap, known: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, restore(value, known[name])]));
}

function restore(value: PropertyValue, known: PropertyValue | undefined): PropertyValue {
  if (isSecret(value)) {
    if ("value" in value) return value;
    const same = isSecret(known) && sealed(known).sealed === value.sealed;
    return same ? known : { [signatureKey]: Signature.Secret, value: "" };
  }
  if (Array.isArray(value)) return value.map((item, at) => restore(item, Array.isArray(known) ? known[at] : undefined));
  return isObject(value) ? restoreSecrets(value, isObject(known) ? known : {}) : value;
}
