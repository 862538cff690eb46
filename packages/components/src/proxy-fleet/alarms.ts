import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { runbook } from "../shared/runbook.ts";
import { named, type Tags } from "../shared/tags.ts";
import { fleetAlarms } from "./alarms-plan.ts";
import type { Front } from "./front.ts";
import type { ProxyFleetPlan } from "./proxy-fleet-plan.ts";

/** An alarm for each thing that the plan watches. */
export function createAlarms(
  name: string,
  plan: ProxyFleetPlan,
  front: Front,
  spec: { topicArns: pulumi.Input<string>[]; tags: Tags },
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm[] {
  return fleetAlarms(plan).map((alarm) => {
    const alarmName = `${name}-${alarm.key}`;
    const targets: Record<string, pulumi.Input<string>> = alarm.metric.endsWith("HostCount")
      ? { TargetGroup: front.requestTargets.arnSuffix }
      : {};
    return new aws.cloudwatch.MetricAlarm(
      alarmName,
      {
        alarmDescription: `${alarm.meaning} ${runbook("proxy-fleet", alarm.key)}`,
        namespace: "AWS/NetworkELB",
        metricName: alarm.metric,
        dimensions: { LoadBalancer: front.requests.arnSuffix, ...targets },
        statistic: alarm.statistic,
        comparisonOperator: alarm.above ? "GreaterThanThreshold" : "LessThanThreshold",
        threshold: alarm.threshold,
        period: 60,
        evaluationPeriods: alarm.minutes,
        datapointsToAlarm: alarm.minutes,
        treatMissingData: alarm.missing,
        alarmActions: spec.topicArns,
        okActions: spec.topicArns,
        tags: named(alarmName, spec.tags),
      },
      { parent },
    );
  });
}
