import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { lambdaFunction } from "../building-blocks/lambda-function.ts";
import { policyJson } from "../building-blocks/policy-json.ts";
import type { Statement } from "../shared/iam-policy.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { PrivateLinkServiceArgs } from "./args.ts";
import type { Topics } from "./keys-and-topics.ts";
import type { PrivateLinkServicePlan } from "./private-link-service-plan.ts";

/** The automation that answers connection requests. */
export interface AcceptanceFunction {
  function: aws.lambda.Function;
  ledger: aws.dynamodb.Table;
  deadLetters: aws.sqs.Queue;
  /** What has to be there before a tenant can be admitted. */
  ready: pulumi.Resource[];
}

const functionTimeoutSeconds = 60;
/** SQS asks for at least six times the function's time-out, so that a message is not handed out twice. */
const visibilityTimeoutSeconds = 6 * functionTimeoutSeconds;
/** Deliveries before a message is set aside; the sweep settles its endpoint all the same. */
const deliveries = 10;
const messagesPerInvocation = 10;
/** Copies of the function at once: EC2's calls are throttled by account, and more copies would only wait. */
const parallelInvocations = 5;

/** The ledger, the queue, the function, its triggers, and the notification that feeds them. */
export function acceptanceFunction(
  name: string,
  plan: PrivateLinkServicePlan,
  args: PrivateLinkServiceArgs,
  service: aws.ec2.VpcEndpointService,
  topics: Topics,
  tags: Tags,
  parent: pulumi.Resource,
): AcceptanceFunction {
  const ledger = ledgerTable(name, topics.key, args.deletionProtection ?? true, tags, parent);
  const { queue, deadLetters } = eventQueue(name, topics, tags, parent);
  const { function: lambda } = lambdaFunction(
    `${name}-acceptance`,
    {
      asset: "private-link-acceptance",
      description: `Accepts and rejects the connection requests of ${name}`,
      environment: {
        SERVICE_ID: service.id,
        SERVICE_REGION: plan.region,
        SERVICE_ZONE_IDS: plan.zoneIds.join(","),
        LEDGER_TABLE: ledger.name,
        REPORT_TOPIC_ARN: topics.reports.arn,
      },
      statements: acceptanceRights(service.arn, ledger.arn, topics, queue.arn),
      kmsKeyArn: topics.key.arn,
      timeoutSeconds: functionTimeoutSeconds,
      logRetentionDays: args.logRetentionDays,
      tags,
    },
    parent,
  );
  const mapping = new aws.lambda.EventSourceMapping(
    `${name}-acceptance-events`,
    {
      eventSourceArn: queue.arn,
      functionName: lambda.arn,
      batchSize: messagesPerInvocation,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: parallelInvocations },
      tags: named(`${name}-acceptance-events`, tags),
    },
    { parent },
  );
  sweepSchedule(name, lambda, tags, parent);
  new aws.ec2.VpcEndpointConnectionNotification(
    `${name}-notification`,
    {
      vpcEndpointServiceId: service.id,
      connectionNotificationArn: topics.events.arn,
      connectionEvents: ["Connect", "Accept", "Reject", "Delete"],
    },
    // EC2 looks whether it may publish when it is told the topic.
    { parent, dependsOn: [mapping, ...topics.policies] },
  );
  return { function: lambda, ledger, deadLetters, ready: [lambda, mapping] };
}

/** What the function may do, and nothing beside: it reads the registry but cannot write it. */
export function acceptanceRights<Value>(
  serviceArn: Value,
  ledgerArn: Value,
  topics: { key: { arn: Value }; reports: { arn: Value } },
  queueArn: Value,
): Statement<Value | string>[] {
  return [
    {
      sid: "SeeConnections",
      // EC2 has no resource-level permission for it.
      actions: ["ec2:DescribeVpcEndpointConnections"],
      resources: ["*"],
    },
    {
      sid: "DecideConnections",
      actions: ["ec2:AcceptVpcEndpointConnections", "ec2:RejectVpcEndpointConnections"],
      resources: [serviceArn],
    },
    { sid: "ReadLedger", actions: ["dynamodb:GetItem", "dynamodb:Scan"], resources: [ledgerArn] },
    {
      sid: "WriteDecisions",
      actions: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"],
      resources: [ledgerArn],
      conditions: {
        "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["endpoint/*", "seats/*", "leaving/*"] },
        Null: { "dynamodb:LeadingKeys": "false" },
      },
    },
    { sid: "Report", actions: ["sns:Publish"], resources: [topics.reports.arn] },
    {
      sid: "ReceiveEvents",
      actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      resources: [queueArn],
    },
    { sid: "UseKey", actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [topics.key.arn] },
  ];
}

function ledgerTable(
  name: string,
  key: aws.kms.Key,
  deletionProtectionEnabled: boolean,
  tags: Tags,
  parent: pulumi.Resource,
): aws.dynamodb.Table {
  return new aws.dynamodb.Table(
    `${name}-ledger`,
    {
      billingMode: "PAY_PER_REQUEST",
      hashKey: "id",
      attributes: [{ name: "id", type: "S" }],
      ttl: { enabled: true, attributeName: "expiresAt" },
      serverSideEncryption: { enabled: true, kmsKeyArn: key.arn },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled,
      tags: named(`${name}-ledger`, tags),
    },
    { parent },
  );
}

function eventQueue(
  name: string,
  topics: Topics,
  tags: Tags,
  parent: pulumi.Resource,
): { queue: aws.sqs.Queue; deadLetters: aws.sqs.Queue } {
  const deadLetters = new aws.sqs.Queue(
    `${name}-dead-letters`,
    {
      kmsMasterKeyId: topics.key.arn,
      messageRetentionSeconds: 14 * 86_400,
      tags: named(`${name}-dead-letters`, tags),
    },
    { parent },
  );
  const queue = new aws.sqs.Queue(
    `${name}-queue`,
    {
      kmsMasterKeyId: topics.key.arn,
      visibilityTimeoutSeconds,
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: deliveries }),
      tags: named(`${name}-queue`, tags),
    },
    { parent },
  );
  const policy = new aws.sqs.QueuePolicy(
    `${name}-queue-policy`,
    {
      queueUrl: queue.url,
      policy: policyJson([
        {
          sid: "EventsArrive",
          principals: { Service: "sns.amazonaws.com" },
          actions: ["sqs:SendMessage"],
          resources: [queue.arn],
          conditions: { ArnEquals: { "aws:SourceArn": topics.events.arn } },
        },
      ]),
    },
    { parent: queue },
  );
  new aws.sns.TopicSubscription(
    `${name}-queue-subscription`,
    { topic: topics.events.arn, protocol: "sqs", endpoint: queue.arn },
    { parent: queue, dependsOn: [policy] },
  );
  return { queue, deadLetters };
}

/** Events can be lost; once a minute the function looks for itself. */
function sweepSchedule(name: string, lambda: aws.lambda.Function, tags: Tags, parent: pulumi.Resource): void {
  const rule = new aws.cloudwatch.EventRule(
    `${name}-sweep`,
    {
      description: `Settles connection requests of ${name} that no event told`,
      scheduleExpression: "rate(1 minute)",
      tags: named(`${name}-sweep`, tags),
    },
    { parent },
  );
  const permission = new aws.lambda.Permission(
    `${name}-sweep-permission`,
    {
      function: lambda.name,
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
    },
    { parent: rule },
  );
  new aws.cloudwatch.EventTarget(
    `${name}-sweep-target`,
    { rule: rule.name, arn: lambda.arn, input: JSON.stringify({ sweep: true }) },
    { parent: rule, dependsOn: [permission] },
  );
}
