import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { runbook } from "../shared/runbook.ts";
import { named, type Tags } from "../shared/tags.ts";
import { type ClusterAlarm, gpuClusterAlarms, type WatchedCluster } from "./alarms-plan.ts";

/** The alarms that people are told of; those that scale belong to the groups (`fleet-scaling.ts`). */
export function createAlarms(
  name: string,
  watched: WatchedCluster<pulumi.Input<string>>,
  topicArns: pulumi.Input<string>[],
  tags: Tags,
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm[] {
  return gpuClusterAlarms(watched, (value) => value).map((alarm) => {
    const alarmName = `${name}-${alarm.key}`;
    return new aws.cloudwatch.MetricAlarm(
      alarmName,
      {
        name: alarmName,
        alarmDescription: `${alarm.meaning} ${runbook("regional-gpu-cluster", alarm.section)}`,
        ...measured(alarm),
        evaluationPeriods: alarm.periods,
        comparisonOperator: `${alarm.above ? "Greater" : "Less"}Than${alarm.inclusive === true ? "OrEqualTo" : ""}Threshold`,
        threshold: alarm.threshold,
        treatMissingData: alarm.missing,
        alarmActions: topicArns,
        okActions: topicArns,
        tags: named(alarmName, tags),
      },
      { parent },
    );
  });
}

/** One metric, or the difference of two. */
function measured(
  alarm: ClusterAlarm<pulumi.Input<string>>,
): Pick<
  aws.cloudwatch.MetricAlarmArgs,
  "namespace" | "metricName" | "dimensions" | "statistic" | "period" | "metricQueries"
> {
  const { namespace, dimensions, periodSeconds: period, statistic } = alarm;
  if (alarm.minus === undefined) {
    return { namespace, metricName: alarm.metric, dimensions, statistic, period };
  }
  const query = (id: string, metricName: string) => ({
    id,
    metric: { namespace, metricName, dimensions, period, stat: statistic },
  });
  return {
    metricQueries: [
      query("wanted", alarm.metric),
      query("there", alarm.minus),
      { id: "missing", label: "Missing", expression: "wanted - there", returnData: true },
    ],
  };
}
