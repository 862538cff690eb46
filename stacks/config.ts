import * as pulumi from "@pulumi/pulumi";
import { type GlobalSettings, parseSettings, type RegionSettings, SettingsError } from "./settings.ts";

/**
 * Reads and checks this stack's configuration; nothing else does. All keys of the project's namespace are read, so that
 * a misspelt one is told rather than ignored.
 *
 * @throws pulumi.RunError, which prints without a stack trace, when a value cannot be used.
 */
export function readConfig(): RegionSettings | GlobalSettings {
  const namespace = `${pulumi.getProject()}:`;
  const raw: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
    if (key.startsWith(namespace)) {
      raw[key.slice(namespace.length)] = fromPulumi(value);
    }
  }
  try {
    return parseSettings(pulumi.getStack(), raw);
  } catch (error) {
    throw error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
  }
}

/** Pulumi hands scalars over as text and lists and objects as JSON. */
function fromPulumi(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
