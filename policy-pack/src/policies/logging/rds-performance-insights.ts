import { mustBeOn } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Db2 and the smallest MySQL classes have none. */
export const rdsPerformanceInsights = resourceRule({
  id: "rds-performance-insights",
  family: "logging",
  severity: "low",
  what: "A database instance has Performance Insights on.",
  why: "Without it, a slow query is found by guessing.",
  mend: "Set performanceInsightsEnabled to true.",
  frameworks: { nist: ["AU-6", "SI-4"], checkov: ["CKV_AWS_353"] },
  presets: ["strict"],
  types: [...T.rdsInstance, ...T.rdsClusterInstance],
  check({ props }, report) {
    const engine = props.at("engine").text();
    const size = props.at("instanceClass").text();
    const cannot =
      typeof engine === "string" &&
      (/^db2-/.test(engine) ||
        (/^(mysql|mariadb)$/.test(engine) &&
          typeof size === "string" &&
          /^db\.(t2\.(micro|small)|t3\.(micro|small)|t4g\.(micro|small))$/.test(size)));
    if (!cannot) {
      mustBeOn(report, props.at("performanceInsightsEnabled"), "slow queries leave no trace");
    }
  },
});
