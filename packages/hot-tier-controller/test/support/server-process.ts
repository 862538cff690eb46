import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";

/** How one server is started. */
export interface ServerOptions {
  readonly binary: string;
  /** Loopback address that it listens on. */
  readonly host: string;
  readonly port: string;
  readonly directory: string;
  readonly nodeTimeoutMs: number;
  readonly appendonly: boolean;
  /** TLS on `port` and nothing without it. */
  readonly tls: boolean;
  /** More configuration, as `name value` words. */
  readonly settings: readonly string[];
}

/** Starts a node of a cluster, configured as the component's nodes are as far as it matters to the controller. */
export async function startServer(options: ServerOptions): Promise<ChildProcess> {
  const { binary, host, port, directory, nodeTimeoutMs, appendonly, tls, settings } = options;
  // With SIGXFSZ ignored a file size limit looks to a server like a full disk.
  const ignoring = 'trap "" XFSZ; exec "$0" "$@"';
  const server = spawn(
    "sh",
    [
      ...["-c", ignoring, binary],
      ...(tls ? ["--port", "0", "--tls-port", port] : ["--port", port]),
      ...["--bind", host, "--dir", directory, "--save", ""],
      ...["--cluster-enabled", "yes", "--cluster-node-timeout", String(nodeTimeoutMs)],
      ...["--cluster-require-full-coverage", "no", "--cluster-allow-replica-migration", "no"],
      ...["--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0"],
      ...["--appendonly", appendonly ? "yes" : "no", "--maxmemory-policy", "allkeys-lfu"],
      // Backups are compared by the servers' own digest of each value.
      ...["--enable-debug-command", "local"],
      ...settings,
    ],
    { stdio: "ignore" },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("spawn", resolve);
    server.once("error", reject);
  });
  return server;
}
