import { beforeAll, describe, expect, it } from "vitest";
import { evaluate } from "../testing/iam-evaluator.ts";
import { recorded, recordedAccountId, type Recording } from "../testing/recorded.ts";
import { testAnswers, testArgs } from "./fixtures.ts";
import { HotTierRedis } from "./hot-tier-redis.ts";

const region = "us-west-2";
const account = recordedAccountId;
const artifact = { bucket: "programs", key: "valkey.tar.gz", sha256: "a".repeat(64) };

/** Two clusters of one account and region, with ARNs as AWS writes them. */
let recording: Recording<void>;
beforeAll(async () => {
  recording = await recorded(
    () => {
      for (const name of ["hot-tier", "other"]) {
        new HotTierRedis(name, testArgs({ engineArtifact: artifact, snapshotReplicaRegion: "us-east-1" }));
      }
    },
    {
      ...testAnswers,
      outputs: {
        ...testAnswers.outputs,
        "aws:autoscaling/group:Group": (name) => ({ arn: groupArn(name) }),
        "aws:secretsmanager/secret:Secret": (name) => ({
          arn: `arn:aws:secretsmanager:${region}:${account}:secret:${name}`,
        }),
        "aws:acmpca/certificateAuthority:CertificateAuthority": (name) => ({
          arn: `arn:aws:acm-pca:${region}:${account}:certificate-authority/${name}`,
        }),
        "aws:sqs/queue:Queue": (name) => ({ arn: `arn:aws:sqs:${region}:${account}:${name}`, url: `https://${name}` }),
        "aws:cloudwatch/logGroup:LogGroup": (_, { name }) => ({
          arn: `arn:aws:logs:${region}:${account}:log-group:${String(name)}`,
        }),
        "aws:cloudwatch/eventRule:EventRule": (name) => ({ arn: `arn:aws:events:${region}:${account}:rule/${name}` }),
      },
    },
  );
});

function groupArn(name: string): string {
  return `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:11111111-2222:autoScalingGroupName/${name}`;
}

/** Whether a role's own policies allow an action. */
function may(role: string, action: string, resource: string, context: Record<string, string> = {}): boolean {
  const policies = recording
    .ofType("aws:iam/rolePolicy:RolePolicy")
    .filter(({ inputs }) => inputs.role === `${role}-id` || inputs.role === role)
    .map(({ inputs }) => inputs.policy as string);
  expect(policies.length).toBeGreaterThan(0);
  const principal = `arn:aws:iam::${account}:role/${role}`;
  return (
    evaluate(policies, { principal, action, resource, context: { "aws:RequestedRegion": region, ...context } }) ===
    "allowed"
  );
}

const secret = (cluster: string, user: string) =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${cluster}-secret-${user}`;
const parameter = (name: string) => `arn:aws:ssm:${region}:${account}:parameter/mrgc/${name}`;
const ownTag = { "aws:ResourceTag/mrgc:cluster": "hot-tier" };
const otherTag = { "aws:ResourceTag/mrgc:cluster": "other" };
const group = "usw2-az1-a-group";

describe("a node", () => {
  const node = "hot-tier-node-role";

  it.each<[string, string, Record<string, string>?]>([
    ["secretsmanager:GetSecretValue", secret("hot-tier", "application")],
    ["secretsmanager:GetSecretValue", secret("hot-tier", "replication")],
    ["acm-pca:IssueCertificate", `arn:aws:acm-pca:${region}:${account}:certificate-authority/hot-tier-ca`],
    ["s3:GetObject", "arn:aws:s3:::programs/valkey.tar.gz"],
    ["s3:GetObject", `arn:aws:s3:::al2023-repos-${region}-de612dc2/core/mirrors/latest/x86_64/mirror.list`],
    ["cloudwatch:PutMetricData", "*", { "cloudwatch:namespace": "Mrgc/HotTier" }],
    [
      "logs:PutLogEvents",
      `arn:aws:logs:${region}:${account}:log-group:/mrgc/hot-tier/${region}/nodes:log-stream:i-1/server`,
    ],
    ["ssmmessages:OpenControlChannel", "*"],
  ])("may %s on %s", (action, resource, context) => {
    expect(may(node, action, resource, context)).toBe(true);
  });

  it.each<[string, string, Record<string, string>?]>([
    ["secretsmanager:GetSecretValue", secret("other", "application")],
    ["secretsmanager:GetSecretValue", secret("other", "controller")],
    ["secretsmanager:PutSecretValue", secret("hot-tier", "application")],
    ["acm-pca:IssueCertificate", `arn:aws:acm-pca:${region}:${account}:certificate-authority/other-ca`],
    ["s3:GetObject", "arn:aws:s3:::other-snapshots/other/backups/1/shard-000.rdb"],
    ["s3:GetObject", "arn:aws:s3:::hot-tier-snapshots/hot-tier/backups/1/shard-000.rdb"],
    ["s3:DeleteObject", "arn:aws:s3:::hot-tier-snapshots/hot-tier/backups/1/shard-000.rdb"],
    ["s3:GetObject", "arn:aws:s3:::programs/another.tar.gz"],
    ["s3:PutObject", "arn:aws:s3:::programs/valkey.tar.gz"],
    ["autoscaling:CompleteLifecycleAction", groupArn(`hot-tier-${group}`), ownTag],
    ["autoscaling:CompleteLifecycleAction", groupArn(`other-${group}`), otherTag],
    ["autoscaling:TerminateInstanceInAutoScalingGroup", groupArn(`hot-tier-${group}`), ownTag],
    ["sqs:ReceiveMessage", `arn:aws:sqs:${region}:${account}:hot-tier-events`],
    ["ssm:GetParameter", parameter("hot-tier/limits")],
    ["ssm:PutParameter", parameter("hot-tier/desired-shards")],
    ["cloudwatch:PutMetricData", "*", { "cloudwatch:namespace": "AWS/EC2" }],
    ["logs:PutLogEvents", `arn:aws:logs:${region}:${account}:log-group:/mrgc/other/${region}/nodes:log-stream:x`],
    ["kms:Decrypt", `arn:aws:mock:${region}:${account}:other-key`],
    ["kms:ScheduleKeyDeletion", `arn:aws:mock:${region}:${account}:hot-tier-key`],
    ["ec2:RunInstances", "*"],
    ["iam:PassRole", `arn:aws:iam::${account}:role/hot-tier-node-role`],
  ])("may not %s on %s", (action, resource, context) => {
    expect(may(node, action, resource, context)).toBe(false);
  });
});

describe("the controller", () => {
  const controller = "hot-tier-controller-role";
  const changes = [
    "autoscaling:SetDesiredCapacity",
    "autoscaling:TerminateInstanceInAutoScalingGroup",
    "autoscaling:CompleteLifecycleAction",
    "autoscaling:RecordLifecycleActionHeartbeat",
  ];

  it.each(changes)("may %s on its own tagged groups only", (action) => {
    expect(may(controller, action, groupArn(`hot-tier-${group}`), ownTag)).toBe(true);
    expect(may(controller, action, groupArn(`other-${group}`), otherTag)).toBe(false);
    // Neither the tag nor the name alone is enough.
    expect(may(controller, action, groupArn(`other-${group}`), ownTag)).toBe(false);
    expect(may(controller, action, groupArn(`hot-tier-${group}`))).toBe(false);
  });

  it.each<[string, string, Record<string, string>?]>([
    ["autoscaling:DescribeAutoScalingGroups", "*"],
    ["autoscaling:DescribeWarmPool", "*"],
    ["ec2:DescribeInstances", "*"],
    ["cloudwatch:GetMetricData", "*"],
    ["ssm:GetParametersByPath", parameter("hot-tier")],
    ["ssm:PutParameter", parameter("hot-tier/desired-shards")],
    ["sqs:ReceiveMessage", `arn:aws:sqs:${region}:${account}:hot-tier-events`],
    ["sqs:DeleteMessage", `arn:aws:sqs:${region}:${account}:hot-tier-events`],
    ["s3:PutObject", "arn:aws:s3:::hot-tier-snapshots/hot-tier/controller/lease.json"],
    ["s3:GetObject", "arn:aws:s3:::hot-tier-snapshots/hot-tier/backups/1/manifest.json"],
    ["s3:ListBucket", "arn:aws:s3:::hot-tier-snapshots", { "s3:prefix": "hot-tier/backups/" }],
    // S3 asks for it without a prefix when an object is not there, and says 403 for 404 without it: no first lease.
    ["s3:ListBucket", "arn:aws:s3:::hot-tier-snapshots"],
    ["secretsmanager:GetSecretValue", secret("hot-tier", "controller")],
  ])("may %s on %s", (action, resource, context) => {
    expect(may(controller, action, resource, context)).toBe(true);
  });

  it.each<[string, string, Record<string, string>?]>([
    ["autoscaling:UpdateAutoScalingGroup", groupArn(`hot-tier-${group}`), ownTag],
    ["autoscaling:DeleteAutoScalingGroup", groupArn(`hot-tier-${group}`), ownTag],
    // Nodes stay protected from scale-in for as long as they live.
    ["autoscaling:SetInstanceProtection", groupArn(`hot-tier-${group}`), ownTag],
    ["ec2:TerminateInstances", `arn:aws:ec2:${region}:${account}:instance/i-1`, ownTag],
    ["ec2:DescribeInstances", "*", { "aws:RequestedRegion": "us-east-1" }],
    ["ssm:PutParameter", parameter("hot-tier/limits")],
    ["ssm:PutParameter", parameter("other/desired-shards")],
    ["ssm:GetParametersByPath", parameter("other")],
    ["sqs:ReceiveMessage", `arn:aws:sqs:${region}:${account}:other-events`],
    ["s3:PutObject", "arn:aws:s3:::other-snapshots/other/controller/lease.json"],
    ["s3:PutObject", "arn:aws:s3:::hot-tier-snapshots/elsewhere"],
    ["s3:ListBucket", "arn:aws:s3:::other-snapshots"],
    ["s3:DeleteObjectVersion", "arn:aws:s3:::hot-tier-snapshots/hot-tier/backups/1/manifest.json"],
    ["s3:DeleteBucket", "arn:aws:s3:::hot-tier-snapshots"],
    ["secretsmanager:GetSecretValue", secret("hot-tier", "application")],
    ["secretsmanager:GetSecretValue", secret("other", "controller")],
    ["iam:PassRole", `arn:aws:iam::${account}:role/hot-tier-node-role`],
  ])("may not %s on %s", (action, resource, context) => {
    expect(may(controller, action, resource, context)).toBe(false);
  });
});

describe("the replicator", () => {
  const replicator = "hot-tier-snapshots-replicator";

  it("copies from the bucket to its replica, and deletes nothing", () => {
    const original = "arn:aws:s3:::hot-tier-snapshots/hot-tier/backups/1/manifest.json";
    const copy = original.replace("snapshots", "snapshots-replica");
    expect(may(replicator, "s3:GetObjectVersionForReplication", original)).toBe(true);
    expect(may(replicator, "s3:ReplicateObject", copy)).toBe(true);
    expect(may(replicator, "s3:ReplicateDelete", copy)).toBe(false);
    expect(may(replicator, "s3:ReplicateObject", original)).toBe(false);
    expect(may(replicator, "s3:GetObjectVersionForReplication", original.replaceAll("hot-tier", "other"))).toBe(false);
  });
});

describe("the key", () => {
  /** Asks the key's own statements: the first one only lets the account's IAM policies decide. */
  const ask = (principal: string, action: string, context: Record<string, string> = {}) => {
    const { Statement } = JSON.parse(recording.find("hot-tier-key").inputs.policy as string) as {
      Statement: { Sid: string }[];
    };
    const own = { Statement: Statement.filter(({ Sid }) => Sid !== "AccountDecidesByIam") };
    expect(own.Statement).toHaveLength(Statement.length - 1);
    const resource = `arn:aws:mock:${region}:${account}:hot-tier-key`;
    return evaluate([own], { principal, action, resource, context }) === "allowed";
  };
  const launcher = `arn:aws:mock:${region}:${account}:hot-tier-autoscaling`;

  it("lets Auto Scaling's own role launch encrypted volumes, and grant the key to EC2 only", () => {
    expect(ask(launcher, "kms:GenerateDataKeyWithoutPlaintext")).toBe(true);
    expect(ask(launcher, "kms:CreateGrant", { "kms:GrantIsForAWSResource": "true" })).toBe(true);
    expect(ask(launcher, "kms:CreateGrant", { "kms:GrantIsForAWSResource": "false" })).toBe(false);
    expect(ask(`arn:aws:mock:${region}:${account}:other-autoscaling`, "kms:Decrypt")).toBe(false);
  });

  it("lets events of this account reach the encrypted queue, and no other account's", () => {
    expect(ask("events.amazonaws.com", "kms:GenerateDataKey", { "aws:SourceAccount": account })).toBe(true);
    expect(ask("events.amazonaws.com", "kms:GenerateDataKey", { "aws:SourceAccount": "999999999999" })).toBe(false);
  });
});

describe("the queue", () => {
  const send = (rule: string, secure = "true") =>
    evaluate([recording.find("hot-tier-events-policy").inputs.policy as string], {
      principal: "events.amazonaws.com",
      action: "sqs:SendMessage",
      resource: `arn:aws:sqs:${region}:${account}:hot-tier-events`,
      context: { "aws:SourceArn": `arn:aws:events:${region}:${account}:rule/${rule}`, "aws:SecureTransport": secure },
    });

  it("takes messages of this cluster's rules only, by TLS only", () => {
    expect(send("hot-tier-rule-lifecycle")).toBe("allowed");
    expect(send("other-rule-lifecycle")).toBe("denied by default");
    expect(send("hot-tier-rule-lifecycle", "false")).toBe("denied explicitly");
  });
});
