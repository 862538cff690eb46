import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { pythonTools } from "../../../../test/support/python-tools.ts";
import { certificateVariables, type Json } from "../../src/regional-gpu-cluster/envoy-values.ts";
import type { Certificate } from "./certificates.ts";

/** Ports of a router on loopback. */
export interface Ports {
  tls: number;
  health: number;
  metrics: number;
  admin: number;
}

/** A running Envoy, with what it wrote to its standard output: the access log. */
export interface RunningEnvoy {
  log: () => string;
  stop: () => Promise<void>;
}

/** Has a real Envoy read a configuration without running it. @throws Error with Envoy's own words. */
export async function validate(config: Json, certificate: Certificate): Promise<string> {
  const args = ["--mode", "validate", "--config-yaml", JSON.stringify(config)];
  const { stdout, stderr } = await promisify(execFile)(await binary(), args, { env: environment(certificate) }).catch(
    // The failed command's own message is the whole configuration.
    (error: { stderr: string }) => Promise.reject(new Error(error.stderr)),
  );
  return stdout + stderr;
}

/** @param variables environment beside the certificate's */
export async function startEnvoy(
  config: Json,
  certificate: Certificate,
  variables: Record<string, string> = {},
): Promise<RunningEnvoy> {
  const args = [
    "--config-yaml",
    JSON.stringify(config),
    "--concurrency",
    "1",
    "--use-dynamic-base-id",
    "--log-level",
    "warning",
  ];
  const env = { ...environment(certificate), ...variables };
  const child = spawn(await binary(), args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const written: string[] = [];
  const complained: string[] = [];
  child.stdout.on("data", (data: Buffer) => written.push(String(data)));
  child.stderr.on("data", (data: Buffer) => complained.push(String(data)));
  child.on(
    "exit",
    (code) => code !== 0 && code !== null && written.push(`Envoy ended with ${code}: ${complained.join("")}`),
  );
  return { log: () => written.join(""), stop: () => stop(child) };
}

/** Ports that nobody uses at the moment. */
export async function freePorts(): Promise<Ports & { model: number }> {
  const servers = Array.from({ length: 5 }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  const [tls = 0, health = 0, metrics = 0, admin = 0, model = 0] = ports;
  return { tls, health, metrics, admin, model };
}

async function binary(): Promise<string> {
  return join((await pythonTools()).sitePackages, "envoy", "_bin", "envoy");
}

function environment(certificate: Certificate): NodeJS.ProcessEnv {
  return {
    ...process.env,
    [certificateVariables.certificate]: certificate.certificate,
    [certificateVariables.privateKey]: certificate.privateKey,
    [certificateVariables.authority]: certificate.authority,
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}
