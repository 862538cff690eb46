import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { runbook } from "../shared/runbook.ts";
import { named, type Tags } from "../shared/tags.ts";
import { anyOf, type RegionAlarm } from "./alarms-plan.ts";
import type { ObservabilityPlan } from "./observability-plan.ts";
import type { Topics } from "./topics.ts";

/** The region's own alarms. They tell nobody: what they are part of pages, and the chat hears of every change. */
export function createRegionAlarms(
  name: string,
  plan: ObservabilityPlan,
  natGatewayIds: pulumi.Input<pulumi.Input<string>[]>,
  tags: Tags,
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm[] {
  return plan.alarms.map((alarm) => {
    const alarmName = `${name}-${alarm.key}`;
    return new aws.cloudwatch.MetricAlarm(
      alarmName,
      {
        name: alarmName,
        alarmDescription: `${alarm.meaning} ${runbook("observability", alarm.section)}`,
        ...measured(alarm, natGatewayIds),
        comparisonOperator: "GreaterThanThreshold",
        threshold: alarm.threshold,
        evaluationPeriods: alarm.periods,
        treatMissingData: "notBreaching",
        tags: named(alarmName, tags),
      },
      { parent },
    );
  });
}

function measured(
  alarm: RegionAlarm,
  natGatewayIds: pulumi.Input<pulumi.Input<string>[]>,
): Pick<
  aws.cloudwatch.MetricAlarmArgs,
  "namespace" | "metricName" | "dimensions" | "statistic" | "period" | "metricQueries"
> {
  const { namespace, metric: metricName, statistic, periodSeconds: period, zone } = alarm;
  if (alarm.ofQuota) {
    return {
      metricQueries: [
        { id: "used", metric: { namespace, metricName, dimensions: alarm.dimensions, period, stat: statistic } },
        {
          id: "percent",
          label: "Percent of the quota",
          expression: "used / SERVICE_QUOTA(used) * 100",
          returnData: true,
        },
      ],
    };
  }
  const gateway: Record<string, pulumi.Input<string>> = zone === undefined
    ? {}
    : { NatGatewayId: pulumi.output(natGatewayIds).apply((ids) => ids[zone] ?? "") };
  return { namespace, metricName, dimensions: { ...alarm.dimensions, ...gateway }, statistic, period };
}

/** One alarm a part: it pages once, however many of its alarms go on, and once more when all is well. */
export function createPages(
  name: string,
  parts: Record<string, pulumi.Input<pulumi.Input<string>[]>>,
  topics: Topics,
  tags: Tags,
  parent: pulumi.Resource,
): aws.cloudwatch.CompositeAlarm[] {
  return Object.entries(parts).map(([part, alarms]) => {
    const alarmName = `${name}-page-${part}`;
    return new aws.cloudwatch.CompositeAlarm(
      alarmName,
      {
        alarmName,
        alarmDescription: `Something of ${part} needs a person. ${runbook("observability", "page")}`,
        alarmRule: pulumi.output(alarms).apply(anyOf),
        alarmActions: [topics.pager.arn],
        okActions: [topics.pager.arn],
        tags: named(alarmName, tags),
      },
      { parent },
    );
  });
}
