import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { runbook } from "../shared/runbook.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { AcceptanceFunction } from "./acceptance-function.ts";
import { metricNamespace } from "./acceptance/decide.ts";
import type { PrivateLinkServicePlan } from "./private-link-service-plan.ts";

/** Seconds within which a request should be decided. The source documents' four hours are a promise, not AWS's (E11). */
const decisionTargetSeconds = 60;

type AlarmSpec = Pick<
  aws.cloudwatch.MetricAlarmArgs,
  | "namespace"
  | "metricName"
  | "dimensions"
  | "statistic"
  | "period"
  | "evaluationPeriods"
  | "threshold"
  | "comparisonOperator"
  | "treatMissingData"
> & { alarmDescription: string };

/**
 * The service's alarms: resets by zone (what a failing load balancer or target looks like to tenants), and an acceptance
 * function that is slow, failing, stuck or silent. The dimensions of AWS/PrivateLinkServices have spaces (E10).
 */
export function serviceAlarms(
  name: string,
  plan: PrivateLinkServicePlan,
  service: aws.ec2.VpcEndpointService,
  acceptance: AcceptanceFunction,
  actions: pulumi.Input<string>[],
  tags: Tags,
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm[] {
  const alarms: aws.cloudwatch.MetricAlarm[] = [];
  const alarm = (key: string, spec: AlarmSpec, section = key): void => {
    alarms.push(
      new aws.cloudwatch.MetricAlarm(
        `${name}-${key}`,
        {
          ...spec,
          alarmDescription: `${spec.alarmDescription} ${runbook("private-link-service", section)}`,
          alarmActions: actions,
          okActions: actions,
          tags: named(`${name}-${key}`, tags),
        },
        { parent },
      ),
    );
  };
  for (const zoneId of plan.zoneIds) {
    const zone = aws.getAvailabilityZonesOutput({ filters: [{ name: "zone-id", values: [zoneId] }] }, { parent });
    alarm(
      `resets-${zoneId}`,
      {
        alarmDescription: `Tenants' connections are reset in ${zoneId}.`,
        namespace: "AWS/PrivateLinkServices",
        metricName: "RstPacketsSent",
        dimensions: { Az: zone.names.apply((names) => names[0] ?? ""), "Service Id": service.id },
        statistic: "Sum",
        period: 60,
        evaluationPeriods: 3,
        threshold: plan.resetsPerMinuteAlarm,
        comparisonOperator: "GreaterThanThreshold",
        treatMissingData: "notBreaching",
      },
      "resets",
    );
  }
  alarm("slow-acceptance", {
    alarmDescription: `A connection request waited longer than ${decisionTargetSeconds} s for its decision.`,
    namespace: metricNamespace,
    metricName: "SecondsPending",
    dimensions: { "Service Id": service.id },
    statistic: "Maximum",
    period: 300,
    evaluationPeriods: 1,
    threshold: decisionTargetSeconds,
    comparisonOperator: "GreaterThanThreshold",
    treatMissingData: "notBreaching",
  });
  const functionDimensions = { FunctionName: acceptance.function.name };
  alarm("acceptance-errors", {
    alarmDescription: "The acceptance function failed again and again; requests wait.",
    namespace: "AWS/Lambda",
    metricName: "Errors",
    dimensions: functionDimensions,
    statistic: "Sum",
    period: 300,
    evaluationPeriods: 1,
    threshold: 3,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    treatMissingData: "notBreaching",
  });
  alarm("acceptance-silent", {
    alarmDescription: "The acceptance function, which runs every minute, did not run: requests wait unseen.",
    namespace: "AWS/Lambda",
    metricName: "Invocations",
    dimensions: functionDimensions,
    statistic: "Sum",
    period: 300,
    evaluationPeriods: 2,
    threshold: 1,
    comparisonOperator: "LessThanThreshold",
    treatMissingData: "breaching",
  });
  alarm("dead-letters", {
    alarmDescription: "A connection event was set aside after ten deliveries.",
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: acceptance.deadLetters.name },
    statistic: "Maximum",
    period: 300,
    evaluationPeriods: 1,
    threshold: 1,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    treatMissingData: "notBreaching",
  });
  return alarms;
}
