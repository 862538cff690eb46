/** A policy pack's folder: its description, and what runs it. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { readYaml } from "../project/project.ts";
import { UserError } from "./model.ts";

/** Reads the runtime's options of the pack in a folder. */
export function readPackOptions(directory: string): Record<string, unknown> {
  const path = join(directory, "PulumiPolicy.yaml");
  if (!existsSync(path)) throw new UserError(`no policy pack in ${directory}: expected a PulumiPolicy.yaml there`);
  const { runtime } = readYaml(path) as { runtime?: string | { name?: string; options?: Record<string, unknown> } };
  const { name, options = {} } = typeof runtime === "object" ? runtime : { name: runtime };
  if (name !== "nodejs")
    throw new UserError(`${path}: runtime ${JSON.stringify(name)}; the embedded engine runs nodejs policy packs`);
  return options;
}

/** The SDK script that runs the pack. */
export function locateRunner(directory: string): string {
  try {
    return createRequire(join(directory, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
  } catch {
    throw new UserError(
      `the policy pack in ${directory} has no @pulumi/pulumi: install its dependencies (npm install)`,
    );
  }
}
