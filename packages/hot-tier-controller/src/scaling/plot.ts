import { documentGrowth, simulateGrowth } from "./growth.ts";
import type { GrowthPoint } from "./growth.ts";

const width = 760;
const height = 360;
const margin = { left: 50, right: 50, top: 40, bottom: 40 };
const lastMinute = 600;
const mostNodes = 160;

/** The growth simulation as a picture: nodes over hours, the document's own figures as dots, CPU behind them. */
export function plotGrowth(points: readonly GrowthPoint[] = simulateGrowth(lastMinute)): string {
  const x = (minute: number): number => margin.left + (minute / lastMinute) * (width - margin.left - margin.right);
  const y = (share: number): number => height - margin.bottom - share * (height - margin.top - margin.bottom);
  const line = (value: (point: GrowthPoint) => number): string =>
    points.map((point) => `${x(point.minute).toFixed(1)},${y(value(point)).toFixed(1)}`).join(" ");
  const hours = Array.from({ length: lastMinute / 60 + 1 }, (_, hour) => hour);
  const text = (at: number, to: number, words: string, anchor = "middle"): string =>
    `<text x="${at.toFixed(1)}" y="${to.toFixed(1)}" text-anchor="${anchor}">${words}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(width / 2, 20, "Hot tier: the document's growth from 10 % to 100 % load under the shard policy"),
    ...[0, 40, 80, 120, 160].map(
      (nodes) =>
        `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y(nodes / mostNodes)}" y2="${y(nodes / mostNodes)}" stroke="#ddd"/>` +
        text(margin.left - 6, y(nodes / mostNodes) + 4, String(nodes), "end"),
    ),
    ...[0, 40, 70, 100].map((cpu) => text(width - margin.right + 6, y(cpu / 100) + 4, `${cpu} %`, "start")),
    ...hours.map((hour) => text(x(hour * 60), height - margin.bottom + 16, `${hour} h`)),
    `<polyline fill="none" stroke="#bbb" points="${line((point) => point.cpuPercent / 100)}"/>`,
    `<polyline fill="none" stroke="#1565c0" stroke-width="2" points="${line((point) => point.nodes / mostNodes)}"/>`,
    ...documentGrowth.map(
      (row) =>
        `<circle cx="${x(row.minute).toFixed(1)}" cy="${y(row.instances / mostNodes).toFixed(1)}" r="4" fill="#c62828"/>`,
    ),
    text(
      width / 2,
      height - 6,
      "blue: nodes, three a shard (left) · red: the document's instances · grey: CPU (right)",
    ),
    "</svg>",
    "",
  ].join("\n");
}
