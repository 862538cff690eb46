/**
 * The values of one namespace by their bare keys. Pulumi hands scalars over as text and lists and objects as JSON.
 *
 * @param namespace with its colon, such as `mrgc:`
 */
export function rawSettings(namespace: string, config: Record<string, string>): Record<string, unknown> {
  const raw: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    if (key.startsWith(namespace)) {
      raw[key.slice(namespace.length)] = parsed(value);
    }
  }
  return raw;
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
