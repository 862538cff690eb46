import * as pulumi from "@pulumi/pulumi";
import { rawSettings } from "./raw-settings.ts";
import {
  type GlobalSettings,
  parseSettings,
  refusePlainSecrets,
  type RegionSettings,
  SettingsError,
} from "./settings.ts";

/**
 * Reads and checks this stack's configuration; nothing else does. All keys of the project's namespace are read, so that
 * a misspelt one is told rather than ignored.
 *
 * @throws pulumi.RunError, which prints without a stack trace, when a value cannot be used.
 */
export function readConfig(): RegionSettings | GlobalSettings {
  const namespace = `${pulumi.getProject()}:`;
  try {
    const raw = rawSettings(namespace, pulumi.runtime.allConfig());
    refusePlainSecrets(pulumi.getStack(), raw, (key) => encryptedKeys().includes(`${namespace}${key}`));
    return parseSettings(pulumi.getStack(), raw);
  } catch (error) {
    throw error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
  }
}

/** Full keys of what the stack's file has encrypted, as the engine tells every program. */
function encryptedKeys(): string[] {
  return JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]") as string[];
}
