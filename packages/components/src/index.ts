/**
 * Pulumi components for private, multi-region GPU inference on AWS, and the plans that they are made from.
 *
 * @module @mrgc/components
 */

export {
  AccessPolicy,
  type AccessEntryArgs,
  ClientTls,
  type HotTierConnection,
  NodeImage,
  type ProxyFleetArgs,
  ProxyProbes,
  type RequestMetricArgs,
} from "./proxy-fleet/args.ts";
export { ProxyFleet } from "./proxy-fleet/proxy-fleet.ts";
export * from "./global-front-door/args.ts";
export { GlobalFrontDoor } from "./global-front-door/global-front-door.ts";
export * from "./private-link-service/args.ts";
export { PrivateLinkService, type TenantOnboarding } from "./private-link-service/private-link-service.ts";
export { defaultEndpointQuota, type Tenant } from "./tenants/tenant.ts";
export * from "./network/args.ts";
export { Network } from "./network/network.ts";
export type { NetworkPlacement } from "./network/placement.ts";
export * from "./hot-tier-redis/args.ts";
export { HotTierRedis } from "./hot-tier-redis/hot-tier-redis.ts";
export * from "./metadata-postgres/args.ts";
export { MetadataPostgres } from "./metadata-postgres/metadata-postgres.ts";
export * from "./plans/index.ts";
export { checkQuotas, type QuotaCheckOptions } from "./plans/check-quotas.ts";
export { livePrices } from "./plans/live-prices.ts";
export * from "./tenant-endpoint/args.ts";
export { TenantEndpoint } from "./tenant-endpoint/tenant-endpoint.ts";
export { endpointIdleTimeoutSeconds } from "./tenant-endpoint/tenant-endpoint-plan.ts";
export * from "./regional-gpu-cluster/args.ts";
export * from "./regional-gpu-cluster/attestation-args.ts";
export * from "./regional-gpu-cluster/fleet-args.ts";
export { RegionalGpuCluster } from "./regional-gpu-cluster/regional-gpu-cluster.ts";
export type { ObservabilityArgs } from "./observability/args.ts";
export type * from "./observability/collector-args.ts";
export { Observability } from "./observability/observability.ts";
