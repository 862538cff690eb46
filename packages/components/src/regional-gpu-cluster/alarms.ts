import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { runbook } from "../shared/runbook.ts";
import { named, type Tags } from "../shared/tags.ts";
import { clusterDimension, gpuFaultMetric, gpuMetricNamespace } from "./cloudwatch-agent.ts";
import type { GpuClusterPlan } from "./gpu-cluster-plan.ts";

const hourSeconds = 3600;

/** Tells when GPUs fail so often that replacing hosts one by one is no answer any more. */
export function createAlarms(
  name: string,
  plan: GpuClusterPlan,
  topicArns: pulumi.Input<string>[],
  tags: Tags,
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm[] {
  const alarmName = `${name}-gpu-faults`;
  const faults = new aws.cloudwatch.MetricAlarm(
    alarmName,
    {
      name: alarmName,
      alarmDescription: `${plan.gpuFaultsPerHour} or more GPU hosts of ${name} found themselves broken within an hour and are being replaced. ${runbook("regional-gpu-cluster", "gpu-faults")}`,
      namespace: gpuMetricNamespace,
      metricName: gpuFaultMetric,
      dimensions: { [clusterDimension]: name },
      statistic: "Sum",
      period: hourSeconds,
      evaluationPeriods: 1,
      threshold: plan.gpuFaultsPerHour,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      // Hosts speak of faults only when they have one.
      treatMissingData: "notBreaching",
      alarmActions: topicArns,
      okActions: topicArns,
      tags: named(alarmName, tags),
    },
    { parent },
  );
  return [faults];
}
