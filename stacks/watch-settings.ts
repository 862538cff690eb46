import * as v from "valibot";

const text = (pattern: RegExp, allowed: string) => v.pipe(v.string(allowed), v.regex(pattern, allowed));
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Settings whose value is never shown, because it holds a key; they have to be encrypted in the stack's file. */
export const secretSettings: ReadonlySet<string> = new Set(["pagerUrl"]);

/** The pager's address. It stands apart from `watch`, so that the stack's file encrypts it alone. */
export const pagerUrl = v.optional(
  text(
    /^https:\/\/[^\s/]+\/\S+$/,
    "an HTTPS address for CloudWatch messages, such as PagerDuty's or Opsgenie's, is allowed",
  ),
);

/** Who is told, in every stack. */
const told = {
  /** Addresses that get pages by e-mail. */
  pagerEmails: v.optional(
    v.array(
      text(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "an e-mail address is allowed"),
      "a list of e-mail addresses is allowed",
    ),
  ),
  /** Slack channel that hears of every change of an alarm. */
  slack: v.optional(
    v.strictObject({
      workspaceId: text(/^T[0-9A-Z]{6,}$/, "the id of a Slack workspace such as T0123456789 is allowed"),
      channelId: text(/^[CG][0-9A-Z]{6,}$/, "the id of a Slack channel such as C0123456789 is allowed"),
    }),
  ),
  /** Channel of Microsoft Teams that hears the same. */
  teams: v.optional(
    v.strictObject({
      tenantId: text(uuid, "the id of a Microsoft tenant, a UUID in lower case, is allowed"),
      teamId: text(uuid, "the id of a team, a UUID in lower case, is allowed"),
      channelId: text(
        /^19%3A[\w-]+%40thread\.\w+$/,
        "a channel's id as its link has it, such as 19%3Aab12%40thread.tacv2, is allowed",
      ),
    }),
  ),
};
const privateImage = text(
  /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/\S+$/,
  "a container image in ECR is allowed",
);
const secretArn = text(/^arn:aws[a-z-]*:secretsmanager:/, "an ARN of secretsmanager is allowed");

/** What watches a region, and who is told. */
export const regionWatch = v.optional(
  v.strictObject({
    ...told,
    /** Prometheus 3 in ECR, which reads what is not a pod. Default: no collector. */
    collectorImage: v.optional(privateImage),
    /** postgres_exporter in ECR, and the secret of its user. Default: none. */
    database: v.optional(v.strictObject({ exporterImage: privateImage, secretArn })),
    /** Share of requests that routers trace, percent. Default: 0. */
    traceSamplingPercent: v.optional(
      v.pipe(
        v.number("a number from 0 to 100 is allowed"),
        v.minValue(0, "a number from 0 to 100 is allowed"),
        v.maxValue(100, "a number from 0 to 100 is allowed"),
      ),
    ),
  }),
);

/** What watches all regions together, and who is told. */
export const globalWatch = v.optional(
  v.strictObject({
    ...told,
    /** USD of unexplained spending from which to tell. Default: none. */
    costAnomalyUsd: v.optional(
      v.pipe(v.number("an amount of USD above 0 is allowed"), v.gtValue(0, "an amount of USD above 0 is allowed")),
    ),
  }),
);

/** Who is told, as `Observability` takes it. */
export function toldOf(settings: {
  pagerUrl?: string | undefined;
  watch?: { [Key in keyof typeof told]?: v.InferOutput<(typeof told)[Key]> } | undefined;
}) {
  const { pagerEmails, slack, teams } = settings.watch ?? {};
  return {
    ...(settings.pagerUrl === undefined ? {} : { pagerUrl: settings.pagerUrl }),
    ...(pagerEmails === undefined ? {} : { pagerEmails }),
    ...(slack === undefined ? {} : { slackWorkspaceId: slack.workspaceId, slackChannelId: slack.channelId }),
    ...(teams === undefined
      ? {}
      : { teamsTenantId: teams.tenantId, teamsTeamId: teams.teamId, teamsChannelId: teams.channelId }),
  };
}
