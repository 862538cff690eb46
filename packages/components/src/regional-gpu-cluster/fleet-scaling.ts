import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { clusterDimension, gpuMetricNamespace, gpuUseMetric } from "./cloudwatch-agent.ts";
import { PredictiveScaling } from "./fleet-args.ts";
import type { GpuGroup } from "./fleet.ts";
import { CapacitySource } from "./fleet-plan.ts";
import type { GpuClusterPlan } from "./gpu-cluster-plan.ts";

type MetricStat =
  aws.types.input.autoscaling.PolicyPredictiveScalingConfigurationMetricSpecificationCustomizedLoadMetricSpecificationMetricDataQueryMetricStat;

/** Seconds by which forecast hosts are started ahead: what a host takes to become ready. */
const forecastBufferSeconds = 900;

/**
 * Scales each group on the whole cluster's GPU use and requests in flight. Spot groups have higher targets than on-demand
 * ones, so that they start only when load went past what on-demand hosts would have taken.
 */
export function scaleFleet(name: string, plan: GpuClusterPlan, groups: GpuGroup[]): void {
  const dimensions = [{ name: clusterDimension, value: name }];
  for (const { plan: planned, group } of groups) {
    const prefix = `${name}-gpu-${planned.key}`;
    const inGroup = { parent: group };
    if (planned.targets !== undefined) {
      const track = (key: string, metricName: string, targetValue: number) =>
        new aws.autoscaling.Policy(
          `${prefix}-on-${key}`,
          {
            autoscalingGroupName: group.name,
            policyType: "TargetTrackingScaling",
            targetTrackingConfiguration: {
              targetValue,
              customizedMetricSpecification: {
                namespace: gpuMetricNamespace,
                metricName,
                statistic: "Average",
                metricDimensions: dimensions,
              },
            },
          },
          inGroup,
        );
      track("gpu-use", gpuUseMetric, planned.targets.gpuPercent);
      track("requests", plan.host.inFlightMetric, planned.targets.requestsPerHost);
    }
    if (planned.source === CapacitySource.OnDemand) {
      schedule(prefix, plan, group, inGroup);
      forecast(name, prefix, plan, planned.key, group, inGroup);
    }
  }
}

function schedule(
  prefix: string,
  plan: GpuClusterPlan,
  group: aws.autoscaling.Group,
  inGroup: pulumi.CustomResourceOptions,
): void {
  for (const { key, recurrence, timeZone, minPerZone } of plan.fleet.schedules) {
    new aws.autoscaling.Schedule(
      `${prefix}-at-${key}`,
      {
        autoscalingGroupName: group.name,
        scheduledActionName: key,
        recurrence,
        timeZone: timeZone ?? "Etc/UTC",
        minSize: minPerZone,
        // What a schedule does not speak of stays as it is.
        maxSize: -1,
        desiredCapacity: -1,
      },
      inGroup,
    );
  }
}

function forecast(
  name: string,
  prefix: string,
  plan: GpuClusterPlan,
  key: string,
  group: aws.autoscaling.Group,
  inGroup: pulumi.CustomResourceOptions,
): void {
  const mode = plan.fleet.predictiveScaling;
  if (mode === PredictiveScaling.Off) {
    return;
  }
  const ofCluster = (stat: string) => ({
    metric: {
      namespace: gpuMetricNamespace,
      metricName: plan.host.inFlightMetric,
      dimensions: [{ name: clusterDimension, value: name }],
    },
    stat,
  });
  const query = (id: string, metricStat: MetricStat) => ({ metricDataQueries: [{ id, metricStat, returnData: true }] });
  const target = plan.fleet.groups.find((planned) => planned.key === key)?.targets?.requestsPerHost;
  new aws.autoscaling.Policy(
    `${prefix}-forecast`,
    {
      autoscalingGroupName: group.name,
      policyType: "PredictiveScaling",
      predictiveScalingConfiguration: {
        mode: mode === PredictiveScaling.ForecastAndScale ? "ForecastAndScale" : "ForecastOnly",
        schedulingBufferTime: String(forecastBufferSeconds),
        maxCapacityBreachBehavior: "HonorMaxCapacity",
        metricSpecification: {
          targetValue: target ?? 1,
          customizedLoadMetricSpecification: query("load", ofCluster("Sum")),
          customizedScalingMetricSpecification: query("each", ofCluster("Average")),
          customizedCapacityMetricSpecification: query("hosts", {
            metric: {
              namespace: "AWS/AutoScaling",
              metricName: "GroupInServiceInstances",
              dimensions: [{ name: "AutoScalingGroupName", value: group.name }],
            },
            stat: "Average",
          }),
        },
      },
    },
    inGroup,
  );
}
