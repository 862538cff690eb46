import type * as pulumi from "@pulumi/pulumi";
import type { NetworkPlacement } from "../network/placement.ts";

/** Arguments of `Observability`. Only the network has to be said; without a pager and a chat nobody hears of anything. */
export interface ObservabilityArgs {
  /** The region's VPC and zones. */
  network: NetworkPlacement;
  /** NAT gateways in the zones' order (`Network.natGatewayIds`). Default: none are watched. */
  natGatewayIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Alarms that make one page together, by a part's name that never changes, such as `hot-tier` with
   * `HotTierRedis.troubleAlarmArns`. At most 100 a part. Default: none.
   */
  partAlarmArns?: Record<string, pulumi.Input<pulumi.Input<string>[]>>;
  /** The pager's HTTPS address for CloudWatch messages, such as PagerDuty's or Opsgenie's. It holds a key: give a secret. Default: none. */
  pagerUrl?: pulumi.Input<string>;
  /** Addresses that get pages by e-mail; each confirms once. Default: none. */
  pagerEmails?: string[];
  /** Slack workspace, such as `T0123456789`, admitted once in Amazon Q Developer's console. Default: no chat. */
  slackWorkspaceId?: string;
  /** Slack channel, such as `C0123456789`. Given with `slackWorkspaceId`. Default: no chat. */
  slackChannelId?: string;
  /** What alarms' names begin with whose every change is written to the chat, such as `mrgc-`. Default: the component's own name. */
  alarmNamePrefixes?: string[];
  /** Share of the account's vCPU quotas from which to ask for more, percent, 50 to 95. Default: 80. */
  quotaPercent?: number;
  /** USD of unexplained spending from which to tell. Spending is watched by the tag `Project`, over all regions: give it in one region only. Default: none. */
  costAnomalyUsd?: number;
  /** Regions of the dashboard across regions; give it in one region only. Default: no such dashboard. */
  dashboardRegions?: string[];
  /** Whether there is a Prometheus workspace with rules and alerts. Costs by samples: 0.90 USD per 10 million (AMP price list, first tier). Default: true. */
  managedPrometheus?: boolean;
  /** ARN of the EKS cluster whose pods' metrics AWS' own scraper collects, at 0.04 USD an hour and by samples. Default: none. */
  eksClusterArn?: pulumi.Input<string>;
  /** Days that Prometheus' own log is kept. Default: 365. */
  logRetentionDays?: number;
  /** Tags of every resource. */
  tags?: Record<string, string>;
}
