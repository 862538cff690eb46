import fc from "fast-check";
import { expect, it } from "vitest";
import type { TrafficPath, Workload } from "../model.ts";
import { boxWidth, layoutPaths, type PathLayout } from "./path-layout.ts";

const workload = (key: string): Workload => ({
  key,
  label: key,
  component: "",
  detail: "",
  public: false,
  outside: false,
});
const path = (from: string, to: string): TrafficPath => ({ from, to, ports: [] });
const layOut = (paths: TrafficPath[]): PathLayout =>
  layoutPaths([...new Set(paths.flatMap(({ from, to }) => [from, to]))].map(workload), paths);

/** Boxes that a straight part of a wire runs through. */
const crossed = ({ boxes, wires }: PathLayout): string[] =>
  wires.flatMap(({ path, points }) =>
    points
      .slice(1, -1)
      .flatMap(({ x, y }) =>
        boxes
          .filter((box) => x >= box.x && x <= box.x + boxWidth && y > box.y && y < box.y + box.height)
          .map((box) => `${path.from} to ${path.to} through ${box.workload.key}`),
      ),
  );

it("leads a wire past the boxes between its ends", () => {
  const layout = layOut([path("a", "b"), path("b", "c"), path("a", "c"), path("d", "b"), path("d", "c")]);
  const far = layout.wires.find((wire) => wire.path.from === "a" && wire.path.to === "c")!;
  expect(far.points).toHaveLength(4);
  expect(crossed(layout)).toEqual([]);
});

it("puts a chain on one level", () => {
  const { boxes } = layOut([path("a", "b"), path("b", "c")]);
  expect(boxes.map(({ x, y }) => [x, y])).toEqual([
    [12, 12],
    [340, 12],
    [668, 12],
  ]);
});

it("lays two boxes never on each other, leads no wire through one, and stays within its frame, for any paths", () => {
  const keys = fc.integer({ min: 0, max: 11 }).map(String);
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, keys), { maxLength: 30 }), (drawn) => {
      const paths = drawn.filter(([from, to]) => from !== to).map(([from, to]) => path(from, to));
      const layout = layOut(paths);
      const { boxes, wires, width, height } = layout;
      expect(boxes).toHaveLength(new Set(paths.flatMap(({ from, to }) => [from, to])).size);
      expect(wires).toHaveLength(paths.length);
      for (const [index, one] of boxes.entries()) {
        expect(one.x + boxWidth <= width && one.y + one.height <= height && one.y >= 0).toBe(true);
        for (const other of boxes.slice(index + 1))
          expect(one.x !== other.x || one.y + one.height <= other.y || other.y + other.height <= one.y).toBe(true);
      }
      const boxOf = new Map(boxes.map((box) => [box.workload.key, box]));
      for (const { path, points } of wires) {
        for (const [key, point] of [
          [path.from, points[0]!],
          [path.to, points.at(-1)!],
        ] as const) {
          const box = boxOf.get(key)!;
          expect([box.x, box.x + boxWidth]).toContain(point.x);
          expect(point.y > box.y && point.y < box.y + box.height).toBe(true);
        }
      }
      expect(crossed(layout)).toEqual([]);
    }),
  );
});
