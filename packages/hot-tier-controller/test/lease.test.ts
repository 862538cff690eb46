import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import type { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAwsEmulator } from "../../../test/support/aws-emulator.ts";
import type { AwsEmulator } from "../../../test/support/aws-emulator.ts";
import { awsClients } from "../src/aws/environment.ts";
import { Lease } from "../src/aws/lease.ts";

const bucket = "state";
let aws: AwsEmulator;
let clients: { readonly s3: S3Client };

beforeAll(async () => {
  aws = await startAwsEmulator("us-west-2");
  Object.assign(process.env, aws.environment);
  clients = awsClients();
  const place = { LocationConstraint: "us-west-2" } as const;
  await clients.s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: place }));
});

afterAll(() => aws.stop());

test("two controllers at once: one leads, the other takes over only after it has watched the lease stand still", async () => {
  let now = 1_000;
  const times = { lengthMs: 10_000, now: () => now };
  const lease = (owner: string) => new Lease(clients.s3, bucket, "race", owner, times);
  const [first, second] = [lease("first"), lease("second")];
  const taken = await Promise.all([first.acquire(), second.acquire()]);
  expect(taken.filter(Boolean).length).toBe(1);
  const [leader, other] = taken[0] === true ? [first, second] : [second, first];
  expect([leader.isHeld(), other.isHeld()]).toEqual([true, false]);
  now += 9_000;
  expect([await leader.acquire(), await other.acquire()]).toEqual([true, false]);
  now += 10_000;
  expect(leader.isHeld()).toBe(false);
  expect(await other.acquire()).toBe(false);
  now += 15_000;
  expect(await other.acquire()).toBe(true);
  expect([await leader.acquire(), leader.isHeld()]).toEqual([false, false]);
});

test("a clock that jumps on one machine gives nobody a second lease", async () => {
  let clock = 0;
  const steady = new Lease(clients.s3, bucket, "jump", "steady", { lengthMs: 10_000, now: () => 500 });
  const jumping = new Lease(clients.s3, bucket, "jump", "jumping", { lengthMs: 10_000, now: () => clock });
  expect(await steady.acquire()).toBe(true);
  clock = 1e12;
  expect(await jumping.acquire()).toBe(false);
  expect([steady.isHeld(), jumping.isHeld()]).toEqual([true, false]);
});

test("the mark that a cluster has held data outlives its controller", async () => {
  const times = { lengthMs: 10, now: () => performance.now() };
  const first = new Lease(clients.s3, bucket, "formed", "first", times);
  await first.acquire();
  first.formed = true;
  await first.acquire();
  const second = new Lease(clients.s3, bucket, "formed", "second", times);
  await second.acquire();
  expect(second.formed).toBe(true);
  expect(second.formedAt).toEqual(first.formedAt);
  expect(second.formedAt).toBeInstanceOf(Date);
});

test("a renewal beside a pass and the next pass ask at once, and neither loses the lease to the other", async () => {
  const lease = new Lease(clients.s3, bucket, "beside", "me", { lengthMs: 10_000, now: () => 0 });
  await lease.acquire();
  for (let round = 0; round < 5; round++) {
    expect(await Promise.all([lease.acquire(), lease.acquire(), lease.acquire()])).toEqual([true, true, true]);
    expect(lease.isHeld()).toBe(true);
  }
});

test("a write whose answer is lost on its way is not taken for another controller's", async () => {
  const lease = new Lease(clients.s3, bucket, "answer", "me", { lengthMs: 10_000, now: () => 0 });
  let lost = 0;
  clients.s3.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      if (context.commandName === "PutObjectCommand" && lost === 0) {
        lost += 1;
        throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET", $retryable: {} });
      }
      return result;
    },
    { step: "finalizeRequest", name: "lose", priority: "low" },
  );
  try {
    expect([await lease.acquire(), lost]).toEqual([true, 1]);
    lost = 0;
    expect([await lease.acquire(), lost]).toEqual([true, 1]);
    expect(lease.isHeld()).toBe(true);
  } finally {
    clients.s3.middlewareStack.remove("lose");
  }
});

test("AWS that takes a call and never answers fails it: nobody waits for ever", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const { port } = silent.address() as AddressInfo;
  const before = process.env.AWS_ENDPOINT_URL;
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${port}`;
  try {
    const { s3 } = awsClients({ connectMs: 200, idleMs: 200, idleForEventsMs: 200 });
    const lease = new Lease(s3, bucket, "silent", "me", { lengthMs: 10_000, now: () => 0 });
    await expect(lease.acquire()).rejects.toThrow(/timed out|aborted/i);
    expect(lease.isHeld()).toBe(false);
  } finally {
    process.env.AWS_ENDPOINT_URL = before;
    silent.close();
  }
});
