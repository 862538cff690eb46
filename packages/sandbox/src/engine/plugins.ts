/** Where the providers of a run are: those of the sandbox, and those that the environment attaches. */
import { join } from "node:path";
import type { ProviderEndpoint } from "./in-process-provider.ts";
import { UserError } from "./model.ts";

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

const attached = (): Record<string, number> => parseAttached(process.env.PULUMI_DEBUG_PROVIDERS ?? "");

/** Providers of the embedded engine. */
export interface OpenPlugins {
  /** By package. */
  endpoints: Readonly<Record<string, ProviderEndpoint>>;
  close(): void;
}

/** Opens the sandbox's providers in this process; what PULUMI_DEBUG_PROVIDERS names takes their place. */
export async function openPlugins(stateDirectory: string): Promise<OpenPlugins> {
  const others = attached();
  const { openProviders } = await import("../providers/index.ts");
  const own = openProviders({ cloudDir: join(stateDirectory, "cloud") });
  const addresses = Object.entries(others).map(([name, port]) => [name, `127.0.0.1:${port}`]);
  return { endpoints: { ...own.services, ...Object.fromEntries(addresses) }, close: () => own.close() };
}

/** Providers that listen for a CLI. */
export interface ListeningPlugins {
  /** What PULUMI_DEBUG_PROVIDERS has to say for the CLI to find them. */
  debugProviders: string;
  stop(): Promise<void>;
}

/**
 * Starts the sandbox's providers for a CLI; what PULUMI_DEBUG_PROVIDERS names takes their place. The CLI's stacks have
 * another checkpoint than the embedded engine's, and so a simulated cloud of their own.
 */
export async function startPlugins(stateDirectory: string): Promise<ListeningPlugins> {
  const others = attached();
  const { startProviders } = await import("../providers/index.ts");
  const own = await startProviders({ cloudDir: join(stateDirectory, "backend-cloud") });
  const ports: Record<string, number> = { ...own.ports, ...others };
  return {
    debugProviders: Object.entries(ports)
      .map(([name, port]) => `${name}:${port}`)
      .join(","),
    stop: () => own.stop(),
  };
}
