import type * as pulumi from "@pulumi/pulumi";
import type { NetworkPlacement } from "../network/placement.ts";
import type { CollectorArgs } from "./collector-args.ts";

/**
 * Arguments of `Observability`. Only the network, or the region, has to be said; without a pager and a chat nobody hears of
 * anything, and every `up` warns of it.
 */
export interface ObservabilityArgs {
  /** The region's VPC and zones. Default: none; then `region` says where, and the parts alone are watched. */
  network?: NetworkPlacement;
  /**
   * Region of the parts' alarms, for a program without a network of its own: `us-west-2` for `GlobalFrontDoor.alarmArns`, a
   * network's own for `TenantEndpoint.alarmArns`. Default: the network's.
   */
  region?: string;
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
  /** Microsoft Teams: the tenant's id, a UUID; the team is admitted once in Amazon Q Developer's console. Default: no chat. */
  teamsTenantId?: string;
  /** Microsoft Teams: the team's id, a UUID. Given with `teamsTenantId`. Default: no chat. */
  teamsTeamId?: string;
  /** Microsoft Teams: the channel's id, such as `19%3A...%40thread.tacv2`, as in the channel's link. Given with `teamsTenantId`. Default: no chat. */
  teamsChannelId?: string;
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
  /** What reads machines, routers and the database for Prometheus. Default: none. */
  collector?: CollectorArgs;
  /**
   * Whether X-Ray keeps spans of OpenTelemetry in this region, as routers send them (`RegionalGpuCluster.traceSamplingPercent`).
   * A setting of the account in the region, at 0.35 USD a GB of spans. Default: false.
   */
  traces?: boolean;
  /** Days that Prometheus' and the collector's own logs are kept. Default: 365. */
  logRetentionDays?: number;
  /** Tags of every resource. Default: none beside `Project`, `Environment`, `Component` and `ManagedBy`. */
  tags?: Record<string, string>;
}
