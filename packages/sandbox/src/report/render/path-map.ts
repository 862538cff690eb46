/** Traffic paths as a picture. */
import type { TrafficPath, Workload } from "../model.ts";
import { counted, fitted, html, type Markup } from "./html.ts";
import { boxWidth, columnGap, layoutPaths, type Point } from "./path-layout.ts";

/** `TCP 443, 8080`: the protocol once. */
export function portWords(ports: string[]): string {
  const byProtocol = new Map<string, string[]>();
  for (const port of ports) {
    const [protocol = "", number = ""] = port.split(" ");
    if (/^\d/.test(number)) byProtocol.set(protocol, [...(byProtocol.get(protocol) ?? []), number]);
    else byProtocol.set(port, []);
  }
  const numbers = (list: string[]) => list.toSorted((a, b) => Number.parseInt(a) - Number.parseInt(b)).join(", ");
  return [...byProtocol].map(([protocol, list]) => `${protocol} ${numbers(list)}`.trim()).join("; ");
}

export const workloadWords = ({ label, component }: Workload): string =>
  component === "" ? label : `${label} of ${component}`;

const exposure = ({ outside, public: reachable }: Workload) =>
  outside ? (reachable ? "internet" : "outside") : reachable ? "public" : "private";

const number = (value: number): string => String(Math.round(value * 10) / 10);

/** Bends from each even point to the next, straight in between; the last bend ends where the arrow's tip begins. */
function wirePath(points: Point[]): string {
  return points
    .map(({ x, y }, index) => {
      if (index === 0) return `M${x} ${number(y)}`;
      if (index % 2 === 0) return `H${x}`;
      const from = points[index - 1]!;
      const forward = Math.sign(x - from.x || 1);
      const bend = Math.max(40, Math.abs(x - from.x) / 2) * forward;
      const end = index === points.length - 1 ? x - forward * 3 : x;
      return `C${from.x + bend} ${number(from.y)} ${x - bend} ${number(y)} ${end} ${number(y)}`;
    })
    .join("");
}

export function pathMap(workloads: Workload[], paths: TrafficPath[], id: string): Markup {
  const { width, height, boxes, wires } = layoutPaths(workloads, paths);
  return html`<svg
    class="map paths"
    width="${width}"
    viewBox="0 0 ${width} ${number(height)}"
    role="img"
    aria-labelledby="${id}-t ${id}-d"
  >
    <title id="${id}-t">Traffic paths</title>
    <desc id="${id}-d">
      ${counted(wires.length, "path")} between ${counted(boxes.length, "part")}; the table below the picture lists them
      all.
    </desc>
    ${wires.map(({ points, path }) => {
      const words = portWords(path.ports);
      const [before, end] = points.slice(-2) as [Point, Point];
      const toRight = end.x > before.x;
      return html`<path class="wire" d="${wirePath(points)}" />${
          words !== "" &&
          html`<text
            class="port"
            x="${toRight ? end.x - 14 : end.x + 14}"
            y="${number(end.y - 6)}"
            text-anchor="${toRight ? "end" : "start"}"
            >${fitted(words, columnGap - 12, 13)}</text
          >`
        }`;
    })}
    ${boxes.map(({ workload, x, y, height: tall }) => {
      const lines = [workload.component, workload.detail].filter((part) => part !== "");
      const first = y + tall / 2 - (lines.length * 19) / 2 + 5;
      return html`<g class="node ${exposure(workload)}">
        <title>${workloadWords(workload)}${workload.detail === "" ? "" : `: ${workload.detail}`}</title>
        <rect x="${x}" y="${number(y)}" width="${boxWidth}" height="${tall}" rx="9" />
        <text class="strong" x="${x + 14}" y="${number(first)}">${fitted(workload.label, boxWidth - 28, 15)}</text>
        ${lines.map((words, index) => html`<text class="workload" x="${x + 14}" y="${number(first + 19 * (index + 1))}">${fitted(words, boxWidth - 28, 13.5)}</text>`)}
      </g>`;
    })}
  </svg>`;
}
