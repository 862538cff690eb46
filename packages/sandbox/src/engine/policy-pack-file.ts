/** A policy pack's folder: its description, and what runs it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { UserError } from "./model.ts";

/** What PulumiPolicy.yaml says. */
export interface PackFile {
  runtime: { options: Record<string, unknown> };
  version: string | undefined;
}

/** Reads the description of the pack in a folder. */
export function readPackFile(directory: string): PackFile {
  const path = join(directory, "PulumiPolicy.yaml");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new UserError(`no policy pack in ${directory}: expected a PulumiPolicy.yaml there`);
  }
  const file = (parseDocument(text).toJS() ?? {}) as {
    runtime?: string | { name?: string; options?: Record<string, unknown> };
    version?: string;
  };
  const name = typeof file.runtime === "string" ? file.runtime : file.runtime?.name;
  if (name !== "nodejs")
    throw new UserError(`${path}: runtime ${JSON.stringify(name)}; the embedded engine runs nodejs policy packs`);
  return {
    runtime: { options: (typeof file.runtime === "object" && file.runtime.options) || {} },
    version: file.version,
  };
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
