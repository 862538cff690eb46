import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** A stack's settings as its file has them, by bare key. */
export function settingsOf(stack: string): Record<string, unknown> {
  const file = readFileSync(join(import.meta.dirname, "config", `Pulumi.${stack}.yaml`), "utf8");
  const { config } = parse(file) as { config: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^mrgc:/, ""), value]));
}
