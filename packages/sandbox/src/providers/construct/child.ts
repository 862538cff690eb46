import { createRequire } from "node:module";
import type * as PulumiModule from "@pulumi/pulumi";
import type { Inputs, Pulumi } from "./sdk-server.ts";

const require = createRequire(import.meta.url);

/** A child of a remote component, with those of its outputs that were asked for. */
export type Child<Outputs extends string = never> = PulumiModule.CustomResource &
  Record<Outputs, PulumiModule.Output<never>>;

const versions = new Map<string, string>();

/** The version that the installed SDK of a package asks for, as its constructors do. */
export function sdkVersionOf(packageName: string): string {
  let version = versions.get(packageName);
  if (version === undefined) {
    version = (require(`@pulumi/${packageName}/package.json`) as { version: string }).version;
    versions.set(packageName, version);
  }
  return version;
}

/**
 * Registers a resource of another provider by its token, as that provider's SDK would, without loading the SDK.
 *
 * @param outputs names of computed outputs that the component reads
 */
export function child<Outputs extends string = never>(
  pulumi: Pulumi,
  token: string,
  name: string,
  inputs: Inputs,
  options: PulumiModule.CustomResourceOptions,
  outputs: readonly Outputs[] = [],
): Child<Outputs> {
  const wanted = Object.fromEntries(outputs.map((output) => [output, undefined]));
  const [first = "", , third = ""] = token.split(":");
  const version = sdkVersionOf(first === "pulumi" ? third : first);
  const { CustomResource } = pulumi as unknown as {
    // The SDK calls the class abstract; its packages' resources add no more than their types.
    CustomResource: new (token: string, name: string, inputs: Inputs, options: object) => Child<Outputs>;
  };
  return new CustomResource(token, name, { ...wanted, ...inputs }, { version, ...options });
}

/** A component that is built here: its own registration, without inputs, as the published plugins do it. */
export function component(
  pulumi: Pulumi,
  token: string,
  name: string,
  options: PulumiModule.ComponentResourceOptions,
): PulumiModule.ComponentResource {
  return new pulumi.ComponentResource(token, name, {}, options);
}
