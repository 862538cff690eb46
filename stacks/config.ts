import * as pulumi from "@pulumi/pulumi";
import { rawSettings } from "./raw-settings.ts";
import { type GlobalSettings, parseSettings, type RegionSettings, SettingsError } from "./settings.ts";

/**
 * Reads and checks this stack's configuration; nothing else does. All keys of the project's namespace are read, so that
 * a misspelt one is told rather than ignored.
 *
 * @throws pulumi.RunError, which prints without a stack trace, when a value cannot be used.
 */
export function readConfig(): RegionSettings | GlobalSettings {
  try {
    return parseSettings(pulumi.getStack(), rawSettings(`${pulumi.getProject()}:`, pulumi.runtime.allConfig()));
  } catch (error) {
    throw error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
  }
}
