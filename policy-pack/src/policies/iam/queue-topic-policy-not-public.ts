import { reportOpenStatements } from "../../model/open-policy.ts";
import { resourceRule } from "../../rule.ts";

/** On the resource and on its policy resource. */
export const queueTopicPolicyNotPublic = resourceRule({
  id: "queue-topic-policy-not-public",
  family: "iam",
  severity: "critical",
  what: "No policy of a queue, topic, event bus, stream or table allows everybody, without a condition that names who.",
  why: "Any AWS account may read or write it.",
  mend: "Name principals, or add a condition such as aws:PrincipalOrgID or aws:SourceArn.",
  frameworks: {
    nist: ["AC-3", "AC-6"],
    pci: ["7.2.1"],
    hipaa: ["164.312(a)(1)"],
    checkov: ["CKV_AWS_168", "CKV_AWS_169"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sqs/queue:Queue",
    "aws:sns/topic:Topic",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    "aws:kinesis/resourcePolicy:ResourcePolicy",
    "aws:dynamodb/resourcePolicy:ResourcePolicy",
  ],
  check({ props }, report) {
    reportOpenStatements(props.at("policy"), report, "lets everybody in");
  },
});
