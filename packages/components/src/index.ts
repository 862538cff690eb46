export type { HotTierConnection, ProxyFleetArgs } from "./proxy-fleet/args.ts";
export { ProxyFleet } from "./proxy-fleet/proxy-fleet.ts";
export * from "./global-front-door/args.ts";
export { GlobalFrontDoor } from "./global-front-door/global-front-door.ts";
export * from "./private-link-service/args.ts";
export { PrivateLinkService } from "./private-link-service/private-link-service.ts";
export type { Tenant } from "./tenants/tenant.ts";
