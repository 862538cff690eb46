import { interfaceOpen, membersAt, type Declaration } from "./declarations.ts";
import { listedValues, saysForceNew } from "./hints.ts";
import type { SdkPackage } from "./sdk-package.ts";
import { parseShape, type Shape } from "./shapes.ts";

/** One input or output property. */
export interface Property {
  readonly name: string;
  readonly required: boolean;
  readonly shape: Shape;
  /** The complete list of values that the doc comment gives, if it does. */
  readonly values?: readonly string[];
}

/** What the SDK says about a resource type. */
export interface ResourceSchema {
  readonly token: string;
  readonly inputs: ReadonlyMap<string, Property>;
  /** Every output; `required` says that it always has a value. */
  readonly outputs: ReadonlyMap<string, Property>;
  /** Inputs whose doc comment says that a change replaces the resource. */
  readonly replaceOn: ReadonlySet<string>;
  /** Outputs that the SDK marks as secret. */
  readonly secretOutputs: readonly string[];
  /** Former type tokens of the resource. */
  readonly typeAliases: readonly string[];
  /** Constant inputs that the SDK sends, such as a Kubernetes kind. */
  readonly constants: ReadonlyMap<string, string>;
}

/** Reads the schema of the resource type `token` from the declaration file at `path` (without `.d.ts`); undefined where there is none. */
export function readResourceSchema(sdk: SdkPackage, token: string, path: string): ResourceSchema | undefined {
  const declarations = sdk.text(`${path}.d.ts`);
  const script = sdk.text(`${path}.js`);
  if (declarations === undefined || script?.includes(`__pulumiType = '${token}'`) !== true) return undefined;
  const className = token.slice(token.lastIndexOf(":") + 1);
  const argsOpen = interfaceOpen(declarations, `${className}Args`);
  const inputs = argsOpen < 0 ? [] : membersAt(declarations, argsOpen);
  const classAt = declarations.indexOf(`export declare class ${className} `);
  const outputs = classAt < 0 ? [] : membersAt(declarations, declarations.indexOf("{", classAt));
  return {
    token,
    inputs: properties(inputs),
    outputs: properties(outputs.filter(({ type }) => type.startsWith("pulumi.Output<"))),
    replaceOn: new Set(inputs.filter(({ doc }) => saysForceNew(doc)).map(({ name }) => name)),
    secretOutputs: quoted(/const secretOpts = \{ additionalSecretOutputs: \[([^\]]*)\]/.exec(script)?.[1]),
    typeAliases: [...(/const aliasOpts = (.*);/.exec(script)?.[1]?.matchAll(/type: "([^"]+)"/g) ?? [])].map(
      (match) => match[1] ?? "",
    ),
    constants: new Map(
      [...script.matchAll(/resourceInputs\["(\w+)"\] = "([^"]*)";/g)].map((match) => [match[1] ?? "", match[2] ?? ""]),
    ),
  };
}

/** The properties of an object type, by name. */
export function properties(declarations: readonly Declaration[]): Map<string, Property> {
  return new Map(
    declarations.map((declaration) => {
      const shape = parseShape(declaration.type);
      const values = shape.kind === "string" ? listedValues(declaration.doc) : undefined;
      const required = !declaration.optional && !/\| undefined>$/.test(declaration.type);
      return [declaration.name, { name: declaration.name, required, shape, ...(values ? { values } : {}) }];
    }),
  );
}

function quoted(list: string | undefined): string[] {
  return [...(list ?? "").matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "");
}
