import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { planned } from "../shared/planned.ts";
import { baseTags } from "../shared/tags.ts";
import { createPages, createRegionAlarms } from "./alarms.ts";
import type { ObservabilityArgs } from "./args.ts";
import { regionDashboard, regionsDashboard } from "./dashboard-plan.ts";
import { watchKeys } from "./keys.ts";
import { observabilityPlan, ownPart } from "./observability-plan.ts";
import { createPrometheus } from "./prometheus.ts";
import { watchSpending } from "./spending.ts";
import { createTopics } from "./topics.ts";
import { createCollector } from "./collector.ts";
import { keepTraces } from "./traces.ts";

const type = "mrgc:index:Observability";

/**
 * What watches a region: one page an incident and part, the story in a chat, dashboards, and a Prometheus workspace with rules.
 *
 * Costs in us-east-1 with three zones and five parts: composite alarms 2.50 USD a month, alarms 1.00 USD, a dashboard 3 USD, a key 1 USD;
 * Prometheus by samples (docs/components/observability.md).
 *
 * ```ts
 * new mrgc.Observability("watch", {
 *   network,
 *   natGatewayIds: network.natGatewayIds,
 *   partAlarmArns: { "hot-tier": hotTier.troubleAlarmArns, gpu: gpu.alarmArns, "private-link": privateLink.alarmArns },
 *   pagerUrl: config.requireSecret("pagerUrl"),
 * });
 * ```
 */
export class Observability extends pulumi.ComponentResource {
  /** Topic of pages. */
  readonly pagerTopicArn: pulumi.Output<string>;
  /** Topic of messages for the chat. */
  readonly chatTopicArn: pulumi.Output<string>;
  /** Composite alarms that page, by part: what a rollout looks at. */
  readonly pageAlarmNames: pulumi.Output<Record<string, string>>;
  /** Key of topics, log and metrics. */
  readonly keyArn: pulumi.Output<string>;
  /** Name of the region's dashboard. */
  readonly dashboardName: pulumi.Output<string>;
  /** Prometheus workspace; empty without one. */
  readonly workspaceId: pulumi.Output<string>;
  /** Where collectors write to and Grafana reads from; empty without a workspace. */
  readonly prometheusEndpoint: pulumi.Output<string>;

  /** @throws pulumi.InputPropertiesError with everything that the plan refuses. */
  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const plan = planned(type, name, () => observabilityPlan(name, args));
    for (const warning of plan.warnings) {
      void pulumi.log.warn(warning, this);
    }
    const tags = baseTags("observability", args.tags);

    const topics = createTopics(name, plan, args.pagerUrl, tags, this);
    const own =
      args.network === undefined
        ? []
        : [
            ...createRegionAlarms(name, plan, args.natGatewayIds ?? [], tags, this),
            watchKeys(name, topics, tags, this),
          ];
    const parts = {
      ...args.partAlarmArns,
      ...(args.network === undefined ? {} : { [ownPart]: own.map(({ arn }) => arn) }),
    };
    const pages = createPages(name, parts, topics, tags, this);
    if (plan.costAnomalyUsd !== undefined) {
      watchSpending(name, plan.costAnomalyUsd, topics, tags, this);
    }
    const dashboard = new aws.cloudwatch.Dashboard(
      `${name}-dashboard`,
      {
        dashboardName: name,
        dashboardBody: pulumi.all(pages.map(({ arn }) => arn)).apply((arns) => regionDashboard(plan.region, arns)),
      },
      { parent: this },
    );
    if (plan.dashboardRegions.length > 0) {
      new aws.cloudwatch.Dashboard(
        `${name}-dashboard-regions`,
        { dashboardName: `${name}-regions`, dashboardBody: regionsDashboard(plan.dashboardRegions) },
        { parent: this },
      );
    }
    const { network, eksClusterArn, logRetentionDays, collector } = args;
    const workspace =
      plan.managedPrometheus && network !== undefined
        ? createPrometheus(name, { network, topics, eksClusterArn, logRetentionDays, tags }, this)
        : undefined;
    if (collector !== undefined && workspace !== undefined && network !== undefined) {
      createCollector(
        name,
        { args: collector, network, workspace, kmsKeyArn: topics.key.arn, logRetentionDays, tags },
        this,
      );
    }
    if (args.traces === true) {
      keepTraces(name, plan.region, this);
    }

    this.pagerTopicArn = topics.pager.arn;
    this.chatTopicArn = topics.chat.arn;
    this.pageAlarmNames = pulumi.output(
      Object.fromEntries(plan.parts.map((part, index) => [part, pages[index]!.alarmName])),
    );
    this.keyArn = topics.key.arn;
    this.dashboardName = dashboard.dashboardName;
    this.workspaceId = workspace?.id ?? pulumi.output("");
    this.prometheusEndpoint = workspace?.prometheusEndpoint ?? pulumi.output("");
    this.registerOutputs({
      pagerTopicArn: this.pagerTopicArn,
      chatTopicArn: this.chatTopicArn,
      pageAlarmNames: this.pageAlarmNames,
      keyArn: this.keyArn,
      dashboardName: this.dashboardName,
      workspaceId: this.workspaceId,
      prometheusEndpoint: this.prometheusEndpoint,
    });
  }
}
