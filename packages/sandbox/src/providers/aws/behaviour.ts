import { digest, type Cloud } from "../../cloud/cloud.ts";
import { isUnknown, unwrapSecret, type PropertyMap, type PropertyValue } from "../../engine/values.ts";
import type { Refusal } from "../../schema/validate.ts";
import type { AutoName } from "../auto-name.ts";

/** The account that everything in the sandbox belongs to: the example account of AWS's documentation. */
export const account = "123456789012";

/** What a type's behaviour can look at. */
export interface Scene {
  readonly urn: string;
  readonly type: string;
  readonly region: string;
  readonly partition: string;
  readonly inputs: PropertyMap;
  readonly cloud: Cloud;
  /** `length` hexadecimal digits that belong to this object; other digits for another `salt`. */
  hex(length: number, salt?: string): string;
}

/** What the SDK does not say about a type. Everything is optional: the generic model serves where nothing is said. */
export interface Behaviour {
  /** `vpc-` gives IDs such as `vpc-0a1b2c3d4e5f60718`. */
  readonly idPrefix?: string;
  /** Any other form of ID. */
  readonly id?: (scene: Scene) => string;
  readonly arn?: (scene: Scene, id: string) => string;
  /** Inputs whose change replaces, beyond those whose doc comment says so. */
  readonly replaceOn?: readonly string[];
  /** Inputs that are changed in place although their doc comment speaks of replacement. */
  readonly inPlace?: readonly string[];
  /** Changes that replace under a condition: the inputs concerned. */
  readonly replaceWhen?: (old: PropertyMap, inputs: PropertyMap) => readonly string[];
  /** How the physical name is made; `false` where the type's `name` is not made up. */
  readonly autoName?: AutoName | false;
  /** The input whose value no two objects of a region may share. */
  readonly unique?: string;
  /** Output values where the program gives none. */
  readonly defaults?: PropertyMap;
  readonly outputs?: (scene: Scene, id: string) => PropertyMap;
  /** What AWS itself would refuse. */
  readonly check?: (scene: Scene) => Refusal[];
}

/** The string that a property holds; undefined where it is absent or not known yet. */
export function text(value: PropertyValue | undefined): string | undefined {
  const plain = unwrapSecret(value);
  return typeof plain === "string" && !isUnknown(plain) ? plain : undefined;
}

/** The number that a property holds. */
export function number(value: PropertyValue | undefined): number | undefined {
  const plain = unwrapSecret(value);
  return typeof plain === "number" ? plain : undefined;
}

/** The known strings in a list. */
export function texts(value: PropertyValue | undefined): string[] {
  const plain = unwrapSecret(value);
  return Array.isArray(plain) ? plain.flatMap((item) => text(item) ?? []) : [];
}

/** Makes the function that gives an object its digits. */
export function hexFor(urn: string, generation: number): Scene["hex"] {
  return (length, salt = "") => digest(`${urn}#${generation}#${salt}`, length);
}

/** An ARN in the scene's region and account. */
export function arn(scene: Scene, service: string, resource: string, region = scene.region): string {
  return `arn:${scene.partition}:${service}:${region}:${account}:${resource}`;
}

/** A private or public IPv4 address that belongs to the object. */
export function address(scene: Scene, network: string, salt: string): string {
  const bytes = Buffer.from(scene.hex(4, salt), "hex");
  return `${network}.${bytes[0] ?? 0}.${Math.min(254, Math.max(4, bytes[1] ?? 4))}`;
}
