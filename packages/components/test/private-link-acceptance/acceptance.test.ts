import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { seeded } from "../../src/drills/random.ts";
import { acceptanceHandler } from "../../src/private-link-service/acceptance/handler.ts";
import type { Acceptance } from "../../src/private-link-service/acceptance/settle.ts";
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
const connect = (...ids: string[]) => ({ Records: ids.map((id) => notification(id)) });
const states = () => Object.fromEntries([...world.ec2.connections].map(([id, { state }]) => [id, state]));
const ask = (index: number, accountId = acme, region?: string) => {
  const endpointId = endpointIdOf(index);
  world.ec2.request({ endpointId, accountId, region });
  return endpointId;
};

test("accepts a registered account, rejects a stranger, and reports both", async () => {
  await world.register({ accountId: acme });
  const [known, stranger] = [ask(1), ask(2, "999988887777")];
  const result = await acceptanceHandler(world.instance())(connect(known, stranger));
  expect(result).toEqual({ batchItemFailures: [] });
  expect(states()).toEqual({ [known]: "available", [stranger]: "rejected" });
  expect(world.reported()).toEqual(
    new Map([
      [known, ["accept"]],
      [stranger, ["reject"]],
    ]),
  );
});

test("rejects a region and zones that the registry does not have, naming them", async () => {
  await world.register({ accountId: acme, endpointRegions: ["us-east-1"], zoneIds: ["use1-az6"] });
  const [zone, region] = [ask(1), ask(2, acme, "eu-west-1")];
  await acceptanceHandler(world.instance())(connect(zone, region));
  const reasons = world.lines.map((line) => JSON.parse(line) as { code: string; reason: string });
  expect(reasons.map(({ code }) => code).sort()).toEqual(["no-common-zone", "region-not-registered"]);
  expect(reasons.map(({ reason }) => reason).join()).toContain("use1-az6");
  expect(Object.values(states())).toEqual(["rejected", "rejected"]);
});

test("a duplicate event changes and reports nothing more", async () => {
  await world.register({ accountId: acme });
  const id = ask(1);
  const handle = acceptanceHandler(world.instance());
  await handle(connect(id, id));
  await Promise.all([handle(connect(id)), acceptanceHandler(world.instance())(connect(id))]);
  expect(world.ec2.connections.get(id)?.transitions).toEqual(["available"]);
  expect(world.reported().get(id)).toEqual(["accept"]);
});

test("the sweep settles what no event told, and frees the seats of endpoints that are gone", async () => {
  await world.register({ accountId: acme, endpointQuota: 1 });
  const first = ask(1);
  const handle = acceptanceHandler(world.instance());
  await handle({ sweep: true });
  expect(states()).toEqual({ [first]: "available" });
  world.ec2.connections.delete(first);
  await handle({ sweep: true });
  const second = ask(2);
  await handle({ sweep: true });
  expect(states()).toEqual({ [second]: "available" });
});

test("an endpoint connected by hand counts against the quota and is left alone", async () => {
  await world.register({ accountId: acme, endpointQuota: 1 });
  const byHand = ask(1);
  world.ec2.connections.set(byHand, { ...world.ec2.connections.get(byHand)!, state: "available" });
  const handle = acceptanceHandler(world.instance());
  await handle({ sweep: true });
  const late = ask(2);
  await handle(connect(late));
  expect(states()).toEqual({ [byHand]: "available", [late]: "rejected" });
});

test("removing a tenant rejects what it has and what it asks for; registering it again admits it", async () => {
  await world.register({ accountId: acme });
  const [has, asks] = [ask(1), ask(2)];
  const handle = acceptanceHandler(world.instance());
  await handle(connect(has));
  await handle({ accountId: acme, tf: { action: "delete" } });
  expect(states()).toEqual({ [has]: "rejected", [asks]: "rejected" });
  const late = ask(3);
  await handle(connect(late));
  expect(states()[late]).toBe("rejected");
  await handle({ accountId: acme, tf: { action: "create" } });
  const again = ask(4);
  await handle(connect(again));
  expect(states()[again]).toBe("available");
});

test("a tenant is not let go while one of its endpoints stays connected", async () => {
  await world.register({ accountId: acme });
  const id = ask(1);
  await acceptanceHandler(world.instance())(connect(id));
  const deaf: Acceptance = { ...world.instance() };
  deaf.connections = { ...deaf.connections, reject: async () => {} };
  await expect(acceptanceHandler(deaf)({ accountId: acme, tf: { action: "delete" } })).rejects.toThrow(
    `${id} is available`,
  );
  await acceptanceHandler(world.instance())({ accountId: acme, tf: { action: "delete" } });
  expect(states()[id]).toBe("rejected");
});

test("an acceptance under way while its tenant leaves ends rejected", async () => {
  await world.register({ accountId: acme });
  const id = ask(1);
  const slow: Acceptance = { ...world.instance() };
  const accept = slow.connections.accept.bind(slow.connections);
  slow.connections = {
    ...slow.connections,
    accept: async (ids) => {
      if (ids.length > 0) {
        await acceptanceHandler(world.instance())({ accountId: acme, tf: { action: "delete" } });
        // The worst order: EC2 takes the late acceptance although the endpoint was just rejected.
        world.ec2.connections.get(id)!.state = "pendingAcceptance";
      }
      await accept(ids);
    },
  };
  await acceptanceHandler(slow)(connect(id));
  expect(states()[id]).toBe("rejected");
});

test("a crash between any two steps leaves nothing that a redelivery does not finish, once", async () => {
  await world.register({ accountId: acme, endpointQuota: 1 });
  let steps = 0;
  for (let crashAt = 0, finished = false; !finished; crashAt++) {
    const [accepted, overQuota] = [ask(10 * crashAt + 1), ask(10 * crashAt + 2)];
    const budget = { left: crashAt };
    finished = await acceptanceHandler(crashing(world.instance(), budget))(connect(accepted))
      .then(() => true)
      .catch((error: Error) => {
        expect(error.message).toBe("crash");
        return false;
      });
    world.clock.aheadMs += 61_000;
    // One after the other: requests of one message race for the last place, and either may have it.
    for (const id of [accepted, overQuota]) await acceptanceHandler(world.instance())(connect(id));
    expect(world.ec2.connections.get(accepted)?.transitions, `crash before step ${crashAt}`).toEqual(["available"]);
    expect(world.ec2.connections.get(overQuota)?.transitions).toEqual(["rejected"]);
    expect(world.reported().get(overQuota)).toEqual(["reject"]);
    expect(new Set(world.reported().get(accepted))).toEqual(new Set(["accept"]));
    world.ec2.connections.clear();
    await acceptanceHandler(world.instance())({ sweep: true });
    steps = crashAt;
  }
  // list, tenant, decide, accept, reject, list, claim, report, finish
  expect(steps).toBe(9);
});

test("1,000 requests at once with duplicates, strangers and throttling: each ends once, no quota exceeded", async () => {
  const tenants = Array.from({ length: 10 }, (_, index) => `10000000000${index}`);
  for (const accountId of tenants) {
    await world.register({ accountId, endpointQuota: 50 });
  }
  const requests = Array.from({ length: 1000 }, (_, index) => {
    const registered = index < 700;
    const accountId = registered ? (tenants[index % 10] ?? "") : `2000000${String(index).padStart(5, "0")}`;
    return ask(index + 1, accountId, index >= 600 && registered ? "eu-west-1" : "us-east-1");
  });
  const random = seeded(20261121);
  const refusals = { count: 0 };
  world.ec2.throttle = () => random() < 0.2 && ++refusals.count > 0;
  const messages = [...requests, ...requests.filter(() => random() < 0.2)]
    .map((id, index) => ({ order: random(), message: notification(id, `message-${index}`) }))
    .sort((a, b) => a.order - b.order)
    .map(({ message }) => message);

  // What SQS and Lambda do: batches of ten to five instances, failures delivered again.
  const queue = [...messages];
  await Promise.all(
    Array.from({ length: 5 }, async () => {
      const handle = acceptanceHandler(world.instance());
      for (let batch = queue.splice(0, 10); batch.length > 0; batch = queue.splice(0, 10)) {
        const failed = await handle({ Records: batch })
          .then((result) => result?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? [])
          .catch(() => batch.map(({ messageId }) => messageId));
        queue.push(...batch.filter(({ messageId }) => failed.includes(messageId)));
      }
    }),
  );

  const connections = [...world.ec2.connections.values()];
  expect(connections.filter(({ transitions }) => transitions.length !== 1)).toEqual([]);
  const available = connections.filter(({ state }) => state === "available").map(({ accountId }) => accountId);
  // Each tenant asked for 60 in its region and has a quota of 50; 100 asked from elsewhere, 300 are strangers.
  expect(tenants.map((account) => available.filter((owner) => owner === account).length)).toEqual(
    tenants.map(() => 50),
  );
  expect(available).toHaveLength(500);
  expect(connections.filter(({ state }) => state === "rejected")).toHaveLength(500);
  expect(refusals.count).toBeGreaterThan(20);
  const reports = world.reported();
  expect([...reports.values()].filter((verdicts) => verdicts.length !== 1)).toEqual([]);
  expect(reports.size).toBe(1000);
}, 600_000);

/** The same world for an invocation that dies after so many calls to AWS. */
function crashing(whole: Acceptance, budget: { left: number }): Acceptance {
  const dying = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        return typeof member !== "function"
          ? member
          : (...args: unknown[]) => {
              if (budget.left-- <= 0) {
                return Promise.reject(new Error("crash"));
              }
              return Reflect.apply(member, target, args) as unknown;
            };
      },
    });
  const { service, connections, ledger, reports } = whole;
  return { service, connections: dying(connections), ledger: dying(ledger), reports: dying(reports) };
}
