import type * as pulumi from "@pulumi/pulumi";
import { plainInputs, type PropertySpec, type TypeSpecs } from "./plain-inputs.ts";

/** The part of a Pulumi package schema that constructing needs. */
export interface PackageSchema {
  /** Name of the package, the first part of its tokens. */
  name: string;
  /** Components by token, such as `mrgc:index:Network`, with their outputs and inputs. */
  resources: Record<string, { properties: Record<string, unknown>; inputProperties?: Record<string, PropertySpec> }>;
  /** Types of their inputs, by token. */
  types?: TypeSpecs;
}

/** A component's class, as a plugin calls it with arguments that came over the wire. */
export type ComponentClass = new (
  name: string,
  args: never,
  opts?: pulumi.ComponentResourceOptions,
) => pulumi.ComponentResource;

/**
 * Builds components for programs in other languages.
 *
 * Pulumi's own `componentProviderHost` would read the schema from TypeScript sources at every start, which takes seconds and
 * needs sources that the package does not carry; here the schema is one that the build made with the same analyzer.
 */
export class ComponentProvider implements pulumi.provider.Provider {
  readonly version: string;
  /** The package's schema as JSON, with the version in it: what `pulumi package get-schema` shows. */
  readonly schema: string;
  readonly #resources: PackageSchema["resources"];
  readonly #types: TypeSpecs;
  readonly #classes: Record<string, unknown>;

  /**
   * @param schema the package's schema, without a version
   * @param version the package's version
   * @param classes the components by class name: a module's exports, of which the schema says which are components
   */
  constructor(schema: PackageSchema, version: string, classes: Record<string, unknown>) {
    this.version = version;
    this.schema = JSON.stringify({ ...schema, version });
    this.#resources = schema.resources;
    this.#types = schema.types ?? {};
    this.#classes = classes;
  }

  /**
   * @throws Error when the package has no such component, what the component's constructor throws, and
   *   pulumi.InputPropertiesError where a plan depends on what is not known yet
   */
  async construct(
    name: string,
    type: string,
    inputs: pulumi.Inputs,
    options: pulumi.ComponentResourceOptions,
  ): Promise<pulumi.provider.ConstructResult> {
    const resource = this.#resources[type];
    if (resource === undefined) {
      throw new Error(`There is no component ${type}; there are ${Object.keys(this.#resources).join(", ")}.`);
    }
    const Component = this.#classes[type.slice(type.lastIndexOf(":") + 1)] as ComponentClass;
    const args = await plainInputs(inputs, resource.inputProperties ?? {}, this.#types);
    const component = new Component(name, args as never, options);
    const outputs = component as unknown as Record<string, pulumi.Input<unknown>>;
    return {
      urn: component.urn,
      state: Object.fromEntries(Object.keys(resource.properties).map((key) => [key, outputs[key]])),
    };
  }
}
