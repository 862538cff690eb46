import { logRetentionProblems } from "../shared/log-retention.ts";
import { refuseAll, type Problem } from "../shared/refusal.ts";
import { type RegionAlarm, regionAlarms } from "./alarms-plan.ts";
import { type CollectorPlanArgs, collectorProblems } from "./collector-plan.ts";

/** The plain part of the arguments. */
export interface ObservabilityPlanArgs {
  network?: { region: string; zoneIds: string[] };
  region?: string;
  natGatewayIds?: unknown;
  partAlarmArns?: Record<string, unknown>;
  pagerUrl?: unknown;
  pagerEmails?: string[];
  slackWorkspaceId?: string;
  slackChannelId?: string;
  teamsTenantId?: string;
  teamsTeamId?: string;
  teamsChannelId?: string;
  alarmNamePrefixes?: string[];
  quotaPercent?: number;
  costAnomalyUsd?: number;
  dashboardRegions?: string[];
  managedPrometheus?: boolean;
  eksClusterArn?: unknown;
  collector?: CollectorPlanArgs;
  logRetentionDays?: number;
}

/** Everything that is known before a resource exists. */
export interface ObservabilityPlan {
  readonly region: string;
  readonly alarms: readonly RegionAlarm[];
  /** Parts that page, those of other components and the region's own. */
  readonly parts: readonly string[];
  readonly pagerEmails: readonly string[];
  readonly slack: { readonly workspaceId: string; readonly channelId: string } | undefined;
  readonly teams: { readonly tenantId: string; readonly teamId: string; readonly channelId: string } | undefined;
  /** What every `up` says aloud: who is not told. */
  readonly warnings: readonly string[];
  readonly alarmNamePrefixes: readonly string[];
  readonly costAnomalyUsd: number | undefined;
  readonly dashboardRegions: readonly string[];
  readonly managedPrometheus: boolean;
}

/** Part of the alarms that this component makes itself. */
export const ownPart = "region";

/**
 * Plans what watches a region.
 *
 * @throws PlanRefusedError with every problem found
 */
export function observabilityPlan(name: string, args: ObservabilityPlanArgs): ObservabilityPlan {
  const { network, slackWorkspaceId, slackChannelId, teamsTenantId, teamsTeamId, teamsChannelId } = args;
  refuseAll([
    ...problemsOf(args),
    ...chatProblems(args),
    ...collectorProblems(args.collector),
    ...logRetentionProblems(args.logRetentionDays),
  ]);
  const slack =
    slackWorkspaceId === undefined || slackChannelId === undefined
      ? undefined
      : { workspaceId: slackWorkspaceId, channelId: slackChannelId };
  const teams =
    teamsTenantId === undefined || teamsTeamId === undefined || teamsChannelId === undefined
      ? undefined
      : { tenantId: teamsTenantId, teamId: teamsTeamId, channelId: teamsChannelId };
  const pagerEmails = args.pagerEmails ?? [];
  return {
    region: network?.region ?? args.region ?? "",
    alarms:
      network === undefined
        ? []
        : regionAlarms(args.natGatewayIds === undefined ? [] : network.zoneIds, args.quotaPercent ?? 80),
    parts: [...Object.keys(args.partAlarmArns ?? {}), ...(network === undefined ? [] : [ownPart])],
    pagerEmails,
    slack,
    teams,
    warnings: [
      ...(args.pagerUrl === undefined && pagerEmails.length === 0
        ? [`${name} pages nobody: give pagerUrl or pagerEmails, or read the alarms yourself.`]
        : []),
      ...(slack === undefined && teams === undefined
        ? [`${name} writes to no chat: give slackWorkspaceId and slackChannelId, or the three of Teams.`]
        : []),
    ],
    alarmNamePrefixes: args.alarmNamePrefixes ?? [`${name}-`],
    costAnomalyUsd: args.costAnomalyUsd,
    dashboardRegions: args.dashboardRegions ?? [],
    managedPrometheus: network !== undefined && (args.managedPrometheus ?? true),
  };
}

/** What is wrong with the addresses of Slack and Teams. */
function chatProblems(args: ObservabilityPlanArgs): Problem[] {
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
  const chats: [key: keyof ObservabilityPlanArgs, pattern: RegExp, what: string, mend: string][][] = [
    [
      [
        "slackWorkspaceId",
        /^T[0-9A-Z]{6,}$/,
        "the id of a Slack workspace",
        "Write it as in Slack's address, such as T0123456789",
      ],
      [
        "slackChannelId",
        /^[CG][0-9A-Z]{6,}$/,
        "the id of a Slack channel",
        "Copy it from the channel's details, such as C0123456789",
      ],
    ],
    [
      ["teamsTenantId", uuid, "the id of a Microsoft tenant", "Copy it from the link to the channel, after tenantId="],
      ["teamsTeamId", uuid, "the id of a team", "Copy it from the link to the channel, after groupId="],
      [
        "teamsChannelId",
        /^19%3A[\w-]+%40thread\.\w+$/,
        "the id of a channel",
        "Copy it from the link to the channel as it is, such as 19%3Aab12%40thread.tacv2",
      ],
    ],
  ];
  return chats.flatMap((chat) =>
    chat.flatMap(([path, pattern, what, mend]): Problem[] => {
      const value = args[path];
      if (value === undefined) {
        const given = chat.map(([key]) => key).filter((key) => args[key] !== undefined);
        return given.length === 0
          ? []
          : [{ path, value, reason: `and ${given.join(", ")} belong together`, mend: "Give all of them or none" }];
      }
      return pattern.test(String(value)) ? [] : [{ path, value, reason: `is not ${what}`, mend }];
    }),
  );
}

function problemsOf(args: ObservabilityPlanArgs): Problem[] {
  const problems: Problem[] = [];
  const check = (path: string, value: unknown, right: boolean, reason: string, mend: string): void => {
    if (!right) {
      problems.push({ path, value, reason, mend });
    }
  };
  const between = (value: number | undefined, low: number, high: number) =>
    value === undefined || (value >= low && value <= high);
  check(
    "network",
    args.network === undefined ? undefined : "given",
    args.network !== undefined || args.region !== undefined,
    "and region are both left out",
    "Give the network, or the region whose alarms page",
  );
  check(
    "region",
    args.region,
    args.network === undefined || args.region === undefined || args.region === args.network.region,
    `is not the network's, which is in ${args.network?.region}`,
    "Leave it out",
  );
  const needNetwork = {
    natGatewayIds: args.natGatewayIds,
    eksClusterArn: args.eksClusterArn,
    collector: args.collector,
  };
  for (const [path, value] of Object.entries(needNetwork)) {
    check(path, "given", value === undefined || args.network !== undefined, "is of a network", "Give network too");
  }
  (args.pagerEmails ?? []).forEach((address, index) => {
    check(
      `pagerEmails[${index}]`,
      address,
      /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address),
      "is not an e-mail address",
      "Write one such as oncall@example.com",
    );
  });
  (args.alarmNamePrefixes ?? []).forEach((prefix, index) => {
    check(
      `alarmNamePrefixes[${index}]`,
      prefix,
      prefix.length > 0,
      "is empty and would match every alarm of the account",
      "Name what the alarms begin with, such as mrgc-",
    );
  });
  check(
    "quotaPercent",
    args.quotaPercent,
    between(args.quotaPercent, 50, 95),
    "is not between 50 and 95",
    "80 leaves the days that an increase takes",
  );
  check(
    "costAnomalyUsd",
    args.costAnomalyUsd,
    args.costAnomalyUsd === undefined || args.costAnomalyUsd > 0,
    "is not above 0",
    "Take what is worth a look, such as 500",
  );
  check(
    "partAlarmArns",
    Object.keys(args.partAlarmArns ?? {}),
    !Object.hasOwn(args.partAlarmArns ?? {}, ownPart),
    `holds ${ownPart}, which is the region's own part`,
    "Choose another name",
  );
  for (const part of Object.keys(args.partAlarmArns ?? {})) {
    check(
      `partAlarmArns["${part}"]`,
      part,
      /^[a-z][a-z0-9-]*$/.test(part),
      "is not a lower-case name",
      "Use letters, digits and hyphens, such as hot-tier",
    );
  }
  for (const path of ["eksClusterArn", "collector"] as const) {
    check(
      path,
      "given",
      args[path] === undefined || args.managedPrometheus !== false,
      "has no workspace to collect for",
      "Leave managedPrometheus at true",
    );
  }
  return problems;
}
