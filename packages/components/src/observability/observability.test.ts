import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recorded, valueOf, type Recording } from "../testing/recorded.ts";
import { anyOf } from "./alarms-plan.ts";
import type { ObservabilityArgs } from "./args.ts";
import { Observability } from "./observability.ts";
import { observabilityPlan } from "./observability-plan.ts";

const network = {
  region: "us-east-1",
  zoneIds: ["use1-az1", "use1-az2", "use1-az4"],
  vpcId: "vpc-1",
  vpcCidrBlock: "10.66.0.0/18",
  publicSubnetIds: [],
  privateSubnetIds: ["w1", "w2", "w3"],
  dataSubnetIds: [],
};
const alarm = (name: string) => `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${name}`;
const everything: ObservabilityArgs = {
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
  eksClusterArn: "arn:aws:eks:us-east-1:123456789012:cluster/proxies",
};
const watch = (args: Partial<ObservabilityArgs> = {}): Promise<Recording<Observability>> =>
  recorded(() => new Observability("watch", { ...everything, ...args }));

/** Whether a composite alarm's rule holds, read as CloudWatch reads it. */
function holds(rule: string, on: Set<string>): boolean {
  return rule
    .split(" OR ")
    .map((term) => /^ALARM\("(.+)"\)$/.exec(term)?.[1])
    .some((name) => name !== undefined && on.has(name));
}

describe("Observability", () => {
  it("keeps these names: a rename is a replacement", async () => {
    const { identities } = await watch();
    const alarms = [
      ...["az1", "az2", "az4"].flatMap((zone) => [`nat-use1-${zone}-drops`, `nat-use1-${zone}-ports`]),
      "quota-gpu",
      "quota-gpu-spot",
      "quota-standard",
    ];
    expect(identities()).toEqual(
      [
        ...alarms.map((key) => `aws:cloudwatch/metricAlarm:MetricAlarm::watch-${key}`),
        "aws:amp/alertManagerDefinition:AlertManagerDefinition::watch-alert-manager",
        "aws:amp/ruleGroupNamespace:RuleGroupNamespace::watch-rules",
        "aws:amp/scraper:Scraper::watch-pods",
        "aws:amp/workspace:Workspace::watch-metrics",
        "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration::watch-slack",
        "aws:cloudwatch/compositeAlarm:CompositeAlarm::watch-page-hot-tier",
        "aws:cloudwatch/compositeAlarm:CompositeAlarm::watch-page-region",
        "aws:cloudwatch/dashboard:Dashboard::watch-dashboard",
        "aws:cloudwatch/dashboard:Dashboard::watch-dashboard-regions",
        "aws:cloudwatch/eventRule:EventRule::watch-alarm-changes",
        "aws:cloudwatch/eventTarget:EventTarget::watch-alarm-changes-target",
        "aws:cloudwatch/logGroup:LogGroup::watch-prometheus-log",
        "aws:costexplorer/anomalyMonitor:AnomalyMonitor::watch-spending",
        "aws:costexplorer/anomalySubscription:AnomalySubscription::watch-spending-told",
        "aws:iam/role:Role::watch-chat-role",
        "aws:kms/alias:Alias::watch-key-alias",
        "aws:kms/key:Key::watch-key",
        "aws:sns/topic:Topic::watch-chat",
        "aws:sns/topic:Topic::watch-pager",
        "aws:sns/topicPolicy:TopicPolicy::watch-chat-policy",
        "aws:sns/topicPolicy:TopicPolicy::watch-pager-policy",
        "aws:sns/topicSubscription:TopicSubscription::watch-pager-oncall@example.com",
        "aws:sns/topicSubscription:TopicSubscription::watch-pager-url",
        "mrgc:index:Observability::watch",
      ].sort(),
    );
  });

  it("encrypts what it tells, and lets this account's services only write it", async () => {
    const { find, ofType } = await watch();
    for (const { inputs } of ofType("aws:sns/topic:Topic")) {
      expect(inputs.kmsMasterKeyId).toMatch(/watch-key$/);
    }
    const statements = (name: string) =>
      (JSON.parse(find(name).inputs.policy as string) as { Statement: Record<string, unknown>[] }).Statement;
    const Condition = { StringEquals: { "aws:SourceAccount": "123456789012" } };
    expect(statements("watch-pager-policy")).toEqual([
      expect.objectContaining({
        Action: ["sns:Publish"],
        Principal: { Service: ["cloudwatch.amazonaws.com"] },
        Condition,
      }),
    ]);
    const [services, events] = statements("watch-chat-policy");
    expect(services).toMatchObject({ Action: ["sns:Publish"], Condition });
    expect(services).not.toMatchObject({ Principal: { Service: expect.arrayContaining(["events.amazonaws.com"]) } });
    // SNS knows nothing of EventBridge's account: with a condition no message would arrive.
    expect(events).toMatchObject({ Action: ["sns:Publish"], Principal: { Service: "events.amazonaws.com" } });
    expect(events).not.toHaveProperty("Condition");
    expect(find("watch-metrics").inputs.kmsKeyArn).toMatch(/watch-key$/);
  });

  it("pages by composite alarms alone, on and off", async () => {
    const { ofType, find } = await watch();
    for (const { inputs } of ofType("aws:cloudwatch/metricAlarm:MetricAlarm")) {
      expect(inputs.alarmActions).toBeUndefined();
    }
    const page = find("watch-page-hot-tier").inputs;
    expect(page.alarmActions).toEqual([expect.stringMatching(/watch-pager$/)]);
    expect(page.okActions).toEqual(page.alarmActions);
    expect(page.alarmRule).toBe(`ALARM("${alarm("server-down")}") OR ALARM("${alarm("last-copy")}")`);
  });

  it("pages once, in whatever order the alarms of an incident go on", () => {
    const names = ["a", "b", "c", "d"].map(alarm);
    const order = fc.shuffledSubarray(names, { minLength: 1 });
    fc.assert(
      fc.property(order, order, (ons, offs) => {
        const on = new Set<string>();
        let paging = false;
        let pages = 0;
        const look = () => {
          const now = holds(anyOf(names), on);
          pages += now && !paging ? 1 : 0;
          paging = now;
        };
        for (const name of ons) {
          on.add(name);
          look();
        }
        expect(pages).toBe(1);
        for (const name of [...offs, ...ons]) {
          on.delete(name);
          look();
        }
        expect({ pages, paging }).toEqual({ pages: 1, paging: false });
      }),
    );
  });

  it("refuses, all at once, what nobody would hear", () => {
    const plan = () =>
      observabilityPlan("watch", {
        network,
        slackWorkspaceId: "acme",
        pagerEmails: ["oncall"],
        alarmNamePrefixes: [""],
        quotaPercent: 99,
        costAnomalyUsd: 0,
        managedPrometheus: false,
        eksClusterArn: "arn",
        partAlarmArns: { region: [], "Hot tier": [] },
      });
    for (const path of [
      "slackWorkspaceId",
      "slackChannelId",
      "pagerEmails[0]",
      "alarmNamePrefixes[0]",
      "quotaPercent",
      "costAnomalyUsd",
      "eksClusterArn",
      'partAlarmArns["Hot tier"]',
      "partAlarmArns: holds region",
    ]) {
      expect(plan, path).toThrow(path);
    }
  });

  it("is small without optional parts, and never pages of an empty part", async () => {
    const small = await recorded(() => new Observability("watch", { network, managedPrometheus: false }));
    expect(small.ofType("aws:amp/workspace:Workspace")).toEqual([]);
    expect(small.ofType("aws:sns/topicSubscription:TopicSubscription")).toEqual([]);
    expect(await valueOf(small.result.prometheusEndpoint)).toBe("");
    expect(anyOf([])).toBe("FALSE");
  });

  it("draws the region and all regions within CloudWatch's limits", async () => {
    const { find } = await watch();
    for (const name of ["watch-dashboard", "watch-dashboard-regions"]) {
      const { widgets } = JSON.parse(find(name).inputs.dashboardBody as string) as {
        widgets: { x: number; y: number; width: number; height: number; properties: { metrics?: unknown[] } }[];
      };
      // Documented: 500 metrics a graph, a grid 24 wide.
      const cells = new Set<string>();
      for (const { x, y, width, height, properties } of widgets) {
        expect(x + width).toBeLessThanOrEqual(24);
        expect(properties.metrics?.length ?? 1).toBeGreaterThan(0);
        for (let column = x; column < x + width; column++) {
          for (let row = y; row < y + height; row++) {
            expect(cells.has(`${column},${row}`)).toBe(false);
            cells.add(`${column},${row}`);
          }
        }
      }
    }
    expect(find("watch-dashboard-regions").inputs.dashboardBody).toContain("us-west-2");
  });
});
