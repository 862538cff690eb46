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
  /** Variables by which a program of its own, or a client without arguments, speaks with it. */
  environment: Record<"AWS_ENDPOINT_URL" | "AWS_REGION" | "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY", string>;
  stop(): Promise<void>;
}

/**
 * moto's server answering one request at a time: its conditional writes are not atomic between threads, as those of AWS
 * are. Only who waits for a message waits beside the others, or nobody could send one. Lifecycle hooks and the machines of warm pools are our addition.
 */
const oneRequestAtATime = `
import sys, threading
sys.path.insert(0, sys.argv[2])
import lifecycle_hooks
lifecycle_hooks.install()
from werkzeug.serving import run_simple
from moto.server import DomainDispatcherApplication, create_backend_app
answer = DomainDispatcherApplication(create_backend_app)
turn = threading.Lock()
def in_turn(request, start):
    if request.get("HTTP_X_AMZ_TARGET") == "AmazonSQS.ReceiveMessage":
        return answer(request, start)
    with turn:
        return answer(request, start)
run_simple("127.0.0.1", int(sys.argv[1]), in_turn, threaded=True)
`;

/** Starts moto on a free loopback port and waits until it answers. Stop it in `afterAll`. */
export async function startAwsEmulator(region = "us-east-1"): Promise<AwsEmulator> {
  const tools = await pythonTools();
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = spawn(tools.bin("python"), ["-c", oneRequestAtATime, String(port), import.meta.dirname], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
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
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  return { endpoint, clientConfig: { endpoint, region, credentials }, environment, stop };
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
