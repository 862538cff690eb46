import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { acceptanceHandler } from "../../src/private-link-service/acceptance/handler.ts";
import { tenantItem } from "../../src/private-link-service/tenant-item-plan.ts";
import { endpointIdOf, notification, startTestWorlds, type TestWorld } from "./world.ts";

let worlds: Awaited<ReturnType<typeof startTestWorlds>>;
let world: TestWorld;

beforeAll(async () => {
  worlds = await startTestWorlds();
});
afterAll(() => worlds.stop());
beforeEach(async () => {
  world = await worlds.fresh();
});
afterEach(() => world.stop());

const acme = "111122223333";

test("what Pulumi registers is what the function reads", async () => {
  const record = {
    name: "acme",
    accountId: acme,
    endpointRegions: ["us-east-1", "us-west-2"],
    zoneIds: [],
    endpointQuota: 7,
    contact: "net@acme.example",
  };
  const client = new DynamoDBClient(world.emulator);
  await client.send(
    new PutItemCommand({
      TableName: world.table,
      Item: JSON.parse(tenantItem(record)) as Record<string, { S: string }>,
    }),
  );
  expect(await world.instance().ledger.tenant(acme)).toEqual({ id: `tenant/${acme}`, ...record });
});

test("a message that names no endpoint makes the function look for itself", async () => {
  await world.register({ accountId: acme });
  world.ec2.request({ endpointId: endpointIdOf(1), accountId: acme });
  const result = await acceptanceHandler(world.instance())({ Records: [{ messageId: "m", body: "something new" }] });
  expect(result).toEqual({ batchItemFailures: [] });
  expect(world.ec2.connections.get(endpointIdOf(1))?.state).toBe("available");
});

test("only the messages whose endpoint is not settled are delivered again", async () => {
  await world.register({ accountId: acme });
  const [good, stuck] = [endpointIdOf(1), endpointIdOf(2)];
  world.ec2.request({ endpointId: good, accountId: acme });
  world.ec2.request({ endpointId: stuck, accountId: acme });
  const instance = world.instance();
  const accept = instance.connections.accept.bind(instance.connections);
  instance.connections = { ...instance.connections, accept: (ids) => accept(ids.filter((id) => id !== stuck)) };
  const result = await acceptanceHandler(instance)({
    Records: [notification(good, "first"), notification(stuck, "second")],
  });
  expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: "second" }] });
});

test("an endpoint that is gone before its event arrives is nobody's problem", async () => {
  const result = await acceptanceHandler(world.instance())({ Records: [notification(endpointIdOf(9))] });
  expect(result).toEqual({ batchItemFailures: [] });
  expect(world.lines).toEqual([]);
});

test("a sweep pages through more connections than EC2 tells at once, and measures each tenant's use", async () => {
  await world.register({ accountId: acme, name: "acme", endpointQuota: 4 });
  for (let index = 0; index < 120; index++) {
    const mine = index >= 118;
    world.ec2.request({ endpointId: endpointIdOf(index), accountId: mine ? acme : "999988887777" });
    if (!mine) {
      world.ec2.connections.get(endpointIdOf(index))!.state = "failed";
    }
  }
  await acceptanceHandler(world.instance())({ sweep: true });
  await acceptanceHandler(world.instance())({ sweep: true });
  const used = world.lines.map((line) => JSON.parse(line) as { Tenant: string; QuotaUsedPercent?: number });
  expect(used.filter(({ QuotaUsedPercent }) => QuotaUsedPercent !== undefined).at(-1)).toMatchObject({
    Tenant: "acme",
    QuotaUsedPercent: 50,
    ConnectedEndpoints: 2,
  });
});
