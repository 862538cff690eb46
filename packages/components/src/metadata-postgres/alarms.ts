import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { runbook } from "../shared/runbook.ts";
import { named, type Tags } from "../shared/tags.ts";
import { type AlarmPlan, databaseAlarms } from "./alarms-plan.ts";
import type { PostgresPlan } from "./postgres-plan.ts";

/** An alarm for each thing that the plan says can go wrong with an instance. */
export function createAlarms(
  name: string,
  instances: Record<string, { identifier: pulumi.Input<string>; replica: boolean }>,
  plan: PostgresPlan,
  spec: { topicArns: pulumi.Input<string>[]; tags: Tags },
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm[] {
  return Object.entries(instances).flatMap(([key, instance]) =>
    databaseAlarms(plan)
      .filter((candidate) => instance.replica || !candidate.replicasOnly)
      .map((alarm) => createAlarm(`${name}-${key}-${alarm.key}`, alarm, instance.identifier, spec, parent)),
  );
}

function createAlarm(
  name: string,
  alarm: AlarmPlan,
  identifier: pulumi.Input<string>,
  spec: { topicArns: pulumi.Input<string>[]; tags: Tags },
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm {
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      alarmDescription: `${alarm.meaning} ${runbook("metadata-postgres", alarm.key)}`,
      namespace: "AWS/RDS",
      metricName: alarm.metric,
      dimensions: { DBInstanceIdentifier: identifier },
      statistic: alarm.statistic,
      comparisonOperator: alarm.above ? "GreaterThanThreshold" : "LessThanThreshold",
      threshold: alarm.threshold,
      period: alarm.periodSeconds,
      evaluationPeriods: alarm.periods,
      datapointsToAlarm: alarm.periods,
      treatMissingData: "breaching",
      alarmActions: spec.topicArns,
      okActions: spec.topicArns,
      tags: named(name, spec.tags),
    },
    { parent },
  );
}
