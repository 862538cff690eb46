import { describe, expect, it } from "vitest";
import { interfaceEndpoints } from "./region-plan.ts";
import { parseSettings, refusePlainSecrets, type RegionSettings, SettingsError } from "./settings.ts";
import { settingsOf } from "./settings-fixture.ts";
import { toldOf } from "./watch-settings.ts";

const pagerUrl = "https://events.pager.example/integration/0123secret/enqueue";
const teams = {
  tenantId: "11111111-2222-3333-4444-555555555555",
  teamId: "66666666-7777-8888-9999-000000000000",
  channelId: "19%3Aab12%40thread.tacv2",
};
const slack = { workspaceId: "T0123456789", channelId: "C0123456789" };

/** A region's settings with other ones of what watches it. */
function withWatch(watch: object, rest: object = {}): RegionSettings {
  return parseSettings("us-east-1", { ...settingsOf("us-east-1"), ...rest, watch }) as RegionSettings;
}

function message(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message;
  }
  throw new Error("accepted");
}

describe("who is told", () => {
  it("is nobody unless it is said", () => {
    expect(toldOf(withWatch({}))).toEqual({});
    const { watch, ...rest } = settingsOf("us-east-1");
    expect(watch).toBeDefined();
    expect(toldOf(parseSettings("us-east-1", rest))).toEqual({});
  });

  it("reaches the component: pager, e-mail, Slack, Teams", () => {
    expect(toldOf(withWatch({ pagerEmails: ["oncall@example.com"], slack, teams }, { pagerUrl }))).toEqual({
      pagerUrl,
      pagerEmails: ["oncall@example.com"],
      slackWorkspaceId: slack.workspaceId,
      slackChannelId: slack.channelId,
      teamsTenantId: teams.tenantId,
      teamsTeamId: teams.teamId,
      teamsChannelId: teams.channelId,
    });
  });

  it.each([
    [{ pagerEmails: ["oncall"] }, "mrgc:watch.pagerEmails.0", '"oncall"', "an e-mail address"],
    [{ slack: { ...slack, workspaceId: "acme" } }, "mrgc:watch.slack.workspaceId", '"acme"', "T0123456789"],
    [{ slack: { workspaceId: "T0123456789" } }, "mrgc:watch.slack.channelId", "not set", "it is needed"],
    [{ teams: { ...teams, teamId: "On call" } }, "mrgc:watch.teams.teamId", '"On call"', "a UUID"],
    [{ teams: { ...teams, channelId: "general" } }, "mrgc:watch.teams.channelId", '"general"', "19%3A"],
    [{ collectorImage: "prom/prometheus:v3" }, "mrgc:watch.collectorImage", '"prom/prometheus:v3"', "in ECR"],
    [{ traceSamplingPercent: 101 }, "mrgc:watch.traceSamplingPercent", "101", "from 0 to 100"],
  ])("is refused in %j by key, value and what is allowed", (watch, key, value, allowed) => {
    const told = message(() => withWatch(watch));
    expect(told).toContain(`${key} is ${value}; `);
    expect(told).toContain(allowed);
  });
});

describe("the pager's address, which holds a key", () => {
  it("is not shown when it is wrong", () => {
    const told = message(() => withWatch({}, { pagerUrl: "http://events.pager.example/0123secret" }));
    expect(told).toContain("mrgc:pagerUrl is [secret]; an HTTPS address");
    expect(told).toContain("pulumi config set --stack us-east-1 --secret --path 'mrgc:pagerUrl'");
    expect(told).not.toContain("0123secret");
  });

  it("is refused in plain text, with the command that encrypts it", () => {
    const refused = (encrypted: string[]) => () =>
      refusePlainSecrets("us-east-1", { pagerUrl, serviceDomain: "x" }, (key) => encrypted.includes(key));
    const told = message(refused([]));
    expect(told).toContain("pulumi config set --stack us-east-1 --secret mrgc:pagerUrl");
    expect(told).not.toContain("0123secret");
    expect(refused(["pagerUrl"])).not.toThrow();
  });
});

describe("a region's interface endpoints", () => {
  it("lead to what metrics and traces are sent to, where they are", () => {
    const extra = (watch: object) => interfaceEndpoints(withWatch(watch)).slice(14);
    expect(extra({})).toEqual([]);
    expect(extra({ traceSamplingPercent: 0 })).toEqual([]);
    const collectorImage = "123456789012.dkr.ecr.us-east-1.amazonaws.com/prom/prometheus:v3.5.0";
    expect(extra({ collectorImage, traceSamplingPercent: 0.5 })).toEqual(["aps-workspaces", "xray"]);
  });
});
