import type { Tags } from "../shared/tags.ts";
import type { FleetMaxima } from "./address-needs.ts";
import type { ConnectedRange } from "./address-plan.ts";
import type { SubnetBlock } from "./subnets.ts";

/** How far VPC block public access goes. It is a setting of the account in the region, not of one VPC. */
export const PublicAccess = {
  /** AWS' default: internet gateways work. */
  Allowed: "allowed",
  /**
   * Nothing comes in from the internet but to the public subnets of this VPC, which are exempt for load balancers and NAT
   * gateways. Takes effect for every VPC of the account in the region.
   */
  PublicSubnetsOnly: "public-subnets-only",
} as const;
export type PublicAccess = (typeof PublicAccess)[keyof typeof PublicAccess];

/** Arguments of `Network`. */
export interface NetworkArgs {
  /** AWS region, such as `us-east-1`. */
  region: string;
  /**
   * Availability Zone IDs, such as `use1-az1`, in an order that is kept: new zones go to the end. Zone IDs and not names,
   * because a name means another zone in another account (correction E6).
   */
  zoneIds: string[];
  /** The VPC's range: private, aligned, `/16` to `/22`, such as `10.66.0.0/18`. */
  cidrBlock: string;
  /** The most that the fleets will ever be: the subnets are checked against it. Default: nothing but the endpoints. */
  fleets?: FleetMaxima;
  /** Zones that the range has room for: 2, 4 or 8; choose it once. Default: 4. */
  maxZones?: number;
  /** Range for pods from 100.64.0.0/10. Default: `100.64.0.0/16`, and only when the private subnets cannot hold the pods. */
  podCidrBlock?: string;
  /** Ranges that the VPC is to be connected to, which it must not share. Default: none. */
  connectedRanges?: ConnectedRange[];
  /** Subnets to keep as they are: those of an earlier plan. Default: the standard division of the range. */
  subnets?: SubnetBlock[];
  /** Whether subnets that are too small, or whose zone is gone, may be replaced. Default: false. */
  allowReplacement?: boolean;
  /**
   * AWS services reached by interface endpoints. Default: the 14 that nodes, EKS, ECS and the controllers call. Each
   * costs 0.01 USD an hour and zone, about 22 USD a month in three zones, and 0.01 USD/GB.
   */
  interfaceEndpoints?: string[];
  /** Days that flow logs are kept. Default: 365. */
  flowLogRetentionDays?: number;
  /** VPC block public access. Default: `allowed`, because it is a setting of the whole account in the region. */
  publicAccess?: PublicAccess;
  /** Whether `destroy` deletes the flow logs with their bucket. Default: false. */
  deleteFlowLogsOnDestroy?: boolean;
  /** Tags of every resource. Default: none beside `Project`, `Environment`, `Component` and `ManagedBy`. */
  tags?: Tags;
}
