/** One of a zone's groups, as it is now. */
export interface GroupSize {
  readonly group: string;
  /** What it is asked to have. */
  readonly desired: number;
  /** Machines that it has and keeps. */
  readonly machines: number;
  readonly maxNodes: number;
}

/**
 * What each of a zone's groups should have, so that together they have `capacity`, as far as that can be.
 *
 * A group grows from what it has: the smallest first, as the component deals members (decision 082). None shrinks below its machines, which are
 * protected from scale-in and would stay: only what was ordered and not launched is taken back.
 *
 * @returns the new sizes in the groups' order, and how many nodes no group has room for
 */
export function dealCapacity(
  groups: readonly GroupSize[],
  capacity: number,
): { readonly sizes: readonly number[]; readonly unplaced: number } {
  const sizes = groups.map(({ desired }) => desired);
  let missing = capacity - sizes.reduce((sum, size) => sum + size, 0);
  for (; missing > 0; missing--) {
    const smallest = best(groups, (index) => (sizes[index]! < groups[index]!.maxNodes ? -sizes[index]! : undefined));
    if (smallest === undefined) {
      break;
    }
    sizes[smallest]! += 1;
  }
  for (; missing < 0; missing++) {
    const emptiest = best(groups, (index) => {
      const neverLaunched = sizes[index]! - groups[index]!.machines;
      return neverLaunched > 0 ? neverLaunched : undefined;
    });
    if (emptiest === undefined) {
      break;
    }
    sizes[emptiest]! -= 1;
  }
  return { sizes, unplaced: Math.max(0, missing) };
}

/** Index of the group with the highest score, the first of equals; those without a score do not count. */
function best(groups: readonly GroupSize[], score: (index: number) => number | undefined): number | undefined {
  let found: number | undefined;
  for (const index of groups.keys()) {
    const mine = score(index);
    if (mine !== undefined && (found === undefined || mine > score(found)!)) {
      found = index;
    }
  }
  return found;
}
