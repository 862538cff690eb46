/** Traffic paths as a picture. */
import type { TrafficPath, Workload } from "../model.ts";
import { fitted, html, type Markup } from "./html.ts";
import { boxWidth, columnGap, layoutPaths } from "./path-layout.ts";

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

export function pathMap(workloads: Workload[], paths: TrafficPath[], id: string): Markup {
  const { width, height, boxes, wires } = layoutPaths(workloads, paths);
  return html`<svg class="map paths" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-t ${id}-d">
    <title id="${id}-t">Traffic paths</title>
    <desc id="${id}-d">
      ${wires.length} paths between ${boxes.length} parts; the table below the picture lists them all.
    </desc>
    ${wires.map(({ x1, y1, x2, y2, path }) => {
      const bend = Math.max(40, Math.abs(x2 - x1) / 2) * Math.sign(x2 - x1 || 1);
      const tip = x2 - Math.sign(x2 - x1 || 1) * 3;
      const words = portWords(path.ports);
      const toRight = x2 > x1;
      return html`<path class="wire" d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${tip} ${y2}" />${
          words !== "" &&
          html`<text
            class="port"
            x="${toRight ? x2 - 14 : x2 + 14}"
            y="${y2 - 6}"
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
        <rect x="${x}" y="${y}" width="${boxWidth}" height="${tall}" rx="9" />
        <text class="strong" x="${x + 14}" y="${first}">${fitted(workload.label, boxWidth - 28, 15)}</text>
        ${lines.map((words, index) => html`<text class="workload" x="${x + 14}" y="${first + 19 * (index + 1)}">${fitted(words, boxWidth - 28, 13.5)}</text>`)}
      </g>`;
    })}
  </svg>`;
}
