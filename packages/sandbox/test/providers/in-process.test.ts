/** A provider in the engine's own process answers as the same provider does behind gRPC. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { inProcessClient, type ProviderService } from "../../src/engine/in-process-provider.ts";
import {
  grpc,
  noMetadata,
  providerGrpc,
  providerPb,
  unary,
  type ProviderGrpc,
  type ProviderPb,
} from "../../src/engine/protocol.ts";
import { isServiceError } from "../../src/engine/rpc-error.ts";
import { RunKind } from "../../src/engine/stack-set.ts";
import { openProviders, startProviders } from "../../src/providers/index.ts";
import { serveProvider } from "../../src/providers/service.ts";
import { makeWorkspace, runDev } from "../support/workspace.ts";

const program = `
import * as aws from "@pulumi/aws";
const provider = new aws.Provider("east", { region: "us-east-2" });
const options = { provider };
const zones = aws.getAvailabilityZonesOutput({}, options);
const vpc = new aws.ec2.Vpc("net", { cidrBlock: "10.0.0.0/16" }, options);
const subnet = new aws.ec2.Subnet("net", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24", availabilityZone: zones.names[1] }, options);
new aws.ssm.Parameter("password", { type: "SecureString", value: "hush" }, options);
export const zone = subnet.availabilityZone;
`;

it("leads to the same steps, inputs and outputs", async () => {
  const runs = [];
  for (const inProcess of [true, false]) {
    const workspace = makeWorkspace({ "index.js": program });
    const cloudDir = join(workspace.directory, "cloud");
    const own = inProcess ? openProviders({ cloudDir }) : await startProviders({ cloudDir });
    const endpoints =
      "services" in own
        ? own.services
        : Object.fromEntries(Object.entries(own.ports).map(([name, port]) => [name, `127.0.0.1:${port}`]));
    try {
      const { succeeded, diagnostics, steps, outputs } = await runDev(RunKind.Up, workspace, 0, {
        endpoints: Promise.resolve(endpoints),
      });
      runs.push({ succeeded, diagnostics, outputs, steps: steps.map(({ kind, urn }) => `${kind} ${urn}`).sort() });
    } finally {
      await ("services" in own ? own.close() : own.stop());
      workspace.remove();
    }
  }
  const [direct, wired] = runs;
  expect(direct).toEqual(wired);
  expect(direct).toMatchObject({ succeeded: true, outputs: { zone: "us-east-2b" } });
  expect(direct?.steps.map((step) => step.replace(/ .*::/, " "))).toEqual([
    "create net",
    "create net",
    "create password",
    "create east",
    "create demo-dev",
  ]);
});

type Client = ProviderGrpc.ResourceProviderClient;

/** The status and the message with which a client's call of Invoke fails. */
async function failure(client: Client, deadlineMs = 60_000) {
  const answer = unary<ProviderPb.InvokeResponse>((done) =>
    client.invoke(new providerPb.InvokeRequest(), noMetadata(), { deadline: Date.now() + deadlineMs }, done),
  );
  const error: unknown = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isServiceError(error)) throw new Error("the call did not fail with a status");
  return { code: error.code, message: error.message };
}

/** As `failure`, over the wire. */
async function wiredFailure(service: ProviderService) {
  const server = await serveProvider(service);
  const client = new providerGrpc.ResourceProviderClient(`127.0.0.1:${server.port}`, grpc.credentials.createInsecure());
  try {
    return await failure(client);
  } finally {
    client.close();
    await server.stop();
  }
}

it("fails with the status and the message that the wire would carry", async () => {
  const throwing: ProviderService = {
    invoke: () => {
      throw new Error("no such function");
    },
  };
  expect(await failure(inProcessClient(throwing))).toEqual({ code: 2, message: "2 UNKNOWN: no such function" });
  expect(await wiredFailure(throwing)).toEqual({ code: 2, message: "2 UNKNOWN: no such function" });
  expect((await failure(inProcessClient({}))).code).toBe(grpc.status.UNIMPLEMENTED);
  expect((await wiredFailure({})).code).toBe(grpc.status.UNIMPLEMENTED);
});

it("ends a call at its deadline", async () => {
  const client = inProcessClient({ invoke: () => new Promise(() => undefined) });
  expect(await failure(client, 50)).toEqual({
    code: grpc.status.DEADLINE_EXCEEDED,
    message: "4 DEADLINE_EXCEEDED: Deadline exceeded",
  });
});
