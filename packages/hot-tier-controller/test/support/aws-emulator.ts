import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { pythonTools } from "../../../../test/support/python-tools.ts";
import { awsClients } from "../../src/aws/environment.ts";
import type { AwsClients } from "../../src/aws/environment.ts";

/** An AWS on loopback (moto), with no account behind it. */
export interface AwsEmulator {
  readonly clients: AwsClients;
  readonly endpoint: string;
  stop(): Promise<void>;
}

const startTimeoutMs = 30_000;

export async function startAws(): Promise<AwsEmulator> {
  const { bin } = await pythonTools();
  const server = spawn(bin("moto_server"), ["--host", "127.0.0.1", "--port", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  let log = "";
  server.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const deadline = performance.now() + startTimeoutMs;
  let endpoint: string | undefined;
  while (endpoint === undefined) {
    if (performance.now() > deadline || server.exitCode !== null) {
      server.kill("SIGKILL");
      throw new Error(`moto_server did not start: ${log}`);
    }
    endpoint = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1];
    await sleep(50);
  }
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-west-2",
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
  };
  Object.assign(process.env, environment);
  return {
    clients: awsClients(),
    endpoint,
    async stop() {
      server.kill("SIGKILL");
      await exited;
    },
  };
}
