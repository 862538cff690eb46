export type { HotTierConnection, ProxyFleetArgs } from "./proxy-fleet/args.ts";
export { ProxyFleet } from "./proxy-fleet/proxy-fleet.ts";
