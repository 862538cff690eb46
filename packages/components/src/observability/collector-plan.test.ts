import { describe, expect, it } from "vitest";
import { dashboards } from "../../scripts/grafana-dashboards.ts";
import { dcgmFieldsFile } from "../regional-gpu-cluster/cloudwatch-agent.ts";
import { healthy } from "../testing/synthetic-series.ts";
import { collectorProblems, keptMetrics } from "./collector-plan.ts";
import { keptProxyMetrics } from "./pod-scrape.ts";
import { ruleGroups } from "./prometheus-rules.ts";

const kept: string[] = Object.values(keptMetrics).flat();
const queries = [
  ...ruleGroups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
  ...[...JSON.stringify(dashboards()).matchAll(/"expr":("(?:[^"\\]|\\.)*")/g)].map(
    ([, expr]) => JSON.parse(expr!) as string,
  ),
].join("\n");

describe("what the collector keeps", () => {
  it("is asked for by a rule or a panel, every name of it", () => {
    expect(kept.filter((name) => !new RegExp(`\\b${name}\\b`).test(queries))).toEqual([]);
  });

  it("is all that rules and panels ask of what is not a pod", () => {
    const asked = Object.keys(healthy).map((series) => series.replace(/\{.*/, ""));
    // Prometheus itself makes `up`; AWS' scraper reads the proxies.
    const others = new Set(["up", ...keptProxyMetrics]);
    expect([...new Set(asked)].filter((name) => !kept.includes(name) && !others.has(name))).toEqual([]);
  });

  it("of the proxies is asked for too, and is none of the collector's alone", () => {
    const named = (name: string, text: string) => new RegExp(`\\b${name}\\b`).test(text);
    expect(keptProxyMetrics.filter((name) => !named(name, queries))).toEqual([]);
    const seen = Object.keys(healthy).join("\n");
    expect(keptProxyMetrics.filter((name) => !named(name, seen))).toEqual([]);
  });

  it("is what the hosts' exporter of GPU metrics has been told to export", () => {
    const exported = dcgmFieldsFile()
      .split("\n")
      .map((line) => line.split(",")[0]);
    expect(keptMetrics.dcgm.filter((name) => !exported.includes(name))).toEqual([]);
  });
});

describe("a collector", () => {
  const image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/prom/prometheus:v3.5.0";
  it.each([
    [undefined, []],
    [{ image, gpu: {} }, []],
    [{ image, gpu: {}, scrapeSeconds: 15 }, []],
    [{ image, gpu: {}, scrapeSeconds: 14 }, ["collector.scrapeSeconds"]],
    [{ image, gpu: {}, scrapeSeconds: 30.5 }, ["collector.scrapeSeconds"]],
    [{ image: "prom/prometheus", gpu: {} }, ["collector.image"]],
    [{ image, database: { exporterImage: "quay.io/x/postgres-exporter" } }, ["collector.database.exporterImage"]],
    [{ image }, ["collector"]],
  ])("of %j has these problems: %j", (args, paths) => {
    expect(collectorProblems(args).map(({ path }) => path)).toEqual(paths);
  });
});
