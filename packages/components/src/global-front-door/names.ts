import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import type { GlobalFrontDoorArgs } from "./args.ts";

/** The public name of the accelerator, and the internal one of the nearest healthy region. */
export function frontDoorNames(
  name: string,
  args: GlobalFrontDoorArgs,
  accelerator: aws.globalaccelerator.Accelerator,
  tags: Tags,
  parent: pulumi.Resource,
): void {
  if (args.domainName !== undefined && args.hostedZoneId !== undefined) {
    new aws.route53.Record(
      `${name}-domain`,
      {
        zoneId: args.hostedZoneId,
        name: args.domainName,
        type: "A",
        // The accelerator answers from every edge and judges its regions itself.
        aliases: [{ name: accelerator.dnsName, zoneId: accelerator.hostedZoneId, evaluateTargetHealth: false }],
      },
      { parent },
    );
  }
  const { internalDomainName, internalZoneId } = args;
  if (internalDomainName === undefined || internalZoneId === undefined) {
    return;
  }
  for (const { region, nlbDnsName, nlbZoneId, healthAlarmName } of args.regions) {
    const prefix = `${name}-${region}-internal`;
    const health =
      healthAlarmName === undefined
        ? undefined
        : new aws.route53.HealthCheck(
            `${prefix}-health`,
            {
              type: "CLOUDWATCH_METRIC",
              cloudwatchAlarmName: healthAlarmName,
              cloudwatchAlarmRegion: region,
              insufficientDataHealthStatus: "LastKnownStatus",
              tags: named(`${prefix}-health`, tags),
            },
            { parent },
          );
    new aws.route53.Record(
      prefix,
      {
        zoneId: internalZoneId,
        name: internalDomainName,
        type: "A",
        setIdentifier: region,
        latencyRoutingPolicies: [{ region }],
        healthCheckId: health?.id,
        aliases: [{ name: nlbDnsName, zoneId: nlbZoneId, evaluateTargetHealth: true }],
      },
      { parent },
    );
  }
}
