/** The CLI's deployment format, version 3: `pulumi stack import --file` takes it, `pulumi policy analyze --file` reads it. */
import { createHash } from "node:crypto";
import { emptyState, UserError, type HookBindings, type ResourceState, type Timeouts } from "../engine/model.ts";
import { sdkVersion } from "../engine/protocol.ts";
import { isUrn } from "../engine/urn.ts";
import {
  canonicalReference,
  isObject,
  Signature,
  signatureKey,
  signatureOf,
  unknownValue,
  type PropertyMap,
  type PropertyValue,
} from "../engine/values.ts";
import type { Crypter } from "./crypter.ts";

/** One resource as the file holds it; fields at their empty value are left out. */
export interface ResourceV3 {
  urn: string;
  custom: boolean;
  type: string;
  [field: string]: unknown;
}

export interface Operation {
  resource: ResourceV3;
  type: "creating" | "updating" | "deleting" | "reading" | "importing";
}

export interface DeploymentV3 {
  manifest: { time: string; magic: string; version: string };
  secrets_providers?: { type: string; state?: { salt?: string } };
  resources?: ResourceV3[];
  pending_operations?: Operation[];
  metadata?: Record<string, unknown>;
}

export interface DeploymentFile {
  version: 3;
  deployment: DeploymentV3;
}

/** What the CLI writes for a value that was unknown when a checkpoint was written. */
const computedPlaceholder = unknownValue;

export function serializeValue(value: PropertyValue, crypter: Crypter | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => serializeValue(item, crypter));
  if (!isObject(value)) return value;
  switch (signatureOf(value)) {
    case Signature.Secret: {
      const text = JSON.stringify(serializeValue(value.value ?? null, undefined));
      if (!crypter) return { [signatureKey]: Signature.Secret, plaintext: text };
      return { [signatureKey]: Signature.Secret, ciphertext: crypter.encrypt(text) };
    }
    case Signature.Output:
      return serializeValue("value" in value ? (value.value ?? null) : computedPlaceholder, crypter);
    case Signature.Resource:
      return {
        [signatureKey]: Signature.Resource,
        urn: value.urn,
        packageVersion: value.packageVersion ?? "",
        ...(typeof value.id === "string" && value.id !== "" ? { id: value.id } : {}),
      };
    default:
      return serializeMap(value, crypter);
  }
}

export const serializeMap = (map: PropertyMap, crypter: Crypter | undefined): Record<string, unknown> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, serializeValue(value, crypter)]));

function deserializeValue(value: unknown, crypter: Crypter | undefined): PropertyValue {
  if (Array.isArray(value)) return value.map((item) => deserializeValue(item, crypter));
  if (typeof value !== "object" || value === null) return value as PropertyValue;
  const map = value as Record<string, unknown>;
  if (map[signatureKey] === Signature.Secret) {
    const text = typeof map.plaintext === "string" ? map.plaintext : crypter?.decrypt(String(map.ciphertext));
    if (text === undefined) throw new UserError("the checkpoint holds encrypted values but names no secrets provider");
    return { [signatureKey]: Signature.Secret, value: deserializeValue(JSON.parse(text), crypter) };
  }
  const result = deserializeMap(map, crypter);
  return signatureOf(result) === Signature.Resource ? canonicalReference(result) : result;
}

const deserializeMap = (map: Record<string, unknown>, crypter: Crypter | undefined): PropertyMap =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, deserializeValue(value, crypter)]));

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  value === false ||
  (Array.isArray(value) ? value.length === 0 : typeof value === "object" && Object.keys(value).length === 0);

/** A state as the file holds it. Without a crypter, secrets are written as plaintext: only for `export --show-secrets`. */
export function serializeResource(state: ResourceState, crypter: Crypter | undefined): ResourceV3 {
  const optional = {
    delete: state.delete,
    id: state.id,
    inputs: serializeMap(state.inputs, crypter),
    outputs: serializeMap(state.outputs, crypter),
    parent: state.parent,
    protect: state.protect,
    taint: state.taint,
    external: state.external,
    dependencies: state.dependencies,
    initErrors: state.initErrors,
    provider: state.provider,
    propertyDependencies: state.propertyDependencies,
    pendingReplacement: state.pendingReplacement,
    additionalSecretOutputs: state.additionalSecretOutputs,
    aliases: state.aliases,
    customTimeouts: Object.fromEntries(Object.entries(state.timeouts).filter(([, seconds]) => seconds)),
    importID: state.importId,
    retainOnDelete: state.retainOnDelete,
    deletedWith: state.deletedWith,
    replaceWith: state.replaceWith,
    created: state.created,
    modified: state.modified,
    sourcePosition: state.sourcePosition,
    ignoreChanges: state.ignoreChanges,
    hideDiff: state.hideDiffs,
    replaceOnChanges: state.replaceOnChanges,
    replacementTrigger: serializeValue(state.replacementTrigger, crypter),
    refreshBeforeUpdate: state.refreshBeforeUpdate,
    resourceHooks: state.hooks,
  };
  const filled = Object.entries(optional).filter(([, value]) => !isEmpty(value));
  return { urn: state.urn, custom: state.custom, type: state.type, ...Object.fromEntries(filled) };
}

export function deserializeResource(resource: ResourceV3, crypter: Crypter | undefined): ResourceState {
  const field = <T>(name: string, fallback: T): T => (resource[name] as T | undefined) ?? fallback;
  return {
    ...emptyState(resource.urn, resource.type, resource.custom),
    id: field("id", ""),
    inputs: deserializeMap(field("inputs", {}), crypter),
    outputs: deserializeMap(field("outputs", {}), crypter),
    parent: field("parent", ""),
    provider: field("provider", ""),
    protect: field("protect", false),
    external: field("external", false),
    delete: field("delete", false),
    pendingReplacement: field("pendingReplacement", false),
    taint: field("taint", false),
    dependencies: field<string[]>("dependencies", []),
    propertyDependencies: field<Record<string, string[]>>("propertyDependencies", {}),
    initErrors: field<string[]>("initErrors", []),
    additionalSecretOutputs: field<string[]>("additionalSecretOutputs", []),
    aliases: field<string[]>("aliases", []),
    timeouts: field<Timeouts>("customTimeouts", {}),
    importId: field("importID", ""),
    retainOnDelete: field("retainOnDelete", false),
    deletedWith: field("deletedWith", ""),
    replaceWith: field<string[]>("replaceWith", []),
    ignoreChanges: field<string[]>("ignoreChanges", []),
    hideDiffs: field<string[]>("hideDiff", []),
    replaceOnChanges: field<string[]>("replaceOnChanges", []),
    replacementTrigger: deserializeValue(field<unknown>("replacementTrigger", null), crypter),
    refreshBeforeUpdate: field("refreshBeforeUpdate", false),
    hooks: field<HookBindings>("resourceHooks", {}),
    sourcePosition: field("sourcePosition", ""),
    ...(resource.created ? { created: field("created", "") } : {}),
    ...(resource.modified ? { modified: field("modified", "") } : {}),
  };
}

const engineVersion = `v${sdkVersion}`;

/** A whole file around resources that are already in the file's form. */
export function makeFile(resources: ResourceV3[], operations: Operation[], salt: string | undefined): DeploymentFile {
  return {
    version: 3,
    deployment: {
      manifest: {
        time: new Date().toISOString(),
        magic: createHash("sha256").update(engineVersion).digest("hex"),
        version: engineVersion,
      },
      ...(salt ? { secrets_providers: { type: "passphrase", state: { salt } } } : {}),
      resources,
      ...(operations.length > 0 ? { pending_operations: operations } : {}),
      metadata: {},
    },
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isResource = (value: unknown): boolean =>
  isRecord(value) && typeof value.type === "string" && typeof value.urn === "string" && isUrn(value.urn);

/**
 * Reads a file.
 *
 * @throws UserError when it is no deployment of version 3, with the resource that is not readable
 */
export function parseFile(text: string, path: string): DeploymentFile {
  const wanted = "expected a deployment of version 3 as `pulumi stack export` writes it";
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path} is not JSON: ${(error as Error).message}; ${wanted}`);
  }
  if (!isRecord(file) || file.version !== 3)
    throw new UserError(
      `${path}: ${wanted}, found ${isRecord(file) ? `version ${String(file.version)}` : typeof file}`,
    );
  const { deployment } = file;
  if (!isRecord(deployment))
    throw new UserError(`${path}: ${wanted}; its "deployment" is ${JSON.stringify(deployment)}`);
  const resources = deployment.resources ?? [];
  if (!Array.isArray(resources)) throw new UserError(`${path}: ${wanted}; its "resources" are no list`);
  const wrong = resources.findIndex((resource) => !isResource(resource));
  if (wrong >= 0) throw new UserError(`${path}: ${wanted}; resource ${wrong + 1} has no type or no URN`);
  return file as unknown as DeploymentFile;
}
