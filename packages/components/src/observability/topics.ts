import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { customerKey } from "../building-blocks/customer-key.ts";
import { logsStatement } from "../building-blocks/log-group.ts";
import { policyJson } from "../building-blocks/policy-json.ts";
import { serviceRole } from "../building-blocks/service-role.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { ObservabilityPlan } from "./observability-plan.ts";

/** Where pages and messages go. */
export interface Topics {
  key: aws.kms.Key;
  pager: aws.sns.Topic;
  chat: aws.sns.Topic;
}

/** AWS services that write to each topic, for this account only: alarms page; spending and Prometheus tell the chat. */
const writers = {
  pager: ["cloudwatch.amazonaws.com"],
  chat: ["costalerts.amazonaws.com", "aps.amazonaws.com"],
};
/** Writes to the chat as well. SNS sees no account or ARN of it, so that a condition would shut it out (EventBridge user guide). */
const eventBridge = "events.amazonaws.com";

/** Two encrypted topics and who listens to them. */
export function createTopics(
  name: string,
  plan: ObservabilityPlan,
  pagerUrl: pulumi.Input<string> | undefined,
  tags: Tags,
  parent: pulumi.Resource,
): Topics {
  const accountId = aws.getCallerIdentityOutput({}, { parent }).accountId;
  const fromHere = { StringEquals: { "aws:SourceAccount": accountId } };
  const encrypts = { actions: ["kms:GenerateDataKey*", "kms:Decrypt"], resources: ["*"] };
  const key = customerKey(
    `${name}-key`,
    {
      description: `Pages, messages and metrics of ${name}`,
      statements: [
        logsStatement(plan.region, parent),
        {
          sid: "ServicesWriteMessages",
          principals: { Service: [...writers.pager, ...writers.chat] },
          conditions: fromHere,
          ...encrypts,
        },
        { sid: "EventBridgeWritesMessages", principals: { Service: eventBridge }, ...encrypts },
      ],
      tags,
    },
    parent,
  );
  const topic = (suffix: keyof typeof writers) => {
    const created = new aws.sns.Topic(
      `${name}-${suffix}`,
      { kmsMasterKeyId: key.arn, tags: named(`${name}-${suffix}`, tags) },
      { parent },
    );
    const publishes = { actions: ["sns:Publish"], resources: [created.arn] };
    new aws.sns.TopicPolicy(
      `${name}-${suffix}-policy`,
      {
        arn: created.arn,
        policy: policyJson([
          {
            sid: "ServicesPublish",
            principals: { Service: writers[suffix] },
            conditions: fromHere,
            ...publishes,
          },
          ...(suffix === "chat"
            ? [{ sid: "EventBridgePublishes", principals: { Service: eventBridge }, ...publishes }]
            : []),
        ]),
      },
      { parent: created },
    );
    return created;
  };
  const topics = { key, pager: topic("pager"), chat: topic("chat") };
  if (pagerUrl !== undefined) {
    new aws.sns.TopicSubscription(
      `${name}-pager-url`,
      { topic: topics.pager.arn, protocol: "https", endpoint: pulumi.secret(pagerUrl), endpointAutoConfirms: true },
      { parent: topics.pager },
    );
  }
  for (const address of plan.pagerEmails) {
    new aws.sns.TopicSubscription(
      `${name}-pager-${address}`,
      { topic: topics.pager.arn, protocol: "email", endpoint: address },
      { parent: topics.pager },
    );
  }
  chat(name, plan, topics, tags, parent);
  return topics;
}

/** Every change of an alarm is a line in the chat: it knows the incident's story, the pager only that there is one. */
function chat(name: string, plan: ObservabilityPlan, topics: Topics, tags: Tags, parent: pulumi.Resource): void {
  const rule = new aws.cloudwatch.EventRule(
    `${name}-alarm-changes`,
    {
      description: "Alarms that go on and off",
      eventPattern: JSON.stringify({
        source: ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        detail: { alarmName: plan.alarmNamePrefixes.map((prefix) => ({ prefix })), state: { value: ["ALARM", "OK"] } },
      }),
      tags: named(`${name}-alarm-changes`, tags),
    },
    { parent },
  );
  new aws.cloudwatch.EventTarget(
    `${name}-alarm-changes-target`,
    {
      rule: rule.name,
      arn: topics.chat.arn,
      // What Amazon Q Developer shows of a message that is not one of AWS' own.
      inputTransformer: {
        inputPaths: {
          alarm: "$.detail.alarmName",
          state: "$.detail.state.value",
          reason: "$.detail.configuration.description",
        },
        inputTemplate: `{"version":"1.0","source":"custom","content":{"title":"<state>: <alarm>","description":"<reason>"}}`,
      },
    },
    { parent: rule },
  );
  channels(name, plan, topics, tags, parent);
}

/** The channels that show the chat's topic, by Amazon Q Developer in chat applications. */
function channels(name: string, plan: ObservabilityPlan, topics: Topics, tags: Tags, parent: pulumi.Resource): void {
  const { slack, teams } = plan;
  if (slack === undefined && teams === undefined) {
    return;
  }
  const role = serviceRole(
    `${name}-chat-role`,
    {
      service: "chatbot.amazonaws.com",
      description: "Shows messages in the chat, and may do nothing",
      statements: [],
      tags,
    },
    parent,
  );
  const shows = {
    iamRoleArn: role.arn,
    // People may read in the chat and change nothing from it.
    guardrailPolicyArns: [
      pulumi.interpolate`arn:${aws.getPartitionOutput({}, { parent }).partition}:iam::aws:policy/CloudWatchReadOnlyAccess`,
    ],
    snsTopicArns: [topics.chat.arn],
    userAuthorizationRequired: true,
    loggingLevel: "ERROR",
  };
  if (slack !== undefined) {
    new aws.chatbot.SlackChannelConfiguration(
      `${name}-slack`,
      {
        configurationName: `${name}-alarms`,
        slackTeamId: slack.workspaceId,
        slackChannelId: slack.channelId,
        ...shows,
        tags: named(`${name}-slack`, tags),
      },
      { parent },
    );
  }
  if (teams !== undefined) {
    new aws.chatbot.TeamsChannelConfiguration(
      `${name}-teams`,
      { configurationName: `${name}-alarms-teams`, ...teams, ...shows, tags: named(`${name}-teams`, tags) },
      { parent },
    );
  }
}
