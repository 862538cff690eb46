import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { baseTags, named } from "../shared/tags.ts";
import type { GlobalFrontDoorArgs } from "./args.ts";

const type = "mrgc:index:GlobalFrontDoor";

/** Two anycast addresses in front of the regional load balancers, for tenants that come over the internet. */
export class GlobalFrontDoor extends pulumi.ComponentResource {
  readonly acceleratorArn: pulumi.Output<string>;
  readonly acceleratorDnsName: pulumi.Output<string>;

  constructor(name: string, args: GlobalFrontDoorArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const tags = baseTags("global-front-door", args.tags);
    const accelerator = new aws.globalaccelerator.Accelerator(
      `${name}-accelerator`,
      { name, ipAddressType: "IPV4", enabled: true, tags: named(`${name}-accelerator`, tags) },
      { parent: this },
    );
    const listener = new aws.globalaccelerator.Listener(
      `${name}-listener`,
      { acceleratorArn: accelerator.arn, protocol: "TCP", portRanges: [{ fromPort: 443, toPort: 443 }] },
      { parent: this },
    );
    for (const region of args.regions) {
      new aws.globalaccelerator.EndpointGroup(
        `${name}-${region.region}`,
        {
          listenerArn: listener.arn,
          endpointGroupRegion: region.region,
          trafficDialPercentage: region.trafficDialPercent ?? 100,
          endpointConfigurations: [{ endpointId: region.nlbArn, weight: 128 }],
        },
        { parent: this },
      );
    }
    if (args.domainName !== undefined && args.hostedZoneId !== undefined) {
      new aws.route53.Record(
        `${name}-domain`,
        {
          zoneId: args.hostedZoneId,
          name: args.domainName,
          type: "A",
          aliases: [{ name: accelerator.dnsName, zoneId: accelerator.hostedZoneId, evaluateTargetHealth: true }],
        },
        { parent: this },
      );
    }
    this.acceleratorArn = accelerator.arn;
    this.acceleratorDnsName = accelerator.dnsName;
    this.registerOutputs({ acceleratorArn: this.acceleratorArn, acceleratorDnsName: this.acceleratorDnsName });
  }
}
