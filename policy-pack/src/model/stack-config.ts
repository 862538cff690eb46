/**
 * A setting that the stack's own configuration has for the pack, under the namespace `policy`: `pulumi config set policy:acknowledge
 * '["mrgc-gpu-nlb"]'`. The engine gives a pack the stack's configuration in its environment.
 */
export function stackSetting(name: string, environment: NodeJS.ProcessEnv = process.env): unknown {
  const config = parse(environment["PULUMI_CONFIG"]);
  const value = config instanceof Object ? (config as Record<string, unknown>)[`policy:${name}`] : undefined;
  return typeof value === "string" ? (parse(value) ?? value) : value;
}

/** Names in the stack's configuration: a list, or one alone. */
export function stackNames(name: string, environment?: NodeJS.ProcessEnv): string[] {
  const value = stackSetting(name, environment);
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === "string");
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
