import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recorded, valueOf } from "../testing/recorded.ts";
import { anyOf } from "./alarms-plan.ts";
import { alarm, everything, network, watch } from "./fixtures.ts";
import { Observability } from "./observability.ts";
import { observabilityPlan, type ObservabilityPlanArgs } from "./observability-plan.ts";

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
      "key-unusable",
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
        "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration::watch-teams",
        "aws:cloudwatch/logGroup:LogGroup::watch-collector-log",
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy::watch-spans",
        "aws:cloudwatch/metricAlarm:MetricAlarm::watch-collector-silent",
        "aws:ec2/securityGroup:SecurityGroup::watch-collector",
        "aws:ecs/cluster:Cluster::watch-collector",
        ...["execution", "task"].flatMap((role) => [
          `aws:iam/role:Role::watch-collector-${role}`,
          `aws:iam/rolePolicy:RolePolicy::watch-collector-${role}-policy`,
        ]),
        ...["aws-endpoints", "s3", "database", "gpus", "machines", "routers", "servers"].map(
          (key) => `aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule::watch-collector-out-${key}`,
        ),
        ...["database", "gpus", "machines", "routers", "servers"].map(
          (key) => `aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::watch-collector-admitted-${key}`,
        ),
        "aws:xray/traceSegmentDestination:TraceSegmentDestination::watch-traces",
        "awsx:ecs:FargateService::watch-collector",
        "aws:cloudwatch/compositeAlarm:CompositeAlarm::watch-page-hot-tier",
        "aws:cloudwatch/compositeAlarm:CompositeAlarm::watch-page-region",
        "aws:cloudwatch/dashboard:Dashboard::watch-dashboard",
        "aws:cloudwatch/dashboard:Dashboard::watch-dashboard-regions",
        "aws:cloudwatch/eventRule:EventRule::watch-alarm-changes",
        "aws:cloudwatch/eventRule:EventRule::watch-key-changes",
        "aws:cloudwatch/eventTarget:EventTarget::watch-alarm-changes-target",
        "aws:cloudwatch/eventTarget:EventTarget::watch-key-changes-target",
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
        region: "us-west-2",
        slackWorkspaceId: "acme",
        teamsTenantId: "11111111-2222-3333-4444-555555555555",
        teamsTeamId: "The team",
        collector: { image: "prom/prometheus:v3.5.0", scrapeSeconds: 5 },
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
      "slackChannelId: and slackWorkspaceId belong together",
      "teamsTeamId",
      "teamsChannelId: and teamsTenantId, teamsTeamId belong together",
      "region",
      "collector.image",
      "collector.scrapeSeconds",
      "collector: has nothing to read",
      "collector: has no workspace",
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

  it("says aloud whom it does not tell", () => {
    const warnings = (args: Partial<ObservabilityPlanArgs>) =>
      observabilityPlan("watch", { network, ...args }).warnings.map((warning) => warning.split(":")[0]);
    const nobody = "watch pages nobody";
    const noChat = "watch writes to no chat";
    expect(warnings({})).toEqual([nobody, noChat]);
    expect(warnings({ pagerEmails: ["oncall@example.com"] })).toEqual([noChat]);
    expect(warnings({ pagerUrl: "https://events.pager.example/key" })).toEqual([noChat]);
    expect(warnings({ slackWorkspaceId: "T0123456789", slackChannelId: "C0123456789" })).toEqual([nobody]);
    const { teamsTenantId, teamsTeamId, teamsChannelId, pagerUrl } = everything;
    expect(warnings({ teamsTenantId, teamsTeamId, teamsChannelId, pagerUrl })).toEqual([]);
  });

  it("shows the chat's topic in Slack and Teams, from where nobody may change anything", async () => {
    const { find } = await watch();
    for (const name of ["watch-slack", "watch-teams"]) {
      expect(find(name).inputs).toMatchObject({
        snsTopicArns: [expect.stringMatching(/watch-chat$/)],
        guardrailPolicyArns: ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"],
        userAuthorizationRequired: true,
      });
    }
    expect(find("watch-teams").inputs).toMatchObject({ teamId: everything.teamsTeamId });
  });

  it("keeps the pager's address, which holds a key, out of everything but its subscription", async () => {
    const { resources, find } = await watch();
    // Pulumi's mark of a secret, which state and logs hide (sdk/go/common/resource, SecretSig).
    expect(find("watch-pager-url").inputs.endpoint).toEqual({
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      value: everything.pagerUrl,
    });
    const others = resources.filter(({ name }) => name !== "watch-pager-url");
    expect(JSON.stringify(others)).not.toContain("events.pager.example");
  });

  it("pages for a front door or a tenant without a network: in the alarms' own region, and nothing else", async () => {
    const { identities, find } = await recorded(
      () => new Observability("watch", { region: "us-west-2", partAlarmArns: { "front-door": [alarm("unhealthy")] } }),
      { region: "us-west-2" },
    );
    expect(identities().filter((identity) => /alarm:|amp|log/i.test(identity))).toEqual([
      "aws:cloudwatch/compositeAlarm:CompositeAlarm::watch-page-front-door",
    ]);
    expect(find("watch-page-front-door").inputs.alarmRule).toBe(`ALARM("${alarm("unhealthy")}")`);
    expect(find("watch-dashboard").inputs.dashboardBody).toContain("us-west-2");
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
