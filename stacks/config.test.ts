import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readConfig } from "./config.ts";
import { settingsOf } from "./settings-fixture.ts";

const pagerUrl = "https://events.pager.example/integration/0123secret/enqueue";

/** Hands the program a stack's configuration as the engine does: everything is text, and what is encrypted is listed. */
function configure(settings: Record<string, unknown>, encrypted: string[]): void {
  const texts = Object.entries(settings).map(([key, value]) => [
    `mrgc:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>);
  vi.stubEnv("PULUMI_CONFIG_SECRET_KEYS", JSON.stringify(encrypted));
}

describe("a stack's configuration as the program reads it", () => {
  beforeEach(async () => {
    const nothing = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
    await pulumi.runtime.setMocks(nothing, "mrgc", "us-east-1");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("has an encrypted pager's address", () => {
    configure({ ...settingsOf("us-east-1"), pagerUrl }, ["mrgc:pagerUrl"]);
    expect(readConfig()).toMatchObject({ role: "region", region: "us-east-1", pagerUrl });
  });

  it("is refused with one in plain text, and does not show it", () => {
    configure({ ...settingsOf("us-east-1"), pagerUrl }, []);
    expect(readConfig).toThrow(pulumi.RunError);
    expect(readConfig).toThrow("mrgc:pagerUrl is in plain text");
    expect(readConfig).not.toThrow("0123secret");
  });

  it("needs no pager", () => {
    configure(settingsOf("us-east-1"), []);
    expect(readConfig()).not.toHaveProperty("pagerUrl");
  });
});
