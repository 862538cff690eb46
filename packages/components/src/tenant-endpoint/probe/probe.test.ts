import { once } from "node:events";
import dns from "node:dns";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { metricLine, probe } from "./probe.ts";

let server: Server | undefined;

afterEach(() => {
  vi.restoreAllMocks();
  server?.closeAllConnections();
  server?.close();
});

async function endpoint(answer: (connections: number) => number | undefined): Promise<string> {
  let connections = 0;
  server = createServer((_request, response) => {
    const status = answer(connections);
    if (status !== undefined) {
      response.writeHead(status).end("ok");
    }
  });
  server.on("connection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
}

test("200 is healthy, anything else says what came", async () => {
  const good = await probe({ key: "a", url: await endpoint(() => 200) }, 1000);
  expect(good).toMatchObject({ key: "a", healthy: true, latencyMs: expect.any(Number) as number });
  server?.close();
  expect(await probe({ key: "a", url: await endpoint(() => 503) }, 1000)).toMatchObject({
    healthy: false,
    problem: "HTTP 503",
  });
});

test("no answer and no listener are unhealthy, with the reason", async () => {
  const silent = await probe({ key: "a", url: await endpoint(() => undefined) }, 50);
  expect(silent).toMatchObject({ healthy: false, problem: expect.stringContaining("Timeout") as string });
  const url = await endpoint(() => 200);
  server?.close();
  expect(await probe({ key: "a", url }, 1000)).toMatchObject({
    healthy: false,
    problem: expect.stringContaining("ECONNREFUSED") as string,
  });
});

test("a zone that does not answer is passed over: a region is unhealthy when no address of its name answers", async () => {
  const { port } = new URL(await endpoint(() => 200));
  // Nobody listens on the first address.
  vi.spyOn(dns, "lookup").mockImplementation(((_name: string, _options: object, answer: (...args: unknown[]) => void) =>
    answer(null, [
      { address: "127.0.0.77", family: 4 },
      { address: "127.0.0.1", family: 4 },
    ])) as unknown as typeof dns.lookup);
  expect(await probe({ key: "a", url: `http://endpoint.example:${port}/health` }, 2000)).toMatchObject({
    healthy: true,
  });
});

test("every look is a new connection", async () => {
  const seen: number[] = [];
  const url = await endpoint((connections) => {
    seen.push(connections);
    return 200;
  });
  await probe({ key: "a", url }, 1000);
  await probe({ key: "a", url }, 1000);
  expect(seen).toEqual([1, 2]);
});

test("a line carries the metric that the alarm reads, at the resolution that Route 53 follows", () => {
  const line = JSON.parse(
    metricLine({ key: "n/us-east-1/us-west-2", healthy: false, problem: "HTTP 503" }, 5),
  ) as object;
  expect(line).toEqual({
    _aws: {
      Timestamp: 5,
      CloudWatchMetrics: [
        {
          Namespace: "Mrgc/TenantEndpoint",
          Dimensions: [["Endpoint"]],
          Metrics: [{ Name: "Healthy" }],
        },
      ],
    },
    Endpoint: "n/us-east-1/us-west-2",
    Healthy: 0,
    problem: "HTTP 503",
  });
});
