import { readConfig } from "./config.ts";

/** One program for four stacks: what a stack is says its configuration (`mrgc:role`). */
export default async function program(): Promise<Record<string, unknown>> {
  const settings = readConfig();
  if (settings.role === "global") {
    const { globalStack } = await import("./global.ts");
    return globalStack(settings);
  }
  const { regionStack } = await import("./region.ts");
  return regionStack(settings);
}
