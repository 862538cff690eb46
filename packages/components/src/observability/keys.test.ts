import { beforeAll, describe, expect, it } from "vitest";
import { recorded, type Recording } from "../testing/recorded.ts";
import { network } from "./fixtures.ts";
import { Observability } from "./observability.ts";

const key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const alice = "arn:aws:iam::111122223333:user/Alice";

/** A call of KMS as EventBridge has it: CloudTrail's record (KMS developer guide, "ScheduleKeyDeletion") in its envelope. */
const call = (eventName: string, more: object = {}) => ({
  source: "aws.kms",
  "detail-type": "AWS API Call via CloudTrail",
  region: "us-east-1",
  detail: {
    eventSource: "kms.amazonaws.com",
    eventName,
    awsRegion: "us-east-1",
    userIdentity: { type: "IAMUser", arn: alice },
    requestParameters: { keyId: "1234abcd-12ab-34cd-56ef-1234567890ab" },
    resources: [{ accountId: "111122223333", type: "AWS::KMS::Key", ARN: key }],
    eventType: "AwsApiCall",
    ...more,
  },
});

/** Whether a pattern of equal values and of absent fields takes an event (EventBridge user guide, event patterns). */
function takes(pattern: object, event: object): boolean {
  return Object.entries(pattern).every(([field, wanted]: [string, unknown]) => {
    const value: unknown = (event as Record<string, unknown>)[field];
    return Array.isArray(wanted)
      ? wanted.some((one: unknown) => (typeof one === "string" ? one === value : value === undefined))
      : takes(wanted as object, (value ?? {}) as object);
  });
}

/** What a path such as `$.detail.resources[0].ARN` finds. */
function found(path: string, event: object): unknown {
  return path
    .split(/[.[\]]+/)
    .slice(1)
    .reduce<unknown>((value, field) => (value as Record<string, unknown>)[field], event);
}

describe("keys", () => {
  let watching: Recording<Observability>;
  beforeAll(async () => {
    watching = await recorded(() => new Observability("watch", { network, managedPrometheus: false }));
  });

  it.each([
    ["DisableKey", {}, true],
    ["ScheduleKeyDeletion", {}, true],
    ["DeleteImportedKeyMaterial", {}, true],
    ["DisableKey", { errorCode: "AccessDenied" }, false],
    ["EnableKey", {}, false],
    ["DisableKeyRotation", {}, false],
    ["Decrypt", {}, false],
  ])("%s %o is told: %s", (eventName, more, told) => {
    const pattern = JSON.parse(watching.find("watch-key-changes").inputs.eventPattern as string) as object;
    expect(takes(pattern, call(eventName, more))).toBe(told);
  });

  it("are a line in the chat with the call, the key and who made it", () => {
    const { arn, inputTransformer } = watching.find("watch-key-changes-target").inputs as {
      arn: string;
      inputTransformer: { inputPaths: Record<string, string>; inputTemplate: string };
    };
    expect(arn).toMatch(/watch-chat$/);
    const line = inputTransformer.inputTemplate.replaceAll(/<(\w+)>/g, (_, name: string) =>
      String(found(inputTransformer.inputPaths[name]!, call("DisableKey"))),
    );
    expect(JSON.parse(line)).toMatchObject({ content: { title: `DisableKey: ${key}`, description: `by ${alice}` } });
  });

  it("page with the region's part, for an hour after one call", () => {
    expect(watching.find("watch-page-region").inputs.alarmRule).toContain("watch-key-unusable");
    expect(watching.find("watch-key-unusable").inputs).toMatchObject({
      namespace: "AWS/Events",
      metricName: "TriggeredRules",
      dimensions: { RuleName: expect.stringContaining("watch-key-changes") },
      datapointsToAlarm: 1,
      evaluationPeriods: 60,
      period: 60,
    });
  });
});
