import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { lambdaFunction } from "../building-blocks/lambda-function.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { Discovery } from "./discovery.ts";
import type { GpuGroup } from "./fleet.ts";

export interface RegistrarSpec {
  discovery: Discovery;
  groups: GpuGroup[];
  kmsKeyArn: pulumi.Input<string>;
  logRetentionDays: number;
  tags: Tags;
}

/** What happens to hosts that Cloud Map has to follow: launched, about to end, ended. */
const lifecycleEvents = [
  "EC2 Instance Launch Successful",
  "EC2 Instance-terminate Lifecycle Action",
  "EC2 Instance Terminate Successful",
];

/**
 * Keeps Cloud Map true: a function that every lifecycle event of the groups calls, and a schedule for events that were
 * lost. One at a time, so that two of them never give the same place away.
 */
export function createRegistrar(name: string, spec: RegistrarSpec, parent: pulumi.Resource): void {
  const registrarName = `${name}-gpu-registrar`;
  const { namespace, gpuServices } = spec.discovery;
  const partition = aws.getPartitionOutput({}, { parent });
  const groupNames = spec.groups.map(({ group }) => group.name);
  const services = Object.values(gpuServices).flat();
  const { function: registrar } = lambdaFunction(
    registrarName,
    {
      asset: "gpu-registrar",
      description: `Registers the serving GPU hosts of ${name} with Cloud Map`,
      environment: {
        GROUPS: pulumi
          .all(
            spec.groups.map(({ group, plan }) =>
              group.name.apply((groupName): [string, string] => [groupName, plan.zoneId]),
            ),
          )
          .apply((entries) => JSON.stringify(Object.fromEntries(entries))),
        SERVICES: pulumi.jsonStringify(
          Object.fromEntries(
            Object.entries(gpuServices).map(([zoneId, entries]) => [zoneId, entries.map(({ id }) => id)]),
          ),
        ),
      },
      statements: [
        // Neither call can be limited to resources.
        {
          sid: "SeeHosts",
          actions: ["autoscaling:DescribeAutoScalingGroups", "ec2:DescribeInstances"],
          resources: ["*"],
        },
        {
          // Cloud Map has no resources for these either: a statement that names the services allows none of them. Its
          // condition key limits them to ours.
          sid: "KeepRegistrations",
          actions: [
            "servicediscovery:ListInstances",
            "servicediscovery:RegisterInstance",
            "servicediscovery:DeregisterInstance",
          ],
          resources: ["*"],
          conditions: { StringEquals: { "servicediscovery:ServiceArn": services.map((service) => service.arn) } },
        },
        {
          // Cloud Map writes the DNS records in the caller's name.
          sid: "KeepRecords",
          actions: ["route53:ChangeResourceRecordSets", "route53:GetHostedZone"],
          resources: [pulumi.interpolate`arn:${partition.partition}:route53:::hostedzone/${namespace.hostedZone}`],
        },
      ],
      kmsKeyArn: spec.kmsKeyArn,
      timeoutSeconds: 60,
      reservedConcurrency: 1,
      logRetentionDays: spec.logRetentionDays,
      tags: spec.tags,
    },
    parent,
  );
  const call = (
    key: string,
    when: Pick<aws.cloudwatch.EventRuleArgs, "eventPattern" | "scheduleExpression" | "description">,
  ) => {
    const ruleName = `${registrarName}-${key}`;
    const rule = new aws.cloudwatch.EventRule(ruleName, { ...when, tags: named(ruleName, spec.tags) }, { parent });
    new aws.lambda.Permission(
      `${ruleName}-permission`,
      {
        function: registrar.name,
        action: "lambda:InvokeFunction",
        principal: "events.amazonaws.com",
        sourceArn: rule.arn,
      },
      { parent: rule },
    );
    new aws.cloudwatch.EventTarget(
      `${ruleName}-target`,
      {
        rule: rule.name,
        arn: registrar.arn,
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      },
      { parent: rule },
    );
  };
  call("events", {
    description: `GPU hosts of ${name} that come and go`,
    eventPattern: pulumi.jsonStringify({
      source: ["aws.autoscaling"],
      "detail-type": lifecycleEvents,
      detail: { AutoScalingGroupName: groupNames },
    }),
  });
  call("sweep", { description: "Events that were lost", scheduleExpression: "rate(5 minutes)" });
}
