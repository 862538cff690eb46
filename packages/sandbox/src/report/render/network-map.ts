/** A network as a picture: zones side by side, subnets below each other, coloured by what they let in and out. */
import { Reach, type NetworkModel, type SubnetModel } from "../model.ts";
import { counted, fitted, html, type Markup } from "./html.ts";

const width = 1240;
const pad = 20;
const zoneGap = 16;
const gutter = 22;
const line = 18;

export const reachWords: Record<Reach, string> = {
  [Reach.Public]: "public, internet gateway",
  [Reach.Outbound]: "private, out through NAT",
  [Reach.Elsewhere]: "default route to another network",
  [Reach.Isolated]: "private, no way out",
  [Reach.Unknown]: "routes not known",
};

interface Row {
  key: string;
  height: number;
}

/** A row for every n-th subnet of a tier, so that the zones' boxes stand level. */
function rowsOf(network: NetworkModel): { rows: Row[]; cell(zone: number, row: Row): SubnetModel | undefined } {
  const cells = network.zones.map(({ subnets }) => {
    const seen = new Map<string, number>();
    return new Map(
      subnets.map((subnet) => {
        const nth = (seen.get(subnet.tier) ?? 0) + 1;
        seen.set(subnet.tier, nth);
        return [`${subnet.tier} ${nth}`, subnet];
      }),
    );
  });
  const rows = new Map<string, Row>();
  for (const cell of cells) {
    for (const [key, subnet] of cell) {
      const lines = 2 + subnet.workloads.length + (subnet.natGateways > 0 ? 1 : 0);
      rows.set(key, { key, height: Math.max(rows.get(key)?.height ?? 0, lines * line + 22) });
    }
  }
  return { rows: [...rows.values()], cell: (zone, row) => cells[zone]?.get(row.key) };
}

function box(subnet: SubnetModel, x: number, y: number, boxWidth: number, height: number): Markup {
  const nat = subnet.natGateways > 0 ? [`NAT gateway${subnet.natGateways > 1 ? ` x ${subnet.natGateways}` : ""}`] : [];
  const contents = [...nat, ...subnet.workloads];
  return html`<g class="subnet ${subnet.reach}">
    <title>${subnet.name}: ${subnet.cidrBlock}, ${reachWords[subnet.reach]}</title>
    <rect x="${x}" y="${y}" width="${boxWidth}" height="${height}" rx="8" />
    <text class="strong" x="${x + 12}" y="${y + 22}">${fitted(subnet.tier, boxWidth - 130, 13)}</text>
    <text class="mono" x="${x + boxWidth - 12}" y="${y + 22}" text-anchor="end">${subnet.cidrBlock}</text>
    <text class="reach" x="${x + 12}" y="${y + 22 + line}">${fitted(reachWords[subnet.reach], boxWidth - 24)}</text>
    ${contents.map(
      (content, index) =>
        html`<text class="workload" x="${x + 12}" y="${y + 22 + line * (index + 2)}"
          >${fitted(content, boxWidth - 24)}</text
        >`,
    )}
  </g>`;
}

export function networkMap(network: NetworkModel, id: string): Markup {
  const zones = Math.max(1, network.zones.length);
  // Below a readable width of a zone the picture grows, and the page scrolls inside its frame.
  const whole = Math.max(width, pad * 4 + zones * 260);
  const zoneWidth = (whole - pad * 4 - zoneGap * (zones - 1)) / zones;
  const { rows, cell } = rowsOf(network);
  const top = network.internetGateway ? 124 : 72;
  const bodyTop = top + 40;
  const bodyHeight = rows.reduce((sum, { height }) => sum + height + 10, 0);
  const stripTop = bodyTop + bodyHeight + 16;
  const services = [
    network.interfaceEndpoints.length > 0 ? counted(network.interfaceEndpoints.length, "interface endpoint") : "",
    network.gatewayEndpoints.length > 0 ? `gateway endpoints for ${network.gatewayEndpoints.join(" and ")}` : "",
  ].filter((part) => part !== "");
  const vpcBottom = services.length > 0 ? stripTop + 40 : stripTop - 4;
  const height = vpcBottom + pad;
  const vpcTop = network.internetGateway ? 70 : 18;
  const title = `${network.name}${network.region === "" ? "" : ` in ${network.region}`}`;
  const describe = `${counted(network.zones.length, "zone")}: ${network.zones
    .map(
      (zone) =>
        `${zone.id} with ${zone.subnets.map((subnet) => `${subnet.tier} ${subnet.cidrBlock}, ${reachWords[subnet.reach]}`).join("; ")}`,
    )
    .join(". ")}.`;
  let y = bodyTop;
  const placed = rows.map((row) => {
    const at = { row, y };
    y += row.height + 10;
    return at;
  });
  return html`<svg
    class="map"
    width="${whole}"
    viewBox="0 0 ${whole} ${height}"
    role="img"
    aria-labelledby="${id}-t ${id}-d"
  >
    <title id="${id}-t">Network ${title}</title>
    <desc id="${id}-d">${describe}</desc>
    ${
      network.internetGateway &&
      html`<g class="outside"
          ><rect x="${whole / 2 - 70}" y="8" width="140" height="30" rx="15" /><text
            class="strong"
            x="${whole / 2}"
            y="28"
            text-anchor="middle"
            >Internet</text
          ></g
        >
        <path class="wire both" d="M${whole / 2} 40V66" />`
    }
    <rect class="vpc" x="${pad}" y="${vpcTop}" width="${whole - pad * 2}" height="${vpcBottom - vpcTop}" rx="14" />
    <text class="title" x="${pad * 2}" y="${vpcTop + 28}">${fitted(title, whole / 2 - 90 - pad * 2, 16)}</text>
    <text class="mono" x="${whole - pad * 2}" y="${vpcTop + 28}" text-anchor="end">
      ${network.cidrBlocks.join(" + ")}
    </text>
    ${network.internetGateway && html`<g class="gateway"><rect x="${whole / 2 - 70}" y="${vpcTop - 2}" width="140" height="24" rx="12" /><text x="${whole / 2}" y="${vpcTop + 15}" text-anchor="middle">internet gateway</text></g>`}
    ${network.zones.map((zone, index) => {
      const x = pad * 2 + index * (zoneWidth + zoneGap);
      const natY = placed.find(({ row }) => (cell(index, row)?.natGateways ?? 0) > 0)?.y;
      return html`<g>
        <rect class="zone" x="${x}" y="${top}" width="${zoneWidth}" height="${bodyHeight + 40}" rx="10" />
        <text class="strong" x="${x + 14}" y="${top + 25}">${fitted(zone.id, zoneWidth - 28, 13)}</text>
        ${placed.map(({ row, y: rowY }) => {
          const subnet = cell(index, row);
          if (!subnet) return undefined;
          const boxX = x + gutter;
          const wire =
            natY !== undefined &&
            subnet.reach === Reach.Outbound &&
            html`<path class="wire" d="M${boxX} ${rowY + 18}H${x + 12}V${natY + 18 + line * 2 - 4}H${boxX - 3}" />`;
          return html`${box(subnet, boxX, rowY, zoneWidth - gutter - 10, row.height)}${wire}`;
        })}
      </g>`;
    })}
    ${
      services.length > 0 &&
      html`<g class="strip"
        ><rect x="${pad * 2}" y="${stripTop - 6}" width="${whole - pad * 4}" height="32" rx="8" /><text
          x="${pad * 2 + 14}"
          y="${stripTop + 15}"
          >AWS services without the internet: ${services.join("; ")}</text
        ></g
      >`
    }
  </svg>`;
}
