import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { customerKey } from "../building-blocks/customer-key.ts";
import { logsStatement } from "../building-blocks/log-group.ts";
import { policyJson } from "../building-blocks/policy-json.ts";
import type { Statement } from "../shared/iam-policy.ts";
import { named, type Tags } from "../shared/tags.ts";

/** Where connection events arrive, and where decisions and alarms are told. */
export interface Topics {
  key: aws.kms.Key;
  events: aws.sns.Topic;
  reports: aws.sns.Topic;
  accountId: pulumi.Output<string>;
  /** What lets others publish. */
  policies: pulumi.Resource[];
}

/** AWS services that write into the encrypted topics and queue: PrivateLink, CloudWatch alarms, and SNS on its way to SQS. */
const writers = ["vpce.amazonaws.com", "cloudwatch.amazonaws.com", "sns.amazonaws.com"];

/** The key, the topic that EC2 tells connection events, and the topic that people listen to. */
export function keysAndTopics(
  name: string,
  region: string,
  serviceArn: pulumi.Input<string>,
  tags: Tags,
  parent: pulumi.Resource,
): Topics {
  const accountId = aws.getCallerIdentityOutput({}, { parent }).accountId;
  const fromHere = { StringEquals: { "aws:SourceAccount": accountId } };
  const key = customerKey(
    `${name}-key`,
    {
      description: `Connection events, decisions and logs of ${name}`,
      statements: [
        logsStatement(region, parent),
        {
          sid: "ServicesWriteEvents",
          principals: { Service: writers },
          actions: ["kms:GenerateDataKey*", "kms:Decrypt"],
          resources: ["*"],
          conditions: fromHere,
        },
      ],
      tags,
    },
    parent,
  );
  const policies: pulumi.Resource[] = [];
  const topic = (suffix: string, statement: (arn: pulumi.Output<string>) => Statement<pulumi.Input<string>>) => {
    const created = new aws.sns.Topic(
      `${name}-${suffix}`,
      { kmsMasterKeyId: key.arn, tags: named(`${name}-${suffix}`, tags) },
      { parent },
    );
    policies.push(
      new aws.sns.TopicPolicy(
        `${name}-${suffix}-policy`,
        { arn: created.arn, policy: policyJson([statement(created.arn)]) },
        { parent: created },
      ),
    );
    return created;
  };
  const events = topic("events", (arn) => ({
    sid: "PrivateLinkPublishes",
    principals: { Service: "vpce.amazonaws.com" },
    actions: ["sns:Publish"],
    resources: [arn],
    conditions: { ...fromHere, ArnLike: { "aws:SourceArn": serviceArn } },
  }));
  const reports = topic("reports", (arn) => ({
    sid: "AlarmsPublish",
    principals: { Service: "cloudwatch.amazonaws.com" },
    actions: ["sns:Publish"],
    resources: [arn],
    conditions: fromHere,
  }));
  return { key, events, reports, accountId, policies };
}
