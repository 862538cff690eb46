/** Places workloads in columns, so that traffic flows from left to right. Pure geometry. */
import type { TrafficPath, Workload } from "../model.ts";

export const boxWidth = 208;
export const columnGap = 128;
const rowGap = 22;

export interface PlacedBox {
  workload: Workload;
  x: number;
  y: number;
  height: number;
}

export interface Wire {
  path: TrafficPath;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

export interface PathLayout {
  width: number;
  height: number;
  boxes: PlacedBox[];
  wires: Wire[];
}

/** The paths without those that close a circle. */
function acyclic(paths: TrafficPath[]): TrafficPath[] {
  const next = new Map<string, TrafficPath[]>();
  for (const path of paths) next.set(path.from, [...(next.get(path.from) ?? []), path]);
  const state = new Map<string, "open" | "done">();
  const kept: TrafficPath[] = [];
  const visit = (key: string): void => {
    state.set(key, "open");
    for (const path of next.get(key) ?? []) {
      if (state.get(path.to) === "open") continue;
      kept.push(path);
      if (!state.has(path.to)) visit(path.to);
    }
    state.set(key, "done");
  };
  for (const key of next.keys()) if (!state.has(key)) visit(key);
  return kept;
}

function columnsOf(keys: string[], paths: TrafficPath[]): Map<string, number> {
  const column = new Map(keys.map((key) => [key, 0]));
  // Every round settles at least one more column.
  for (let round = 0, moved = true; moved && round <= keys.length; round++) {
    moved = false;
    for (const { from, to } of paths) {
      const least = column.get(from)! + 1;
      if (column.get(to)! < least) {
        column.set(to, least);
        moved = true;
      }
    }
  }
  // What nothing leads to stands directly before what it leads to.
  for (const key of keys) {
    if (paths.some(({ to }) => to === key)) continue;
    const targets = paths.filter(({ from }) => from === key).map(({ to }) => column.get(to)!);
    if (targets.length > 0) column.set(key, Math.min(...targets) - 1);
  }
  return column;
}

/** Groups of keys that paths tie together, whichever their direction; the largest first. */
function islandsOf(keys: string[], paths: TrafficPath[]): string[][] {
  const leader = new Map(keys.map((key) => [key, key]));
  const find = (key: string): string => {
    const next = leader.get(key)!;
    return next === key ? key : find(next);
  };
  for (const { from, to } of paths) leader.set(find(from), find(to));
  const islands = new Map<string, string[]>();
  for (const key of keys) islands.set(find(key), [...(islands.get(find(key)) ?? []), key]);
  return [...islands.values()].sort((a, b) => b.length - a.length);
}

/** Lays out every island on its own, one below the other. */
export function layoutPaths(workloads: Workload[], paths: TrafficPath[]): PathLayout {
  const byKey = new Map(workloads.map((workload) => [workload.key, workload]));
  const known = paths.filter(({ from, to }) => byKey.has(from) && byKey.has(to));
  const keys = workloads
    .map(({ key }) => key)
    .filter((key) => known.some(({ from, to }) => from === key || to === key));
  const whole: PathLayout = { width: 0, height: 0, boxes: [], wires: [] };
  for (const island of islandsOf(keys, known)) {
    const { width, height, boxes, wires } = layoutIsland(island, byKey, known);
    const down = whole.height;
    whole.boxes.push(...boxes.map((placed) => ({ ...placed, y: placed.y + down })));
    whole.wires.push(...wires.map((wire) => ({ ...wire, y1: wire.y1 + down, y2: wire.y2 + down })));
    whole.width = Math.max(whole.width, width);
    whole.height += height;
  }
  return whole;
}

function layoutIsland(keys: string[], byKey: Map<string, Workload>, paths: TrafficPath[]): PathLayout {
  const known = paths.filter(({ from }) => keys.includes(from));
  const column = columnsOf(keys, acyclic(known));
  const columns: string[][] = [];
  for (const key of keys) (columns[column.get(key)!] ??= []).push(key);
  const filled = columns.filter((list) => list !== undefined);

  const inbound = (key: string) => known.filter(({ to }) => to === key);
  const outbound = (key: string) => known.filter(({ from }) => from === key);
  const height = (key: string) => Math.max(72, 22 * (Math.max(inbound(key).length, outbound(key).length) + 1));
  const order = new Map<string, number>();
  filled[0]?.forEach((key, index) => order.set(key, index));
  const middle = (key: string, neighbours: string[]) => {
    const places = neighbours.map((neighbour) => order.get(neighbour)).filter((place) => place !== undefined);
    return places.length === 0 ? (order.get(key) ?? 0) : places.reduce((sum, place) => sum + place, 0) / places.length;
  };
  const settle = (list: string[], neighbours: (key: string) => string[]) => {
    const wanted = new Map(list.map((key) => [key, middle(key, neighbours(key))]));
    list.sort((a, b) => wanted.get(a)! - wanted.get(b)!);
    list.forEach((key, index) => order.set(key, index));
  };
  for (let sweep = 0; sweep < 3; sweep++) {
    for (const list of filled) settle(list, (key) => inbound(key).map(({ from }) => from));
    for (const list of filled.toReversed()) settle(list, (key) => outbound(key).map(({ to }) => to));
  }

  const columnHeight = (list: string[]) => list.reduce((sum, key) => sum + height(key) + rowGap, -rowGap);
  const tallest = Math.max(0, ...filled.map(columnHeight));
  const boxes = filled.flatMap((list, index) => {
    let y = 12 + (tallest - columnHeight(list)) / 2;
    return list.map((key): PlacedBox => {
      const placed = { workload: byKey.get(key)!, x: 12 + index * (boxWidth + columnGap), y, height: height(key) };
      y += placed.height + rowGap;
      return placed;
    });
  });
  const boxOf = new Map(boxes.map((placed) => [placed.workload.key, placed]));
  const port = (key: string, list: TrafficPath[], path: TrafficPath, other: "from" | "to") => {
    const sorted = list.toSorted((a, b) => boxOf.get(a[other])!.y - boxOf.get(b[other])!.y);
    const { y, height: tall } = boxOf.get(key)!;
    return y + (tall * (sorted.indexOf(path) + 1)) / (sorted.length + 1);
  };
  const wires = known.map((path): Wire => {
    const [from, to] = [boxOf.get(path.from)!, boxOf.get(path.to)!];
    const backwards = to.x <= from.x;
    return {
      path,
      x1: backwards ? from.x : from.x + boxWidth,
      y1: port(path.from, outbound(path.from), path, "to"),
      x2: backwards ? to.x + boxWidth : to.x,
      y2: port(path.to, inbound(path.to), path, "from"),
    };
  });
  return {
    width: 24 + filled.length * boxWidth + Math.max(0, filled.length - 1) * columnGap,
    height: tallest + 24,
    boxes,
    wires,
  };
}
