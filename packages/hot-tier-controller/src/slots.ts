/** Number of hash slots of every Redis or Valkey cluster. */
export const slotCount = 16_384;

/** Slots from `first` to `last`, both included. */
export type SlotRange = readonly [first: number, last: number];

/** Number of slots in `ranges`. */
export function countSlots(ranges: readonly SlotRange[]): number {
  let count = 0;
  for (const [first, last] of ranges) {
    count += last - first + 1;
  }
  return count;
}

/** Sorts, and joins what touches or overlaps. */
export function normalizeRanges(ranges: readonly SlotRange[]): SlotRange[] {
  const joined: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const previous = joined.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) {
      previous[1] = Math.max(previous[1], last);
    } else {
      joined.push([first, last]);
    }
  }
  return joined;
}

/** The slots of `ranges` that are not in `taken`. */
export function subtractRanges(ranges: readonly SlotRange[], taken: readonly SlotRange[]): SlotRange[] {
  let rest = normalizeRanges(ranges);
  for (const [first, last] of taken) {
    rest = rest.flatMap(([from, to]): SlotRange[] => {
      if (to < first || from > last) {
        return [[from, to]];
      }
      const pieces: SlotRange[] = [];
      if (from < first) {
        pieces.push([from, first - 1]);
      }
      if (to > last) {
        pieces.push([last + 1, to]);
      }
      return pieces;
    });
  }
  return rest;
}

/** The last `count` slots of `ranges`: taking from the end keeps the rest in few pieces. */
export function takeSlots(ranges: readonly SlotRange[], count: number): SlotRange[] {
  const taken: SlotRange[] = [];
  let wanted = count;
  for (const [first, last] of normalizeRanges(ranges).reverse()) {
    if (wanted <= 0) {
      break;
    }
    const from = Math.max(first, last - wanted + 1);
    taken.push([from, last]);
    wanted -= last - from + 1;
  }
  return taken.reverse();
}

/** Every slot of `ranges`, one by one. */
export function listSlots(ranges: readonly SlotRange[]): number[] {
  return ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index));
}

/** The slots that no range of `owned` holds. */
export function missingSlots(owned: readonly SlotRange[]): SlotRange[] {
  return subtractRanges([[0, slotCount - 1]], owned);
}

/** `0-99 200` for a person or a log line. */
export function formatRanges(ranges: readonly SlotRange[]): string {
  return normalizeRanges(ranges)
    .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
    .join(" ");
}

/**
 * Even shares of all slots for `shards` shards, largest first: 16,384 over 5 is 3,277 four times and 3,276 once.
 *
 * @throws RangeError when `shards` is not a whole number from 1 to 16,384.
 */
export function quotas(shards: number): number[] {
  if (!Number.isInteger(shards) || shards < 1 || shards > slotCount) {
    throw new RangeError(`shards must be a whole number from 1 to ${slotCount} (got ${shards}).`);
  }
  const share = Math.floor(slotCount / shards);
  const larger = slotCount % shards;
  return Array.from({ length: shards }, (_, index) => share + (index < larger ? 1 : 0));
}
