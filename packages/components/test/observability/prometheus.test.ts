import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dashboardFile, dashboards, dashboardsFolder } from "../../scripts/grafana-dashboards.ts";
import { podScrapeFile } from "../../src/observability/pod-scrape.ts";
import { ruleGroups, rulesFile } from "../../src/observability/prometheus-rules.ts";
import { healthy, minutes, type Series, troubles } from "../../src/testing/synthetic-series.ts";

const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "mrgc-rules-"));
const alerts = ruleGroups.flatMap(({ rules }) => rules.flatMap((rule) => ("alert" in rule ? [rule.alert] : [])));
/** Late enough for every `for` and every range. */
const late = `${minutes - 5}m`;

interface Question {
  expr: string;
  answered: boolean;
}

interface PanelQuery {
  where: string;
  expr: string;
}

/** Every query of every committed dashboard. */
function panelQueries(): PanelQuery[] {
  return readdirSync(dashboardsFolder).flatMap((file) => {
    const { panels } = JSON.parse(readFileSync(join(dashboardsFolder, file), "utf8")) as {
      panels: { title: string; targets: { expr: string }[] }[];
    };
    return panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: `${file}: ${title}`, expr })));
  });
}

/** One of promtool's tests: whether each question has an answer on these series. */
function promtoolTest(series: Series, questions: Question[]): unknown {
  return {
    interval: "1m",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: questions.map(({ expr, answered }) => ({
      expr: `clamp_max(count(${expr}), 1)`,
      eval_time: late,
      exp_samples: answered ? [{ labels: "{}", value: 1 }] : [],
    })),
  };
}

const firing = (alert: string) => `ALERTS{alertname="${alert}",alertstate="firing"}`;

function promtool(tests: unknown[]): { status: number | null; output: string } {
  const file = join(folder, "tests.json");
  writeFileSync(file, JSON.stringify({ rule_files: ["rules.json"], evaluation_interval: "1m", tests }));
  const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", file], { encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}

beforeAll(() => {
  writeFileSync(join(folder, "rules.json"), rulesFile());
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasPromtool)("Prometheus' rules (skipped without promtool, Debian's prometheus)", () => {
  it("are what promtool calls right", () => {
    expect(execFileSync("promtool", ["check", "rules", join(folder, "rules.json")], { encoding: "utf8" })).toContain(
      "SUCCESS: 30 rules found",
    );
  });

  it("come with a scrape configuration that Prometheus understands", () => {
    const config = JSON.parse(podScrapeFile("us-east-1")) as { scrape_configs: Record<string, unknown>[] };
    // Debian's build has no Kubernetes discovery; all the rest is checked.
    for (const job of config.scrape_configs) {
      expect(job.kubernetes_sd_configs).toEqual([{ role: "pod" }]);
      delete job.kubernetes_sd_configs;
    }
    const file = join(folder, "scrape.json");
    writeFileSync(file, JSON.stringify(config));
    expect(execFileSync("promtool", ["check", "config", "--syntax-only", file], { encoding: "utf8" })).toContain(
      "SUCCESS",
    );
  });

  it("are silent while all is well", () => {
    const questions = alerts.map((alert) => ({ expr: firing(alert), answered: false }));
    expect(promtool([promtoolTest(healthy, questions)])).toMatchObject({ status: 0 });
  });

  it("fire each in its own trouble, and no other does", () => {
    expect(Object.keys(troubles).sort()).toEqual([...alerts].sort());
    for (const [trouble, series] of Object.entries(troubles)) {
      const questions = alerts.map((alert) => ({ expr: firing(alert), answered: alert === trouble }));
      const { status, output } = promtool([promtoolTest({ ...healthy, ...series }, questions)]);
      expect(status, `${trouble}: ${output}`).toBe(0);
    }
  });

  it("would be caught: a question without an answer fails", () => {
    expect(promtool([promtoolTest(healthy, [{ expr: "no_such_metric", answered: true }])]).status).toBe(1);
  });

  it("and the dashboards ask for what is there: every panel's query returns data", () => {
    const queries = panelQueries();
    expect(queries.length).toBeGreaterThan(30);
    const { status, output } = promtool([
      promtoolTest(
        healthy,
        queries.map(({ expr }) => ({ expr, answered: true })),
      ),
    ]);
    expect(status, output).toBe(0);
  });
});

describe("the Grafana dashboards", () => {
  it("are the five, as their program writes them (node scripts/grafana-dashboards.ts)", () => {
    const built = dashboards();
    expect(Object.keys(built)).toEqual(["infrastructure", "hot-tier", "proxies", "topology", "gpu"]);
    expect(readdirSync(dashboardsFolder).sort()).toEqual(
      Object.keys(built)
        .map((key) => `${key}.json`)
        .sort(),
    );
    for (const [key, dashboard] of Object.entries(built)) {
      expect(readFileSync(join(dashboardsFolder, `${key}.json`), "utf8")).toBe(dashboardFile(dashboard));
    }
  });

  it("have panels that do not overlap in Grafana's grid of 24", () => {
    for (const { panels, title } of Object.values(dashboards())) {
      const cells = new Set<string>();
      for (const panel of panels ?? []) {
        const { x, y, w, h } = (panel as { gridPos: { x: number; y: number; w: number; h: number } }).gridPos;
        expect(x + w, title).toBeLessThanOrEqual(24);
        for (let cell = 0; cell < w * h; cell++) {
          const at = `${x + (cell % w)},${y + Math.floor(cell / w)}`;
          expect(cells.has(at), `${title} ${at}`).toBe(false);
          cells.add(at);
        }
      }
    }
  });
});
