import type { Inputs } from "../construct/sdk-server.ts";

/** Sizes of a Fargate task: vCPU, then the least and the most GiB of memory (ECS developer guide, task size). */
const sizes: readonly [vcpu: number, leastGib: number, mostGib: number][] = [
  [0.25, 0.5, 2],
  [0.5, 1, 4],
  [1, 2, 8],
  [2, 4, 16],
  [4, 8, 30],
  [8, 16, 60],
  [16, 32, 120],
];

/** The smallest task that holds all containers, as ECS writes sizes: CPU units and MiB. */
export function fargateSize(containers: Inputs[]): { cpu: string; memory: string } {
  const sum = (of: (container: Inputs) => unknown) =>
    containers.reduce((total, container) => total + Number(of(container) ?? 0), 0);
  const vcpu = sum((container) => container.cpu) / 1024;
  const gib = sum((container) => container.memoryReservation ?? container.memory) / 1024;
  const fitting = sizes.find(([cpus, , mostGib]) => cpus >= vcpu && mostGib >= gib);
  if (fitting === undefined) {
    throw new Error(`Fargate has no task with ${vcpu} vCPU and ${gib} GiB: at most 16 vCPU and 120 GiB`);
  }
  const [cpus, leastGib] = fitting;
  return { cpu: `${cpus * 1024}`, memory: `${Math.max(leastGib, Math.ceil(gib)) * 1024}` };
}
