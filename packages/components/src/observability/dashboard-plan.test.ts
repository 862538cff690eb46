import { describe, expect, it } from "vitest";
import { knownMetrics } from "../testing/known-metrics.ts";
import { graphs } from "./dashboard-plan.ts";

describe("every graph of CloudWatch's dashboards", () => {
  it.each(graphs)(
    "$title: asks for what AWS or our agents publish, by dimensions that it is published with",
    (graph) => {
      const [namespace = "", ...dimensions] = graph.schema.split(",");
      const known = knownMetrics[namespace];
      expect(known?.dimensions.map((set) => set.join())).toContain(dimensions.sort().join());
      expect(graph.metrics.filter((metric) => !(metric in (known?.metrics ?? {})))).toEqual([]);
    },
  );
});
