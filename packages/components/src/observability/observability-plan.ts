import { refuseAll, type Problem } from "../shared/refusal.ts";
import { type RegionAlarm, regionAlarms } from "./alarms-plan.ts";

/** The plain part of the arguments. */
export interface ObservabilityPlanArgs {
  network: { region: string; zoneIds: string[] };
  natGatewayIds?: unknown;
  partAlarmArns?: Record<string, unknown>;
  pagerEmails?: string[];
  slackWorkspaceId?: string;
  slackChannelId?: string;
  alarmNamePrefixes?: string[];
  quotaPercent?: number;
  costAnomalyUsd?: number;
  dashboardRegions?: string[];
  managedPrometheus?: boolean;
  eksClusterArn?: unknown;
}

/** Everything that is known before a resource exists. */
export interface ObservabilityPlan {
  readonly region: string;
  readonly alarms: readonly RegionAlarm[];
  /** Parts that page, those of other components and the region's own. */
  readonly parts: readonly string[];
  readonly pagerEmails: readonly string[];
  readonly slack: { readonly workspaceId: string; readonly channelId: string } | undefined;
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
  const { slackWorkspaceId, slackChannelId } = args;
  refuseAll(problemsOf(args));
  return {
    region: args.network.region,
    alarms: regionAlarms(args.natGatewayIds === undefined ? [] : args.network.zoneIds, args.quotaPercent ?? 80),
    parts: [...Object.keys(args.partAlarmArns ?? {}), ownPart],
    pagerEmails: args.pagerEmails ?? [],
    slack:
      slackWorkspaceId === undefined || slackChannelId === undefined
        ? undefined
        : { workspaceId: slackWorkspaceId, channelId: slackChannelId },
    alarmNamePrefixes: args.alarmNamePrefixes ?? [`${name}-`],
    costAnomalyUsd: args.costAnomalyUsd,
    dashboardRegions: args.dashboardRegions ?? [],
    managedPrometheus: args.managedPrometheus ?? true,
  };
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
    "slackWorkspaceId",
    args.slackWorkspaceId,
    args.slackWorkspaceId === undefined || /^T[0-9A-Z]{6,}$/.test(args.slackWorkspaceId),
    "is not the id of a Slack workspace",
    "Write it as in Slack's address, such as T0123456789",
  );
  check(
    "slackChannelId",
    args.slackChannelId,
    args.slackChannelId === undefined || /^[CG][0-9A-Z]{6,}$/.test(args.slackChannelId),
    "is not the id of a Slack channel",
    "Copy it from the channel's details, such as C0123456789",
  );
  check(
    "slackChannelId",
    args.slackChannelId,
    (args.slackChannelId === undefined) === (args.slackWorkspaceId === undefined),
    "and slackWorkspaceId belong together",
    "Give both or neither",
  );
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
  check(
    "eksClusterArn",
    "given",
    args.eksClusterArn === undefined || args.managedPrometheus !== false,
    "has no workspace to collect for",
    "Leave managedPrometheus at true",
  );
  return problems;
}
