import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../shared/tags.ts";

/** A region's load balancer, as its stack's outputs tell it. */
export interface FrontDoorRegion {
  /** Such as `us-east-1`. */
  region: string;
  nlbArn: pulumi.Input<string>;
  nlbDnsName: pulumi.Input<string>;
  /** The load balancer's hosted zone id, which Route 53 aliases need. */
  nlbZoneId: pulumi.Input<string>;
  /**
   * Percent of the traffic nearest to this region that it takes when first created, 0 to 100. Afterwards the dial
   * belongs to the evacuation command. Default: 100.
   */
  trafficDialPercent?: number;
}

/** What the entry for public tenants needs. */
export interface GlobalFrontDoorArgs {
  regions: FrontDoorRegion[];
  /** Public name of the service, such as `inference.example.com`. Default: none, only the accelerator's own name. */
  domainName?: string;
  /** Id of the public hosted zone that holds `domainName`. */
  hostedZoneId?: pulumi.Input<string>;
  /** Tags of every resource, beside `Project`, `Environment`, `Component` and `ManagedBy`. */
  tags?: Tags;
}
