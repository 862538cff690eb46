import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import type { GpuClusterPlan } from "./gpu-cluster-plan.ts";
import type { Router } from "./router.ts";

/** Namespace of the metrics that are made of the router's log. */
export const routerMetricNamespace = "MRGC/Router";
/** CPU use of a task, percent, that the routers are scaled to: half, because a zone's share grows by half when another is lost. */
const cpuTargetPercent = 50;
/** Seconds: quick out, slow in. */
const cooldown = { out: 60, in: 300 };

/**
 * Makes metrics of the router's log, by tenant's endpoint, and scales each zone's service on requests and on CPU, which
 * awsx does not do.
 */
export function scaleRouter(
  name: string,
  plan: GpuClusterPlan,
  router: Router,
  tags: Tags,
  parent: pulumi.Resource,
): void {
  logMetrics(name, router);
  const clusterName = `${name}-router`;
  for (const { zoneId, serviceName, service } of router.zones) {
    const target = new aws.appautoscaling.Target(
      `${serviceName}-scaling`,
      {
        serviceNamespace: "ecs",
        scalableDimension: "ecs:service:DesiredCount",
        resourceId: `service/${clusterName}/${serviceName}`,
        minCapacity: 1,
        maxCapacity: plan.router.maxTasksPerZone,
        tags: named(`${serviceName}-scaling`, tags),
      },
      { parent, dependsOn: [service] },
    );
    const policy = (
      key: string,
      configuration: aws.types.input.appautoscaling.PolicyTargetTrackingScalingPolicyConfiguration,
    ) =>
      new aws.appautoscaling.Policy(
        `${serviceName}-scale-on-${key}`,
        {
          policyType: "TargetTrackingScaling",
          serviceNamespace: target.serviceNamespace,
          scalableDimension: target.scalableDimension,
          resourceId: target.resourceId,
          targetTrackingScalingPolicyConfiguration: {
            scaleOutCooldown: cooldown.out,
            scaleInCooldown: cooldown.in,
            ...configuration,
          },
        },
        { parent: target },
      );
    policy("cpu", {
      targetValue: cpuTargetPercent,
      predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
    });
    const tasks = {
      namespace: "ECS/ContainerInsights",
      metricName: "RunningTaskCount",
      dimensions: [
        { name: "ClusterName", value: clusterName },
        { name: "ServiceName", value: serviceName },
      ],
    };
    policy("requests", {
      targetValue: plan.router.requestsPerMinute,
      customizedMetricSpecification: {
        metrics: [
          {
            id: "requests",
            returnData: false,
            metricStat: {
              stat: "Sum",
              metric: { namespace: routerMetricNamespace, metricName: requestsMetric(name, zoneId) },
            },
          },
          { id: "tasks", returnData: false, metricStat: { stat: "Average", metric: tasks } },
          { id: "each", label: "Requests a task and minute", expression: "requests / tasks", returnData: true },
        ],
      },
    });
  }
}

/** Requests of one zone's routers; a metric of its own, because a dimension that is missing from a minute cannot have a default of 0. */
function requestsMetric(name: string, zoneId: string): string {
  return `${name}-${zoneId}-requests`;
}

function logMetrics(name: string, router: Router): void {
  const filter = (
    key: string,
    pattern: string,
    metric: Omit<aws.types.input.cloudwatch.LogMetricFilterMetricTransformation, "namespace">,
  ) =>
    new aws.cloudwatch.LogMetricFilter(
      `${name}-router-${key}`,
      {
        name: `${name}-router-${key}`,
        logGroupName: router.logGroup.name,
        pattern,
        metricTransformation: { namespace: routerMetricNamespace, ...metric },
      },
      { parent: router.logGroup },
    );
  const request = '$.kind = "request"';
  const dimensions = { Endpoint: "$.endpoint" };
  filter("requests", `{ ${request} && $.endpoint = "*" }`, { name: "Requests", value: "1", unit: "Count", dimensions });
  filter("errors", `{ ${request} && $.endpoint = "*" && $.status >= 500 }`, {
    name: "Errors",
    value: "1",
    unit: "Count",
    dimensions,
  });
  filter("duration", `{ ${request} && $.endpoint = "*" }`, {
    name: "DurationMs",
    value: "$.durationMs",
    unit: "Milliseconds",
    dimensions,
  });
  for (const { zoneId } of router.zones) {
    filter(`requests-${zoneId}`, `{ ${request} && $.zone = "${zoneId}" }`, {
      name: requestsMetric(name, zoneId),
      value: "1",
      unit: "Count",
      defaultValue: "0",
    });
  }
}
