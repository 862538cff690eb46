import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { create, filesOf } from "./recordings.ts";

describe("the alarms", () => {
  it("watch metrics that somebody sends, and each has its paragraph of what to do", async () => {
    const recording = await create();
    const page = readFileSync(new URL("../../../../docs/runbooks/hot-tier-redis.md", import.meta.url), "utf8");
    const script = readFileSync(new URL("node-scripts/metrics.sh", import.meta.url), "utf8");
    const contract = readFileSync(
      new URL("../../../../docs/decisions/030-controller-contract.md", import.meta.url),
      "utf8",
    );
    const agent = filesOf(recording).find(({ path }) => path === "/etc/mrgc/agent.template")!.content;
    for (const { name, inputs } of recording.ofType("aws:cloudwatch/metricAlarm:MetricAlarm")) {
      const anchor = /#([a-z-]+)$/.exec(inputs.alarmDescription as string)?.[1];
      expect(page, name).toContain(`\n## ${anchor}\n`);
      if (inputs.namespace === "Mrgc/HotTier") {
        const metric = inputs.metricName as string;
        const sent =
          script.includes(`gauge ${metric} `) ||
          agent.includes(`"rename":"${metric}"`) ||
          contract.includes(`\`${metric}\``);
        expect(sent, `${name}: ${metric}`).toBe(true);
        expect(inputs.dimensions).toEqual({ Cluster: "hot-tier" });
      }
    }
  });

  it("tell people about trouble, and only the controller about load", async () => {
    const recording = await create({ alarmTopicArns: ["arn:topic"] });
    const actions = (name: string) => recording.find(`hot-tier-alarm-${name}`).inputs.alarmActions as string[];
    expect(actions("slots-uncovered")).toEqual(["arn:topic"]);
    expect(actions("cpu-high")).toEqual([]);
    // 80 % of 6.25 Gbit/s in bytes.
    expect(recording.find("hot-tier-alarm-network-high").inputs.threshold).toBe(625_000_000);
  });
});
