import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { customerKey } from "../building-blocks/customer-key.ts";
import { lambdaFunction } from "../building-blocks/lambda-function.ts";
import { logsStatement } from "../building-blocks/log-group.ts";
import { egressRule, ingressRule, securityGroup } from "../building-blocks/security-group.ts";
import { runbook } from "../shared/runbook.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { TenantVpc } from "./args.ts";
import { probeNamespace } from "./probe/probe.ts";
import type { Scope } from "./scope.ts";
import { badMinutes, goodShare, judgedSeconds } from "./judgement.ts";
import type { PlannedVpc } from "./tenant-endpoint-plan.ts";

const probeTimeoutSeconds = 70;

/** What is known of one target. */
export interface TargetHealth {
  healthCheckId: pulumi.Output<string>;
  alarmArn: pulumi.Output<string>;
}

/**
 * Health checks of what one network reaches. Route 53's own checkers cannot see private addresses, and AWS publishes no
 * consumer metrics for cross-region endpoints (E10); so a function in the network asks each endpoint's health, its metric
 * raises an alarm, and the health check follows the alarm.
 *
 * @returns a health check and its alarm by the service's region
 */
export function targetHealth(
  scope: Scope,
  planned: PlannedVpc,
  vpc: TenantVpc,
  alarmActions: pulumi.Input<string>[],
): Map<string, TargetHealth> {
  const { name, plan, endpoints, tags, parent } = scope;
  const prefix = `${name}-${vpc.region}`;
  const region = vpc.region;
  const kmsKeyArn =
    vpc.kmsKeyArn ??
    customerKey(
      `${prefix}-probe-key`,
      { description: `Log of the probe of ${name}`, statements: [logsStatement(region, parent)], region, tags },
      parent,
    ).arn;
  const group = probeGroup(scope, planned, vpc);
  const targets = planned.targets.map(({ endpointKey, serviceRegion }) => ({
    key: metricKey(name, region, serviceRegion),
    dnsName: endpoints.get(endpointKey)?.dnsName ?? pulumi.output(""),
  }));
  const lambda = lambdaFunction(
    `${prefix}-probe`,
    {
      asset: "tenant-endpoint-probe",
      description: `Asks the health of what ${name} reaches from ${region}`,
      environment: {
        INTERVAL_SECONDS: String(plan.probeIntervalSeconds),
        TARGETS: pulumi.jsonStringify(
          targets.map(({ key, dnsName }) => ({
            key,
            url: pulumi.interpolate`http://${dnsName}:${plan.healthPort}${plan.healthPath}`,
          })),
        ),
      },
      statements: [],
      kmsKeyArn,
      timeoutSeconds: probeTimeoutSeconds,
      memoryMib: 128,
      reservedConcurrency: 2,
      vpc: { subnetIds: vpc.privateSubnetIds, securityGroupIds: [group.id] },
      region,
      tags,
    },
    parent,
  );
  everyMinute(`${prefix}-probe`, lambda.function, region, tags, parent);
  return new Map(
    planned.targets.map(({ serviceRegion }) => [
      serviceRegion,
      healthCheck(scope, region, serviceRegion, alarmActions),
    ]),
  );
}

/** The probe's security group: out to the health port of what the network reaches, and nowhere else. */
function probeGroup(scope: Scope, planned: PlannedVpc, vpc: TenantVpc): aws.ec2.SecurityGroup {
  const { name, plan, networks, endpoints, tags, parent } = scope;
  const { region } = vpc;
  const prefix = `${name}-${region}-probe`;
  const group = securityGroup(
    prefix,
    { description: `Probe of ${name}`, vpcId: vpc.vpcId, region, ingress: {}, egress: {}, tags },
    parent,
  );
  const fromPort = plan.healthPort;
  for (const { endpointKey, serviceRegion, overTransitGateway } of planned.targets) {
    const endpoint = endpoints.get(endpointKey);
    const far = overTransitGateway ? networks.get(serviceRegion) : undefined;
    if (endpoint === undefined) {
      continue;
    }
    // A security group of another region cannot be named; its network's range can.
    const peer = far === undefined ? { securityGroupId: endpoint.group.id } : { cidrIpv4: far.vpcCidrBlock };
    const out = { description: `Health of ${serviceRegion}`, fromPort, peer };
    egressRule(`${prefix}-out-${serviceRegion}`, group, out, tags, region);
    if (far === undefined && vpc.clientSecurityGroupIds !== undefined) {
      const probe = { description: "Probe", fromPort, peer: { securityGroupId: group.id } };
      ingressRule(`${prefix}-in-${serviceRegion}`, endpoint.group, probe, tags, region);
    }
  }
  return group;
}

/** Value of the metric's dimension. */
function metricKey(name: string, region: string, serviceRegion: string): string {
  return `${name}/${region}/${serviceRegion}`;
}

function everyMinute(
  prefix: string,
  lambda: aws.lambda.Function,
  region: string,
  tags: Tags,
  parent: pulumi.Resource,
): void {
  const rule = new aws.cloudwatch.EventRule(
    `${prefix}-schedule`,
    {
      description: "Starts the probe",
      scheduleExpression: "rate(1 minute)",
      region,
      tags: named(`${prefix}-schedule`, tags),
    },
    { parent },
  );
  const permission = new aws.lambda.Permission(
    `${prefix}-permission`,
    {
      function: lambda.name,
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
      region,
    },
    { parent: rule },
  );
  new aws.cloudwatch.EventTarget(
    `${prefix}-target`,
    { rule: rule.name, arn: lambda.arn, region },
    { parent: rule, dependsOn: [permission] },
  );
}

function healthCheck(
  { name, plan, tags, parent }: Scope,
  region: string,
  serviceRegion: string,
  alarmActions: pulumi.Input<string>[],
): TargetHealth {
  const prefix = `${name}-${region}-sees-${serviceRegion}`;
  const key = metricKey(name, region, serviceRegion);
  const alarm = new aws.cloudwatch.MetricAlarm(
    `${prefix}-alarm`,
    {
      alarmDescription: `${key} does not answer its health check. ${runbook("tenant-endpoint", "unhealthy")}`,
      namespace: probeNamespace,
      metricName: "Healthy",
      dimensions: { Endpoint: key },
      statistic: "Average",
      period: judgedSeconds,
      evaluationPeriods: badMinutes(plan.probeIntervalSeconds),
      threshold: goodShare,
      comparisonOperator: "LessThanThreshold",
      // A probe that does not report says nothing about the endpoint: the health check keeps what it knew.
      treatMissingData: "missing",
      alarmActions,
      okActions: alarmActions,
      region,
      tags: named(`${prefix}-alarm`, tags),
    },
    { parent },
  );
  const check = new aws.route53.HealthCheck(
    `${prefix}-health`,
    {
      type: "CLOUDWATCH_METRIC",
      cloudwatchAlarmName: alarm.name,
      cloudwatchAlarmRegion: region,
      insufficientDataHealthStatus: "LastKnownStatus",
      // Route 53 copies the alarm's settings when the check is made; these changes make it copy them again.
      triggers: { minutes: String(badMinutes(plan.probeIntervalSeconds)) },
      tags: named(`${prefix}-health`, tags),
    },
    { parent },
  );
  return { healthCheckId: check.id, alarmArn: alarm.arn };
}
