import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { lambdaFunction, type LambdaFunction } from "../building-blocks/lambda-function.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { HotTierRedisArgs } from "./args.ts";
import { controllerStatements, type ControllerResources } from "./controller-role.ts";
import type { ClusterEvents } from "./events.ts";
import type { NodeGroup } from "./groups.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";

/** What the controller touches of the cluster. */
export interface ControllerParts {
  groups: NodeGroup[];
  events: ClusterEvents;
  bucket: aws.s3.Bucket;
  secretArn: pulumi.Input<string>;
  kmsKeyArn: pulumi.Input<string>;
  securityGroupId: pulumi.Input<string>;
}

/** A call works for most of a minute; a pass that moves much data may go on until Lambda's limit. */
const timeoutSeconds = 900;

/**
 * The controller as a function that a schedule calls every minute and that works until the next call: it looks, acts, and waits
 * for an event or ten seconds. One at a time: a second call waits. About 35 USD a month
 * (1 GiB all the time at 0.0000133 USD a second).
 */
export function clusterController(
  name: string,
  args: HotTierRedisArgs,
  plan: HotTierPlan,
  parts: ControllerParts,
  clusterTags: Tags,
  parent: pulumi.Resource,
): LambdaFunction {
  const controllerName = `${name}-controller`;
  const tags = { ...clusterTags, "mrgc:cluster": plan.clusterName };
  const controller = lambdaFunction(
    controllerName,
    {
      asset: "hot-tier-controller",
      description: `Keeps the hot tier ${plan.clusterName} whole`,
      environment: {
        MRGC_CLUSTER: plan.clusterName,
        MRGC_EVENT_QUEUE_URL: parts.events.queue.url,
        MRGC_STATE_BUCKET: parts.bucket.bucket,
      },
      statements: controllerStatements(plan, resourcesOf(parts, parent)),
      kmsKeyArn: parts.kmsKeyArn,
      timeoutSeconds,
      memoryMib: 1024,
      reservedConcurrency: 1,
      vpc: { subnetIds: args.network.dataSubnetIds, securityGroupIds: [parts.securityGroupId] },
      logGroupName: `/mrgc/${plan.clusterName}/${plan.region}/controller`,
      logRetentionDays: args.logRetentionDays,
      tags,
    },
    parent,
  );
  const rule = new aws.cloudwatch.EventRule(
    `${controllerName}-minute`,
    { scheduleExpression: "rate(1 minute)", tags: named(`${controllerName}-minute`, tags) },
    { parent },
  );
  const permission = new aws.lambda.Permission(
    `${controllerName}-minute-permission`,
    {
      action: "lambda:InvokeFunction",
      function: controller.function.name,
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
    },
    { parent: rule },
  );
  new aws.cloudwatch.EventTarget(
    `${controllerName}-minute-target`,
    {
      rule: rule.name,
      arn: controller.function.arn,
      // The next minute brings the next call: an old one is of no use.
      retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 },
    },
    { parent: rule, dependsOn: permission },
  );
  return controller;
}

function resourcesOf(parts: ControllerParts, parent: pulumi.Resource): ControllerResources {
  return {
    groupArns: parts.groups.map((group) => group.autoScalingGroup.arn),
    queueArn: parts.events.queue.arn,
    bucketArn: parts.bucket.arn,
    secretArn: parts.secretArn,
    kmsKeyArn: parts.kmsKeyArn,
    accountId: aws.getCallerIdentityOutput({}, { parent }).accountId,
    partition: aws.getPartitionOutput({}, { parent }).partition,
  };
}
