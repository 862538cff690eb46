import { type Answers, recorded, type Recording } from "../testing/recorded.ts";
import type { ObservabilityArgs } from "./args.ts";
import { Observability } from "./observability.ts";

/** A region's network. */
export const network = {
  region: "us-east-1",
  zoneIds: ["use1-az1", "use1-az2", "use1-az4"],
  vpcId: "vpc-1",
  vpcCidrBlock: "10.66.0.0/18",
  publicSubnetIds: [],
  privateSubnetIds: ["w1", "w2", "w3"],
  dataSubnetIds: [],
};
/** An alarm's ARN. */
export const alarm = (name: string) => `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${name}`;
/** Arguments with all that can be watched. */
export const everything: ObservabilityArgs = {
  network,
  natGatewayIds: ["nat-1", "nat-2", "nat-3"],
  partAlarmArns: { "hot-tier": [alarm("server-down"), alarm("last-copy")] },
  pagerUrl: "https://events.pager.example/key",
  pagerEmails: ["oncall@example.com"],
  slackWorkspaceId: "T0123456789",
  slackChannelId: "C0123456789",
  alarmNamePrefixes: ["mrgc-"],
  costAnomalyUsd: 500,
  dashboardRegions: ["us-east-1", "us-west-2"],
  teamsTenantId: "11111111-2222-3333-4444-555555555555",
  teamsTeamId: "66666666-7777-8888-9999-000000000000",
  teamsChannelId: "19%3Aab12%40thread.tacv2",
  eksClusterArn: "arn:aws:eks:us-east-1:123456789012:cluster/proxies",
  collector: {
    image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/prom/prometheus:v3.5.0",
    hotTier: { clusterName: "cache", securityGroupId: "sg-nodes" },
    gpu: {
      clusterName: "gpu",
      hostSecurityGroupId: "sg-hosts",
      routerSecurityGroupId: "sg-routers",
      namespaceName: "gpu.internal",
    },
    database: {
      exporterImage: "123456789012.dkr.ecr.us-east-1.amazonaws.com/postgres-exporter:v0.18.1",
      endpoint: "metadata.example.com",
      databaseName: "metadata",
      securityGroupId: "sg-database",
      secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:monitor-AbCdEf",
    },
  },
  traces: true,
};
/** What AWS says of S3's addresses. */
const prefixList: Answers = { calls: { "aws:ec2/getManagedPrefixList:getManagedPrefixList": () => ({ id: "pl-s3" }) } };
/** Records the component with all that can be watched, and some of it otherwise. */
export const watch = (args: Partial<ObservabilityArgs> = {}): Promise<Recording<Observability>> =>
  recorded(() => new Observability("watch", { ...everything, ...args }), prefixList);
