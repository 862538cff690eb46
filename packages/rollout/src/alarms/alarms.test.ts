import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AwsEmulator, startAwsEmulator } from "../../../../test/support/aws-emulator.ts";
import { alarmsOf } from "./alarm-source.ts";
import { CloudWatchAlarms } from "./cloudwatch.ts";
import { ToldAlarms } from "./told-alarms.ts";

describe("the alarms of a stack", () => {
  test("are those of its outputs, in its region", () => {
    const outputs = { region: "us-east-1", pageAlarmNames: { gpu: "page-gpu", "hot-tier": "page-cache" } };
    expect(alarmsOf("east", outputs)).toEqual({
      stack: "east",
      region: "us-east-1",
      names: ["page-cache", "page-gpu"],
    });
    expect(alarmsOf("east", { pageAlarmNames: ["one"] })).toEqual({ stack: "east", region: "east", names: ["one"] });
    expect(alarmsOf("global", { regions: ["us-east-1"] }).names).toEqual([]);
    expect(alarmsOf("never up", undefined).names).toEqual([]);
  });
});

describe("told alarms", () => {
  const directory = mkdtempSync(join(tmpdir(), "told-alarms-"));
  const file = join(directory, "alarms.json");
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const asked = [
    { stack: "a", region: "a", names: ["a-gpu", "a-cache"] },
    { stack: "b", region: "b", names: ["b-gpu"] },
  ];
  const look = async (source: ToldAlarms) => (await source.look(asked)).map(({ state }) => state);

  test("are OK unless the file names the alarm or the stack, and the file may change", async () => {
    const source = new ToldAlarms({ file, redStacks: [] }, () => true);
    writeFileSync(file, "{}");
    expect(await look(source)).toEqual(["OK", "OK", "OK"]);
    writeFileSync(file, JSON.stringify({ a: "UNKNOWN", "a-cache": "OK", "b-gpu": "ALARM" }));
    expect(await look(source)).toEqual(["UNKNOWN", "OK", "ALARM"]);
  });

  test("are unknown while the file cannot be read", async () => {
    const source = new ToldAlarms({ file, redStacks: [] }, () => true);
    writeFileSync(file, '{ "a": "RED" }');
    expect(await source.look(asked.slice(1))).toMatchObject([
      {
        state: "UNKNOWN",
        reason: expect.stringContaining('"a" is "RED"; expected one of OK, ALARM, UNKNOWN') as string,
      },
    ]);
    rmSync(file);
    expect(await look(source)).toEqual(["UNKNOWN", "UNKNOWN", "UNKNOWN"]);
  });

  test("of a red stack fire once it was updated", async () => {
    let updated = false;
    const source = new ToldAlarms({ redStacks: ["b"] }, () => updated);
    expect(await look(source)).toEqual(["OK", "OK", "OK"]);
    updated = true;
    expect(await look(source)).toEqual(["OK", "OK", "ALARM"]);
  });
});

describe("CloudWatch's alarms", () => {
  let emulator: AwsEmulator;
  beforeAll(async () => {
    emulator = await startAwsEmulator();
  });
  afterAll(() => emulator?.stop());

  /** The emulator has no composite alarms; to the caller a metric alarm differs only in the list that it comes in. */
  async function makeAlarm(
    region: string,
    AlarmName: string,
    StateValue: "OK" | "ALARM" | "INSUFFICIENT_DATA",
  ): Promise<void> {
    const client = new CloudWatchClient({ ...emulator.clientConfig, region });
    const rule = { Statistic: "Sum", Threshold: 1, ComparisonOperator: "GreaterThanThreshold" } as const;
    const metric = { MetricName: "m", Namespace: "n", Period: 60, EvaluationPeriods: 1 };
    await client.send(new PutMetricAlarmCommand({ AlarmName, ...metric, ...rule }));
    await client.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "resets" }));
  }

  test("are found by name in their region; what CloudWatch does not know is unknown", async () => {
    await makeAlarm("us-west-2", "red", "ALARM");
    await makeAlarm("us-west-2", "green", "OK");
    await makeAlarm("us-west-2", "new", "INSUFFICIENT_DATA");
    const seen = await new CloudWatchAlarms(emulator.clientConfig).look([
      { stack: "west", region: "us-west-2", names: ["green", "new", "none", "red"] },
      { stack: "east", region: "us-east-1", names: ["green"] },
    ]);
    expect(seen).toMatchObject([
      { stack: "west", name: "green", state: "OK" },
      { stack: "west", name: "new", state: "UNKNOWN" },
      { stack: "west", name: "none", state: "UNKNOWN", reason: "CloudWatch knows no alarm of this name" },
      { stack: "west", name: "red", state: "ALARM", reason: "resets" },
      { stack: "east", name: "green", state: "UNKNOWN" },
    ]);
  });

  test("are asked for in portions that the API takes", async () => {
    const names = Array.from({ length: 101 }, (_, index) => `page-${String(index).padStart(3, "0")}`);
    for (const name of [names[0]!, names[100]!]) await makeAlarm("us-east-2", name, "OK");
    const seen = await new CloudWatchAlarms(emulator.clientConfig).look([{ stack: "a", region: "us-east-2", names }]);
    expect(seen).toHaveLength(101);
    expect(seen.filter(({ state }) => state === "OK").map(({ name }) => name)).toEqual([names[0], names[100]]);
  });

  test("are unknown while CloudWatch does not answer", async () => {
    const nobody = { ...emulator.clientConfig, endpoint: "http://127.0.0.1:1", maxAttempts: 1 };
    expect(await new CloudWatchAlarms(nobody).look([{ stack: "a", region: "us-east-1", names: ["x"] }])).toMatchObject([
      { stack: "a", name: "x", state: "UNKNOWN", reason: expect.stringContaining("CloudWatch of us-east-1") as string },
    ]);
  });
});

/** CloudWatch's answer by its own protocol (JSON 1.0): composite alarms are told only to those who ask for that type. */
test("composite alarms are asked for", async () => {
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const { AlarmTypes = ["MetricAlarm"] } = body as { AlarmTypes?: string[] };
      const CompositeAlarms = AlarmTypes.includes("CompositeAlarm")
        ? [{ AlarmName: "page-gpu", StateValue: "ALARM" }]
        : [];
      response.setHeader("content-type", "application/x-amz-json-1.0");
      response.end(JSON.stringify({ CompositeAlarms, MetricAlarms: [] }));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const source = new CloudWatchAlarms({ endpoint, credentials: { accessKeyId: "a", secretAccessKey: "b" } });
  const seen = await source.look([{ stack: "a", region: "us-east-1", names: ["page-gpu"] }]);
  server.closeAllConnections();
  server.close();
  expect(seen).toMatchObject([{ stack: "a", name: "page-gpu", state: "ALARM" }]);
});
