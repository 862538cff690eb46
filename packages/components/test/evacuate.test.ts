import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

const command = join(import.meta.dirname, "../src/global-front-door/evacuation/main.ts");
const accelerator = "arn:aws:globalaccelerator::123456789012:accelerator/1";

/** Global Accelerator's three calls in its own protocol: moto does not have the service. */
let server: Server;
let groups: Record<string, { dial: number; health: string }>;

beforeEach(async () => {
  groups = {
    "us-east-1": { dial: 100, health: "HEALTHY" },
    "us-west-2": { dial: 100, health: "HEALTHY" },
  };
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      const target = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
      const input = JSON.parse(body) as Record<string, unknown>;
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(answer(target, input)));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function answer(target: string, input: Record<string, unknown>): object {
  switch (target) {
    case "ListListeners":
      return { Listeners: input.AcceleratorArn === accelerator ? [{ ListenerArn: "listener" }] : [] };
    case "ListEndpointGroups": {
      // One group a page, as a long list would come.
      const index = Number(input.NextToken ?? 0);
      const [region, group] = Object.entries(groups)[index] ?? ["", { dial: 0, health: "" }];
      return {
        EndpointGroups: [
          {
            EndpointGroupArn: region,
            EndpointGroupRegion: region,
            TrafficDialPercentage: group.dial,
            EndpointDescriptions: [{ HealthState: group.health }],
          },
        ],
        ...(index + 1 < Object.keys(groups).length ? { NextToken: String(index + 1) } : {}),
      };
    }
    default: {
      const group = groups[String(input.EndpointGroupArn)];
      if (group !== undefined) {
        group.dial = Number(input.TrafficDialPercentage);
      }
      return {};
    }
  }
}

async function run(...args: string[]): Promise<{ code: number; text: string }> {
  const address = server.address() as AddressInfo;
  const env = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL_GLOBAL_ACCELERATOR: `http://127.0.0.1:${address.port}`,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  };
  return promisify(execFile)(process.execPath, [command, ...args], { env }).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      text: error.stdout + error.stderr,
    }),
  );
}

test("a dry run tells every turn and makes none; then it is made", async () => {
  const dry = await run("evacuate", "us-east-1", "--accelerator", accelerator, "--dry-run");
  expect(dry.code).toBe(0);
  expect(dry.text.match(/would turn us-east-1 from \d+ to \d+ %/g)).toEqual(
    [
      [100, 75],
      [75, 50],
      [50, 25],
      [25, 0],
    ].map(([from, to]) => `would turn us-east-1 from ${from} to ${to} %`),
  );
  expect(groups["us-east-1"]?.dial).toBe(100);
  const made = await run("evacuate", "us-east-1", "--accelerator", accelerator, "--turn", "50", "--settle", "0");
  expect(made.code).toBe(0);
  expect(groups).toMatchObject({ "us-east-1": { dial: 0 }, "us-west-2": { dial: 100 } });
});

test("the last healthy region is not evacuated: exit code 1 and the reason", async () => {
  groups["us-west-2"] = { dial: 100, health: "UNHEALTHY" };
  const { code, text } = await run("evacuate", "us-east-1", "--accelerator", accelerator, "--settle", "0");
  expect(code).toBe(1);
  expect(text).toContain("refuse: No other healthy region");
  expect(groups["us-east-1"]?.dial).toBe(100);
});

test("a wrong command line is answered with the usage and exit code 2", async () => {
  const { code, text } = await run("evacuate", "us-east-1");
  expect(code).toBe(2);
  expect(text).toContain("Usage: mrgc-evacuate");
  expect((await run("evacuate", "us-east-1", "--acelerator", "x")).code).toBe(2);
});
