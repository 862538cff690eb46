/** Places workloads in columns, so that traffic flows from left to right. Pure geometry. */
import type { TrafficPath, Workload } from "../model.ts";

export const boxWidth = 200;
export const columnGap = 128;
const rowGap = 20;
/** Room for a wire that passes a column without ending there. */
const passage = 12;
const margin = 12;

export interface PlacedBox {
  workload: Workload;
  x: number;
  y: number;
  height: number;
}

export interface Wire {
  path: TrafficPath;
  /** From the source's edge to the target's: it bends from each even point to the next and is straight in between. */
  points: Point[];
}

export interface Point {
  x: number;
  y: number;
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
    whole.wires.push(
      ...wires.map(({ path, points }) => ({ path, points: points.map(({ x, y }) => ({ x, y: y + down })) })),
    );
    whole.width = Math.max(whole.width, width);
    whole.height += height;
  }
  return whole;
}

/** What stands in a column: a box, or the passage of a wire that goes further. */
interface Place {
  key: string;
  column: number;
  height: number;
  y: number;
}

/** A wire from one column's place to the next one's. */
interface Segment {
  path: TrafficPath;
  from: Place;
  to: Place;
}

function layoutIsland(keys: string[], byKey: Map<string, Workload>, paths: TrafficPath[]): PathLayout {
  const known = paths.filter(({ from }) => keys.includes(from));
  const columnOf = columnsOf(keys, acyclic(known));
  const filled = [...new Set(columnOf.values())].sort((a, b) => a - b);
  const degree = (key: string) =>
    Math.max(known.filter(({ from }) => from === key).length, known.filter(({ to }) => to === key).length);
  const places = new Map(
    keys.map((key): [string, Place] => [
      key,
      { key, column: filled.indexOf(columnOf.get(key)!), height: Math.max(72, 22 * (degree(key) + 1)), y: 0 },
    ]),
  );
  const chains = known.map((path) => ({ path, chain: chainOf(path, places) }));
  const columns = filled.map((_, column) => [...places.values()].filter((place) => place.column === column));
  for (const { chain } of chains) for (const place of chain.slice(1, -1)) columns[place.column]!.push(place);
  const segments = chains.flatMap(({ path, chain }) =>
    chain.slice(1).map((to, index): Segment => ({ path, from: chain[index]!, to })),
  );
  arrange(columns, segments);

  const left = ({ column }: Place) => margin + column * (boxWidth + columnGap);
  /** Where a segment meets a place: several share its edge evenly, in the order of their other ends. */
  const port = (place: Place, list: Segment[], segment: Segment, other: "from" | "to") => {
    const sorted = list.toSorted((a, b) => a[other].y - b[other].y);
    return place.y + (place.height * (sorted.indexOf(segment) + 1)) / (sorted.length + 1);
  };
  const wires = chains.map(({ path }): Wire => {
    const own = segments.filter((segment) => segment.path === path);
    const points = own.flatMap((segment): Point[] => {
      const { from, to } = segment;
      const backwards = to.column <= from.column;
      const outbound = segments.filter((one) => one.from === from);
      const inbound = segments.filter((one) => one.to === to);
      return [
        { x: backwards ? left(from) : left(from) + boxWidth, y: port(from, outbound, segment, "to") },
        { x: backwards ? left(to) + boxWidth : left(to), y: port(to, inbound, segment, "from") },
      ];
    });
    return { path, points };
  });
  const boxes = keys.map((key): PlacedBox => {
    const place = places.get(key)!;
    return { workload: byKey.get(key)!, x: left(place), y: place.y, height: place.height };
  });
  return {
    width: 2 * margin + filled.length * boxWidth + Math.max(0, filled.length - 1) * columnGap,
    height: Math.max(0, ...columns.flat().map(({ y, height }) => y + height)) + margin,
    boxes,
    wires,
  };
}

/** The places that a path leads through: a passage in each column between its ends. */
function chainOf(path: TrafficPath, places: Map<string, Place>): Place[] {
  const [from, to] = [places.get(path.from)!, places.get(path.to)!];
  const passages = Array.from({ length: Math.max(0, to.column - from.column - 1) }, (_, index): Place => ({
    key: "",
    column: from.column + 1 + index,
    height: passage,
    y: 0,
  }));
  return [from, ...passages, to];
}

const centre = ({ y, height }: Place): number => y + height / 2;
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Orders each column by its neighbours, so that few wires cross, then moves everything beside what it is tied to. */
function arrange(columns: Place[][], segments: Segment[]): void {
  const before = (place: Place) => segments.filter(({ to }) => to === place).map(({ from }) => from);
  const after = (place: Place) => segments.filter(({ from }) => from === place).map(({ to }) => to);
  const order = new Map(columns.flatMap((list) => list.map((place, index): [Place, number] => [place, index])));
  const sort = (list: Place[], neighbours: (place: Place) => Place[]) => {
    const wanted = new Map(
      list.map((place) => {
        const beside = neighbours(place).filter((other) => other.column !== place.column);
        return [place, beside.length === 0 ? order.get(place)! : mean(beside.map((other) => order.get(other)!))];
      }),
    );
    list.sort((a, b) => wanted.get(a)! - wanted.get(b)!);
    list.forEach((place, index) => order.set(place, index));
  };
  for (let sweep = 0; sweep < 3; sweep++) {
    for (const list of columns) sort(list, before);
    for (const list of columns.toReversed()) sort(list, after);
  }
  for (const list of columns) stack(list, () => 0);
  const beside = (neighbours: (place: Place) => Place[]) => (place: Place) => {
    const others = neighbours(place).filter((other) => other.column !== place.column);
    return (others.length === 0 ? centre(place) : mean(others.map(centre))) - place.height / 2;
  };
  for (let sweep = 0; sweep < 4; sweep++) {
    for (const list of columns) stack(list, beside(before));
    for (const list of columns.toReversed()) stack(list, beside(after));
  }
  const top = Math.min(...columns.flat().map(({ y }) => y));
  for (const place of columns.flat()) place.y += margin - top;
}

/** Puts a column's places as near to where they want to be as their order and the gaps between them allow (isotonic regression). */
function stack(list: Place[], wanted: (place: Place) => number): void {
  let down = 0;
  const offsets = list.map((place) => {
    const offset = down;
    down += place.height + rowGap;
    return offset;
  });
  const blocks: { size: number; at: number }[] = [];
  list.forEach((place, index) => {
    let block = { size: 1, at: wanted(place) - offsets[index]! };
    for (let above = blocks.at(-1); above && above.at > block.at; above = blocks.at(-1)) {
      blocks.pop();
      const size = above.size + block.size;
      block = { size, at: (above.at * above.size + block.at * block.size) / size };
    }
    blocks.push(block);
  });
  let index = 0;
  for (const { size, at } of blocks)
    for (const end = index + size; index < end; index++) list[index]!.y = at + offsets[index]!;
}
