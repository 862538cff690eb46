import { instanceType } from "./instance-types.ts";

/** What `ProxyFleet` sets up in its cluster beside the proxies: what creates it and what counts it read the same numbers. */
export const proxyCluster = {
  /** Nodes for what runs the cluster: one a zone of three, so that losing a zone leaves two. */
  systemNodes: 3,
  /** What the cluster autoscaler may make of them. */
  maxSystemNodes: 6,
  /** Addresses that a node keeps ready beside those in use (`WARM_IP_TARGET`), so that 1,000 nodes do not hold 30,000 (correction E21). */
  warmIpTarget: 2,
  /** Addresses that a node holds however few its pods are (`MINIMUM_IP_TARGET`): a new node asks EC2 once. */
  minimumIpTarget: 8,
} as const;

/**
 * The type of the system nodes unless said: 2 vCPU and 8 GiB of the proxies' architecture, because the controllers' images are
 * asked for once.
 *
 * @throws PlanRefusedError when the proxies' type is not known.
 */
export function systemInstanceTypeFor(proxyInstanceType: string): string {
  return instanceType(proxyInstanceType).arch.includes("arm64") ? "m7g.large" : "m6i.large";
}
