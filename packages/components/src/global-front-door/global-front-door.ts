import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { planned } from "../shared/planned.ts";
import { baseTags, named } from "../shared/tags.ts";
import type { GlobalFrontDoorArgs } from "./args.ts";
import { frontDoorPlan } from "./front-door-plan.ts";
import { frontDoorNames } from "./names.ts";
import { regionalEntry } from "./regional-entry.ts";

const type = "mrgc:index:GlobalFrontDoor";

/**
 * Two anycast addresses in front of the regional load balancers, for tenants that come over the internet; private tenants
 * use PrivateLink and never pass here.
 *
 * ```ts
 * new GlobalFrontDoor("front-door", {
 *   regions: [{ region: "us-east-1", nlbArn, nlbDnsName, nlbZoneId }],
 *   domainName: "inference.example.com",
 *   hostedZoneId,
 * });
 * ```
 *
 * Costs 18.25 USD a month, 0.015 USD a GB within North America beside ordinary transfer (E3: it is not free), and 0.10
 * USD a region for its alarm.
 */
export class GlobalFrontDoor extends pulumi.ComponentResource {
  /** ARN of the accelerator, which the evacuation command takes. */
  readonly acceleratorArn: pulumi.Output<string>;
  /** The accelerator's own name, for alias records. */
  readonly acceleratorDnsName: pulumi.Output<string>;
  /** The two anycast IPv4 addresses, for tenants that allow by address. */
  readonly ipAddresses: pulumi.Output<string[]>;
  /** What public tenants connect to: `domainName`, or the accelerator's own name. */
  readonly publicDomainName: pulumi.Output<string>;
  /** An alarm a region, all of them in us-west-2, where Global Accelerator's metrics are; for composite alarms there. */
  readonly alarmArns: pulumi.Output<string[]>;

  constructor(name: string, args: GlobalFrontDoorArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const plan = planned(type, name, () => frontDoorPlan(args));
    const tags = baseTags("global-front-door", args.tags);
    const accelerator = new aws.globalaccelerator.Accelerator(
      `${name}-accelerator`,
      {
        name,
        ipAddressType: "IPV4",
        enabled: true,
        ...(args.flowLogsBucketName === undefined
          ? {}
          : {
              attributes: { flowLogsEnabled: true, flowLogsS3Bucket: args.flowLogsBucketName, flowLogsS3Prefix: name },
            }),
        tags: named(`${name}-accelerator`, tags),
      },
      { parent: this },
    );
    const listener = new aws.globalaccelerator.Listener(
      `${name}-listener`,
      { acceleratorArn: accelerator.arn, protocol: "TCP", portRanges: [{ fromPort: 443, toPort: 443 }] },
      { parent: this },
    );
    const alarms = args.regions.map((region) => regionalEntry(name, plan, args, region, listener, tags, this));
    frontDoorNames(name, args, accelerator, tags, this);

    this.acceleratorArn = accelerator.arn;
    this.acceleratorDnsName = accelerator.dnsName;
    this.ipAddresses = accelerator.ipSets.apply((sets) => sets.flatMap((set) => set.ipAddresses ?? []));
    this.publicDomainName = pulumi.output(args.domainName ?? accelerator.dnsName);
    this.alarmArns = pulumi.all(alarms.map(({ arn }) => arn));
    this.registerOutputs({
      acceleratorArn: this.acceleratorArn,
      acceleratorDnsName: this.acceleratorDnsName,
      ipAddresses: this.ipAddresses,
      publicDomainName: this.publicDomainName,
      alarmArns: this.alarmArns,
    });
  }
}
