import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { runbook } from "../shared/runbook.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { Topics } from "./topics.ts";

/** Calls after which a key decrypts nothing, at once or when its material or its waiting time is over. */
const takesKeyAway = ["DisableKey", "ScheduleKeyDeletion", "DeleteImportedKeyMaterial"];

/** Minutes that the alarm stays on after such a call: no metric says that the key is back. */
const minutesOn = 60;

/**
 * Watches every key of the account in the region: the chat hears who took which away, and the alarm is for the region's page.
 * EventBridge sees the calls only where a trail of CloudTrail logs management events.
 */
export function watchKeys(
  name: string,
  topics: Topics,
  tags: Tags,
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm {
  const rule = new aws.cloudwatch.EventRule(
    `${name}-key-changes`,
    {
      description: "Keys that are disabled, deleted or emptied",
      eventPattern: JSON.stringify({
        source: ["aws.kms"],
        "detail-type": ["AWS API Call via CloudTrail"],
        detail: {
          eventSource: ["kms.amazonaws.com"],
          eventName: takesKeyAway,
          // A call that KMS refused has taken nothing away.
          errorCode: [{ exists: false }],
        },
      }),
      tags: named(`${name}-key-changes`, tags),
    },
    { parent },
  );
  new aws.cloudwatch.EventTarget(
    `${name}-key-changes-target`,
    {
      rule: rule.name,
      arn: topics.chat.arn,
      inputTransformer: {
        inputPaths: {
          call: "$.detail.eventName",
          who: "$.detail.userIdentity.arn",
          key: "$.detail.resources[0].ARN",
        },
        inputTemplate: `{"version":"1.0","source":"custom","content":{"title":"<call>: <key>","description":"by <who>"}}`,
      },
    },
    { parent: rule },
  );
  const alarmName = `${name}-key-unusable`;
  return new aws.cloudwatch.MetricAlarm(
    alarmName,
    {
      name: alarmName,
      alarmDescription: `A key of this region was disabled, scheduled for deletion or emptied. ${runbook("observability", "key-unusable")}`,
      namespace: "AWS/Events",
      metricName: "TriggeredRules",
      dimensions: { RuleName: rule.name },
      statistic: "Sum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      period: 60,
      evaluationPeriods: minutesOn,
      datapointsToAlarm: 1,
      treatMissingData: "notBreaching",
      tags: named(alarmName, tags),
    },
    { parent },
  );
}
