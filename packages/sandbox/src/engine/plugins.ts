/** Where the providers of a run are: those of the sandbox, and those that the environment attaches. */
import { join } from "node:path";
import { UserError } from "./model.ts";

export interface Plugins {
  /** `host:port` by package. */
  addresses: Readonly<Record<string, string>>;
  /** What PULUMI_DEBUG_PROVIDERS has to say for a CLI to find them. */
  environment: string;
  stop(): Promise<void>;
}

/** Reads `aws:1234,kubernetes:5678`. */
export function parseAttached(text: string): Record<string, number> {
  const pairs = text.split(",").filter((part) => part !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, port] = /^([^:]+):(\d+)$/.exec(pair.trim()) ?? [];
      if (!name) throw new UserError(`PULUMI_DEBUG_PROVIDERS has "${pair}"; expected package:port`);
      return [name, Number(port)];
    }),
  );
}

/** The simulated cloud of the embedded engine's stacks, and the one that a CLI works on: each engine has a state of its own. */
export type CloudName = "cloud" | "backend-cloud";

/** Starts the sandbox's providers; what PULUMI_DEBUG_PROVIDERS names takes their place. */
export async function startPlugins(stateDirectory: string, cloud: CloudName = "cloud"): Promise<Plugins> {
  const attached = parseAttached(process.env.PULUMI_DEBUG_PROVIDERS ?? "");
  const { startProviders } = await import("../providers/index.ts");
  const own = await startProviders({ cloudDir: join(stateDirectory, cloud) });
  const ports: Record<string, number> = { ...own.ports, ...attached };
  return {
    addresses: Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, `127.0.0.1:${port}`])),
    environment: Object.entries(ports)
      .map(([name, port]) => `${name}:${port}`)
      .join(","),
    stop: () => own.stop(),
  };
}
