import type { InstanceType } from "../shared/instance-types.ts";

/** What a proxy asks of its node, in Kubernetes' units. */
export interface PodResources {
  cpuMillis: number;
  memoryMib: number;
  /** Threads of the proxy. */
  concurrency: number;
}

/** Shares of the instance for the proxy: 6 of 8 vCPU and 12 of 16 GiB, as the source documents have it (R93). */
const share = 0.75;
/** What the agents of every node ask for: network, DNS, storage, secrets, identity. */
const agents = { cpuMillis: 350, memoryMib: 600 };
/** What the kubelet evicts pods below. */
const evictionMib = 100;

/**
 * The proxy's resources, from the instance type: three quarters of it, and never more than what the node has left for
 * pods. More than half, so that two proxies never share a node. Memory is limited to what is asked for; the
 * source documents' limit of 16 GiB is the whole machine (correction E36). CPU has no limit: it would slow the proxy down
 * while the node idles.
 */
export function podResources(type: InstanceType): PodResources {
  const left = allocatable(type);
  const cpuMillis = Math.min(type.vcpu * 1000 * share, left.cpuMillis - agents.cpuMillis);
  const memoryMib = Math.min(type.memoryMib * share, left.memoryMib - agents.memoryMib);
  return {
    cpuMillis: floorTo(cpuMillis, 50),
    memoryMib: floorTo(memoryMib, 64),
    concurrency: Math.floor(cpuMillis / 1000),
  };
}

/**
 * What EKS' images leave for pods: CPU less 6 % of the first core, 1 % of the second, 0.5 % of the third and fourth and
 * 0.25 % of the others; memory less 11 MiB for each pod that the addresses admit, 255 MiB and the eviction threshold
 * (amazon-eks-ami, `nodeadm`).
 */
export function allocatable(type: InstanceType): { cpuMillis: number; memoryMib: number } {
  const cores = (from: number, to: number) => Math.max(0, Math.min(type.vcpu, to) - from);
  const reservedMillis = 60 * cores(0, 1) + 10 * cores(1, 2) + 5 * cores(2, 4) + 2.5 * cores(4, Infinity);
  const pods = Math.min(110, type.enis * (type.ipv4PerEni - 1) + 2);
  return {
    cpuMillis: type.vcpu * 1000 - reservedMillis,
    memoryMib: type.memoryMib - (11 * pods + 255) - evictionMib,
  };
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
