import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { runbook } from "../shared/runbook.ts";
import { named, type Tags } from "../shared/tags.ts";
import { clusterAlarms, type AlarmPlan } from "./alarms-plan.ts";
import type { ClusterEvents } from "./events.ts";
import type { NodeGroup } from "./groups.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";

/** Prefix of every alarm's name: the event rule knows the cluster's alarms by it. */
export function alarmPrefix(name: string): string {
  return `${name}-alarm-`;
}

/** The alarms over the whole cluster, by key. */
export function createClusterAlarms(
  name: string,
  plan: HotTierPlan,
  topics: pulumi.Input<string>[],
  tags: Tags,
  parent: pulumi.Resource,
): Record<string, aws.cloudwatch.MetricAlarm> {
  return Object.fromEntries(
    clusterAlarms(plan).map((alarm) => [
      alarm.key,
      metricAlarm(name, alarm, { Cluster: plan.clusterName }, topics, tags, parent),
    ]),
  );
}

/** Alarms of each group's machines and of the event path: what CloudWatch knows without our agent. */
export function createPathAlarms(
  name: string,
  groups: NodeGroup[],
  events: ClusterEvents,
  topics: pulumi.Input<string>[],
  tags: Tags,
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm[] {
  const perGroup = groups.map(({ plan, autoScalingGroup }) =>
    metricAlarm(
      name,
      {
        key: `status-${plan.key}`,
        meaning: `A machine of ${plan.key} fails EC2's status checks`,
        namespace: "AWS/EC2",
        metric: "StatusCheckFailed",
        statistic: "Maximum",
        comparison: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        minutes: 2,
        people: true,
      },
      { AutoScalingGroupName: autoScalingGroup.name },
      topics,
      tags,
      parent,
    ),
  );
  const deadLetters = metricAlarm(
    name,
    {
      key: "dead-letters",
      meaning: "Events could not be given to the controller or handled by it",
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      statistic: "Maximum",
      comparison: "GreaterThanThreshold",
      threshold: 0,
      minutes: 1,
      people: true,
    },
    { QueueName: events.deadLetters.name },
    topics,
    tags,
    parent,
  );
  return [...perGroup, deadLetters];
}

function metricAlarm(
  name: string,
  alarm: AlarmPlan,
  dimensions: Record<string, pulumi.Input<string>>,
  topics: pulumi.Input<string>[],
  tags: Tags,
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm {
  const alarmName = `${alarmPrefix(name)}${alarm.key}`;
  const actions = alarm.people ? topics : [];
  return new aws.cloudwatch.MetricAlarm(
    alarmName,
    {
      alarmDescription: `${alarm.meaning}. ${runbook("hot-tier-redis", section(alarm.key))}`,
      namespace: alarm.namespace,
      metricName: alarm.metric,
      dimensions,
      statistic: alarm.statistic,
      comparisonOperator: alarm.comparison,
      threshold: alarm.threshold,
      period: 60,
      evaluationPeriods: alarm.minutes,
      datapointsToAlarm: alarm.minutes,
      treatMissingData: alarm.missing ?? "notBreaching",
      alarmActions: actions,
      okActions: actions,
      tags: named(alarmName, tags),
    },
    { parent },
  );
}

/** Alarms of all groups share what to do. */
function section(key: string): string {
  return key.startsWith("status-") ? "status" : key;
}
