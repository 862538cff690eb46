import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { once } from "node:events";
import { pythonTools } from "./python-tools.ts";

/** An AWS emulator of the test's own: nothing is shared, nothing leaves the machine. */
export interface AwsEmulator {
  /** Such as `http://127.0.0.1:41234`. */
  endpoint: string;
  /** What an AWS SDK client takes to speak with it. */
  clientConfig: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  stop(): Promise<void>;
}

/**
 * moto's server answering one request at a time. Its own command answers with threads, and moto's conditional writes are
 * not atomic between threads, as those of AWS are.
 */
const oneRequestAtATime = `
import sys
from werkzeug.serving import run_simple
from moto.server import DomainDispatcherApplication, create_backend_app
run_simple("127.0.0.1", int(sys.argv[1]), DomainDispatcherApplication(create_backend_app), threaded=False)
`;

/** Starts moto on a free loopback port and waits until it answers. Stop it in `afterAll`. */
export async function startAwsEmulator(region = "us-east-1"): Promise<AwsEmulator> {
  const tools = await pythonTools();
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = spawn(tools.bin("python"), ["-c", oneRequestAtATime, String(port)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  server.stderr.on("data", (data: Buffer) => {
    errors = (errors + data.toString()).slice(-4000);
  });
  const exited = once(server, "exit");
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill("SIGKILL");
      await exited;
    }
  };
  const deadline = Date.now() + 60_000;
  while (!(await answers(endpoint))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`moto did not start:\n${errors}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  return { endpoint, clientConfig: { endpoint, region, credentials }, stop };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/moto-api/data.json`)).ok;
  } catch {
    return false;
  }
}

/** A loopback port that nobody uses just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") {
    throw new Error("no loopback port to be had");
  }
  return address.port;
}
