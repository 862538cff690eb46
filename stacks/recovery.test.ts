import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { disasterRecoveryPlan } from "@mrgc/components/plans";
import { settingsOf } from "./game-days.ts";
import { plan } from "./plan.ts";
import { blockOf, computedPages } from "./recovery-pages.ts";
import { recoveryPlan, regionRecoveryArgs } from "./recovery.ts";
import type { RegionSettings } from "./settings.ts";

const east = settingsOf("us-east-1") as RegionSettings;

/** Tables are aligned by the formatter; what they say is not. */
function unaligned(text: string): string {
  return text.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");
}

describe("the pages", () => {
  it("say what is computed from the configuration (else: node stacks/recovery-pages.ts, npm run format)", async () => {
    for (const { path, blocks } of await computedPages()) {
      const page = readFileSync(path, "utf8");
      for (const [name, block] of Object.entries(blocks)) {
        expect(unaligned(blockOf(page, name))).toBe(unaligned(block));
      }
    }
  });
});

describe("a stack's recovery", () => {
  it("is part of its plan, as text and as data", () => {
    const config = { "mrgc:role": "global", "mrgc:environment": "test", "mrgc:regions": '["us-east-1","us-east-2"]' };
    const { text, data } = plan("global", { ...config, "mrgc:serviceDomain": "inference.example.com" });
    expect(data.recovery.objectives.map(({ part }) => part)).toContain("region evacuated");
    expect(text).toMatch(/region +public tenants +60 s/);
  });

  it("follows the settings: what is not copied is lost with the region, and a shard more changes the zone's time", () => {
    const metadata = (settings: RegionSettings) =>
      recoveryPlan(settings).objectives.find(({ part }) => part === "metadata: this region's");
    expect(metadata(east)?.rpo?.seconds).toBe(1800);
    expect(metadata({ ...east, recovery: {} })?.missing).toContain("set disasterRecovery");
    const zone = (shards: number) =>
      recoveryPlan({ ...east, hotTier: { ...east.hotTier, shards } }).objectives.find(
        ({ part }) => part === "hot tier: a zone's primaries",
      )?.rto?.seconds;
    // 16 shards have 6 primaries in the fullest zone, 19 have 7; each is an order of 3.3 s.
    expect((zone(19) ?? 0) - (zone(16) ?? 0)).toBeCloseTo(3.3, 6);
  });

  it("copies the hot tier's snapshots where the settings say so", () => {
    const args = regionRecoveryArgs({ ...east, recovery: { snapshotRegion: "us-west-2" } });
    const { copies } = disasterRecoveryPlan({ ...args, dataGibPerShard: 5 });
    expect(copies.find(({ what }) => what === "backups")?.where).toContain("copied to us-west-2");
  });
});
