import * as pulumi from "@pulumi/pulumi";

/** What a Pulumi package schema says of a property. */
export interface PropertySpec {
  /** Whether the value has to be there when the component is constructed. */
  plain?: boolean;
  /** A type of the package, as `#/types/mrgc:index:Tenant`. */
  $ref?: string;
  items?: PropertySpec;
  additionalProperties?: PropertySpec;
}

/** Properties of the package's types, by token. */
export type TypeSpecs = Record<string, { properties?: Record<string, PropertySpec> }>;

/**
 * The inputs as a component takes them. Python and YAML hand over whatever comes from another resource as an output, also
 * where its value is known: where a plan needs the value it is taken out.
 *
 * @throws pulumi.InputPropertiesError naming every property whose value a plan needs and does not have yet
 */
export async function plainInputs(
  inputs: pulumi.Inputs,
  properties: Record<string, PropertySpec>,
  types: TypeSpecs,
): Promise<pulumi.Inputs> {
  const errors: pulumi.InputPropertyErrorDetails[] = [];
  const within = async (
    value: Record<string, unknown>,
    specOf: (key: string) => PropertySpec | undefined,
    path: string,
  ): Promise<Record<string, unknown>> =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(value).map(async ([key, entry]) => [
          key,
          await taken(entry, specOf(key) ?? {}, path === "" ? key : `${path}.${key}`),
        ]),
      ),
    ) as Record<string, unknown>;
  const taken = async (value: unknown, spec: PropertySpec, path: string): Promise<unknown> => {
    if (pulumi.Output.isInstance(value)) {
      if (spec.plain !== true) {
        return value;
      }
      const [known, secret] = await Promise.all([isKnown(value), pulumi.isSecret(value)]);
      if (known && !secret) {
        return taken(await valueOf(value), spec, path);
      }
      errors.push({ propertyPath: path, reason: secret ? secretReason : unknownReason });
      return undefined;
    }
    if (Array.isArray(value)) {
      return Promise.all(value.map((entry, index) => taken(entry, spec.items ?? {}, `${path}[${index}]`)));
    }
    if (value === null || typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) {
      return value;
    }
    const fields = types[spec.$ref?.replace("#/types/", "") ?? ""]?.properties;
    return within(value as Record<string, unknown>, (key) => fields?.[key] ?? spec.additionalProperties, path);
  };
  const plain = await within(inputs, (key) => properties[key], "");
  if (errors.length > 0) {
    throw new pulumi.InputPropertiesError({ message: "Not known before `up`, and a plan depends on it", errors });
  }
  return plain;
}

const unknownReason =
  "comes from a resource that does not exist yet, and a plan depends on its value. Write the value down, or take it from the configuration or another stack.";
const secretReason =
  "is a secret, and plans are printed. Give it as a plain value, or the ARN of a secret where there is an argument for it.";

/** The SDK has no function for it. */
function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { isKnown: Promise<boolean> }).isKnown;
}

function valueOf(output: pulumi.Output<unknown>): Promise<unknown> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}
