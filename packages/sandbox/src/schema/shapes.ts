/** What a property may hold, as far as the SDK's declarations say. */
export type Shape =
  | { readonly kind: "string" | "number" | "boolean" | "any" | "asset" }
  | { readonly kind: "literal"; readonly value: string }
  | { readonly kind: "array" | "map"; readonly item: Shape }
  /** An object type of `types/input.d.ts`, such as `lb.TargetGroupHealthCheck`; read when a value is checked against it. */
  | { readonly kind: "object"; readonly name: string }
  /** An enumeration of `types/enums`, such as `rds.EngineMode`. */
  | { readonly kind: "enum"; readonly name: string }
  | { readonly kind: "union"; readonly options: readonly Shape[] };

const tokenPattern = /\s*([A-Za-z_][\w.]*|"[^"]*"|[<>[\]{}():;|,?])/y;

/** Parses a property's type as the generated SDKs write it: `pulumi.Input<pulumi.Input<inputs.ec2.Route>[] | undefined>`. */
export function parseShape(source: string): Shape {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  for (let match = tokenPattern.exec(source); match; match = tokenPattern.exec(source)) {
    tokens.push(match[1] ?? "");
  }
  let at = 0;
  const take = (): string => tokens[at++] ?? "";
  const skip = (token: string): boolean => {
    if (tokens[at] !== token) return false;
    at++;
    return true;
  };

  function union(): Shape {
    const options: Shape[] = [];
    do {
      const option = postfix();
      if (option) options.push(option);
    } while (skip("|"));
    const [only] = options;
    return options.length === 1 && only ? only : options.length === 0 ? { kind: "any" } : { kind: "union", options };
  }

  function postfix(): Shape | undefined {
    let shape = primary();
    while (tokens[at] === "[" && tokens[at + 1] === "]") {
      at += 2;
      shape = { kind: "array", item: shape ?? { kind: "any" } };
    }
    return shape;
  }

  function primary(): Shape | undefined {
    const token = take();
    if (token === "{") {
      // { [key: string]: T; }
      while (tokens[at] !== undefined && !(tokens[at - 1] === "]" && tokens[at] === ":")) at++;
      at++;
      const item = union();
      skip(";");
      skip("}");
      return { kind: "map", item };
    }
    if (token === "(") {
      const inner = union();
      skip(")");
      return inner;
    }
    if (token.startsWith('"')) return { kind: "literal", value: token.slice(1, -1) };
    if (skip("<")) {
      const inner = union();
      while (skip(",")) union();
      skip(">");
      return token === "pulumi.Input" || token === "pulumi.Output" ? inner : { kind: "any" };
    }
    return named(token);
  }

  return union();
}

function named(token: string): Shape | undefined {
  switch (token) {
    case "undefined":
    case "null":
      return undefined;
    case "string":
    case "number":
    case "boolean":
      return { kind: token };
    // A resource given for an ID or ARN travels as that string; ARN is a name for string.
    case "ARN":
    case "Role":
    case "User":
    case "Group":
    case "Bucket":
    case "Topic":
    case "Function":
    case "LogGroup":
    case "InstanceProfile":
      return { kind: "string" };
    default:
      if (/^(inputs|outputs)\./.test(token)) return { kind: "object", name: token.slice(token.indexOf(".") + 1) };
      if (token.startsWith("enums.")) return { kind: "enum", name: token.slice("enums.".length) };
      if (token.startsWith("pulumi.asset.")) return { kind: "asset" };
      return { kind: "any" };
  }
}
