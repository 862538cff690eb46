import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { runbook } from "../shared/runbook.ts";
import { named, type Tags } from "../shared/tags.ts";
import { clusterDimension, gpuMetricNamespace, gpuUseMetric } from "./cloudwatch-agent.ts";
import { PredictiveScaling } from "./fleet-args.ts";
import type { GpuGroup } from "./fleet.ts";
import { CapacitySource } from "./fleet-plan.ts";
import type { GpuClusterPlan } from "./gpu-cluster-plan.ts";

type MetricStat =
  aws.types.input.autoscaling.PolicyPredictiveScalingConfigurationMetricSpecificationCustomizedLoadMetricSpecificationMetricDataQueryMetricStat;

/** Minutes of load before spot hosts start, and without before they end. */
const overflowMinutes = 3;
const reliefMinutes = 15;
/** Seconds by which forecast hosts are started ahead: what a host takes to become ready. */
const forecastBufferSeconds = 900;

/**
 * Scales on the whole cluster's GPU use and requests in flight: on-demand groups by target tracking, spot groups by steps.
 */
export function scaleFleet(
  name: string,
  plan: GpuClusterPlan,
  groups: GpuGroup[],
  tags: Tags,
  parent: pulumi.Resource,
): void {
  overflowToSpot(name, plan, groups, tags, parent);
  const dimensions = [{ name: clusterDimension, value: name }];
  for (const { plan: planned, group } of groups) {
    const prefix = `${name}-gpu-${planned.key}`;
    const inGroup = { parent: group };
    if (planned.source === CapacitySource.OnDemand && planned.targets !== undefined) {
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

/**
 * Starts spot hosts when load stays past what on-demand hosts are kept at, and ends one after the other when on-demand
 * hosts carry it again. Steps and not target tracking: a group that tracks a load it shares never shrinks to nothing.
 */
function overflowToSpot(
  name: string,
  plan: GpuClusterPlan,
  groups: GpuGroup[],
  tags: Tags,
  parent: pulumi.Resource,
): void {
  const spot = groups.filter((each) => each.plan.source === CapacitySource.Spot);
  const past = spot[0]?.plan.targets;
  if (past === undefined) {
    return;
  }
  const kept = plan.fleet.groups.find(({ source }) => source === CapacitySource.OnDemand)?.targets ?? past;
  const step = (key: string, adjustment: aws.types.input.autoscaling.PolicyStepAdjustment) =>
    spot.map(
      ({ plan: { key: group }, group: { name: autoscalingGroupName } }, index) =>
        new aws.autoscaling.Policy(
          `${name}-gpu-${group}-${key}`,
          {
            autoscalingGroupName,
            policyType: "StepScaling",
            adjustmentType: "ChangeInCapacity",
            metricAggregationType: "Average",
            stepAdjustments: [adjustment],
          },
          { parent: spot[index]?.group },
        ).arn,
    );
  const alarm = (
    key: string,
    limits: { gpuPercent: number; requestsPerHost: number },
    rest: Pick<aws.cloudwatch.MetricAlarmArgs, "comparisonOperator" | "evaluationPeriods" | "alarmActions">,
  ) => {
    const alarmName = `${name}-gpu-spot-${key}`;
    const metric = (id: string, metricName: string) => ({
      id,
      metric: {
        namespace: gpuMetricNamespace,
        metricName,
        dimensions: { [clusterDimension]: name },
        period: 60,
        stat: "Average",
      },
    });
    new aws.cloudwatch.MetricAlarm(
      alarmName,
      {
        name: alarmName,
        alarmDescription: `Load of ${name} as a share of ${limits.gpuPercent} % GPU use and ${limits.requestsPerHost} requests a host, whichever is more. ${runbook("regional-gpu-cluster", `spot-${key}`)}`,
        metricQueries: [
          metric("gpu", gpuUseMetric),
          metric("requests", plan.host.inFlightMetric),
          {
            id: "load",
            label: "Load",
            expression: `MAX([gpu / ${limits.gpuPercent}, requests / ${limits.requestsPerHost}])`,
            returnData: true,
          },
        ],
        threshold: 1,
        treatMissingData: "ignore",
        ...rest,
        tags: named(alarmName, tags),
      },
      { parent },
    );
  };
  alarm("overflow", past, {
    comparisonOperator: "GreaterThanThreshold",
    evaluationPeriods: overflowMinutes,
    alarmActions: step("start", { scalingAdjustment: 1, metricIntervalLowerBound: "0" }),
  });
  alarm("relief", kept, {
    comparisonOperator: "LessThanOrEqualToThreshold",
    evaluationPeriods: reliefMinutes,
    alarmActions: step("end", { scalingAdjustment: -1, metricIntervalUpperBound: "0" }),
  });
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
