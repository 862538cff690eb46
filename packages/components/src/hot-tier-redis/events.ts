import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyJson } from "../building-blocks/policy-json.ts";
import { named, type Tags } from "../shared/tags.ts";
import { alarmPrefix } from "./alarms.ts";
import type { NodeGroup } from "./groups.ts";

/** The way of events to the controller. */
export interface ClusterEvents {
  queue: aws.sqs.Queue;
  deadLetters: aws.sqs.Queue;
}

/** Seconds: how long a message is hidden from a second controller, and how long messages wait. */
const seconds = { visibility: 60, retention: 86_400, deadLetterRetention: 1_209_600 };

/** How often a message is given out before it counts as dead. */
const maxReceiveCount = 5;

/** The queue of the cluster's events and the one for those that nobody could handle. */
export function eventQueues(
  name: string,
  kmsKeyArn: pulumi.Input<string>,
  tags: Tags,
  parent: pulumi.Resource,
): ClusterEvents {
  const common = { kmsMasterKeyId: kmsKeyArn, kmsDataKeyReusePeriodSeconds: 300 };
  const deadLetters = new aws.sqs.Queue(
    `${name}-events-dead`,
    { ...common, messageRetentionSeconds: seconds.deadLetterRetention, tags: named(`${name}-events-dead`, tags) },
    { parent },
  );
  const queue = new aws.sqs.Queue(
    `${name}-events`,
    {
      ...common,
      messageRetentionSeconds: seconds.retention,
      visibilityTimeoutSeconds: seconds.visibility,
      receiveWaitTimeSeconds: 20,
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount }),
      tags: named(`${name}-events`, tags),
    },
    { parent },
  );
  return { queue, deadLetters };
}

/** Rules that bring lifecycle actions, alarms and failing machines to the queue. An event only wakes the controller. */
export function eventRules(
  name: string,
  groups: NodeGroup[],
  events: ClusterEvents,
  tags: Tags,
  parent: pulumi.Resource,
): void {
  const groupNames = groups.map((group) => group.autoScalingGroup.name);
  const patterns: Record<string, pulumi.Input<object>> = {
    lifecycle: {
      source: ["aws.autoscaling"],
      "detail-type": ["EC2 Instance-launch Lifecycle Action", "EC2 Instance-terminate Lifecycle Action"],
      detail: { AutoScalingGroupName: groupNames },
    },
    alarms: {
      source: ["aws.cloudwatch"],
      "detail-type": ["CloudWatch Alarm State Change"],
      detail: { alarmName: [{ prefix: alarmPrefix(name) }] },
    },
    // EventBridge cannot see an instance's tags: the controller looks whether a machine is one of its own.
    machines: {
      source: ["aws.ec2"],
      "detail-type": ["EC2 Instance State-change Notification", "EC2 Spot Instance Interruption Warning"],
      detail: {
        $or: [
          { state: ["stopping", "stopped", "shutting-down", "terminated"] },
          { "instance-action": [{ exists: true }] },
        ],
      },
    },
  };
  const rules = Object.entries(patterns).map(([key, pattern]) => {
    const ruleName = `${name}-rule-${key}`;
    const rule = new aws.cloudwatch.EventRule(
      ruleName,
      { eventPattern: pulumi.jsonStringify(pattern), tags: named(ruleName, tags) },
      { parent },
    );
    new aws.cloudwatch.EventTarget(
      `${ruleName}-target`,
      { rule: rule.name, arn: events.queue.arn, deadLetterConfig: { arn: events.deadLetters.arn } },
      { parent: rule },
    );
    return rule;
  });
  for (const [key, queue] of [
    ["events", events.queue],
    ["events-dead", events.deadLetters],
  ] as const) {
    new aws.sqs.QueuePolicy(
      `${name}-${key}-policy`,
      {
        queueUrl: queue.id,
        policy: policyJson([
          {
            sid: "RulesOfThisClusterSend",
            principals: { Service: "events.amazonaws.com" },
            actions: ["sqs:SendMessage"],
            resources: [queue.arn],
            conditions: { ArnEquals: { "aws:SourceArn": rules.map((rule) => rule.arn) } },
          },
          {
            sid: "RefusePlainHttp",
            effect: "Deny",
            principals: "*",
            actions: ["sqs:*"],
            resources: [queue.arn],
            conditions: { Bool: { "aws:SecureTransport": "false" } },
          },
        ]),
      },
      { parent: queue },
    );
  }
}
