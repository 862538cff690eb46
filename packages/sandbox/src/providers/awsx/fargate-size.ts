/** A size that Fargate offers. */
export interface FargateSize {
  readonly vcpu: number;
  readonly memoryGib: number;
}

const range = (low: number, high: number): number[] =>
  Array.from({ length: high - low + 1 }, (_, index) => low + index);

/** What Fargate offers (AWS, "Invalid CPU or memory value specified"). */
const sizes: readonly FargateSize[] = (
  [
    [0.25, [0.5, 1, 2]],
    [0.5, range(1, 4)],
    [1, range(2, 8)],
    [2, range(4, 16)],
    [4, range(8, 30)],
    [8, range(16, 60)],
    [16, range(32, 120)],
    [32, [60, 120, 244]],
  ] as const
).flatMap(([vcpu, memories]) => memories.map((memoryGib) => ({ vcpu, memoryGib })));

/**
 * The smallest size with the vCPUs that the containers ask for, and then the least memory, as awsx chooses it.
 *
 * @throws Error when Fargate has nothing as large.
 */
export function fargateSize(vcpu: number, memoryGib: number): FargateSize {
  const found = sizes.find((size) => size.vcpu >= vcpu && size.memoryGib >= memoryGib);
  if (!found)
    throw new Error(`Fargate has no size with ${vcpu} vCPU and ${memoryGib} GiB; its largest is 32 vCPU and 244 GiB.`);
  return found;
}
