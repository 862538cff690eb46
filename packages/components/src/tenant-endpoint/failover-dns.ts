import * as aws from "@pulumi/aws";
import { named } from "../shared/tags.ts";
import type { TenantVpc } from "./args.ts";
import type { PlannedRecord, PlannedZone } from "./dns-plan.ts";
import type { TargetHealth } from "./health.ts";
import type { Scope } from "./scope.ts";

/** The private zone of one network, whose name answers with a healthy endpoint. */
export function failoverDns(
  { name, endpoints, tags, parent }: Scope,
  zone: PlannedZone,
  vpc: TenantVpc,
  health: Map<string, TargetHealth>,
): void {
  const prefix = `${name}-${vpc.region}`;
  const hosted = new aws.route53.Zone(
    `${prefix}-zone`,
    {
      name: zone.name,
      comment: `${name} from ${vpc.region}`,
      vpcs: [{ vpcId: vpc.vpcId, vpcRegion: vpc.region }],
      tags: named(`${prefix}-zone`, tags),
    },
    { parent },
  );
  for (const record of zone.records) {
    const endpoint = record.target === undefined ? undefined : endpoints.get(record.target.endpointKey);
    new aws.route53.Record(
      `${prefix}-record-${record.key}`,
      {
        zoneId: hosted.zoneId,
        name: record.name,
        type: "A",
        aliases: [
          endpoint === undefined
            ? { name: record.chainName ?? zone.name, zoneId: hosted.zoneId, evaluateTargetHealth: true }
            : { name: endpoint.dnsName, zoneId: endpoint.zoneId, evaluateTargetHealth: false },
        ],
        ...routingOf(record),
        ...(record.target === undefined || record.routing.kind === "simple"
          ? {}
          : { healthCheckId: health.get(record.target.serviceRegion)?.healthCheckId }),
      },
      { parent: hosted },
    );
  }
}

function routingOf({ routing }: PlannedRecord): Partial<aws.route53.RecordArgs> {
  const { setIdentifier } = routing;
  switch (routing.kind) {
    case "simple":
      return {};
    case "latency":
      return { setIdentifier, latencyRoutingPolicies: [{ region: routing.region ?? "" }] };
    case "primary":
      return { setIdentifier, failoverRoutingPolicies: [{ type: "PRIMARY" }] };
    case "secondary":
      return { setIdentifier, failoverRoutingPolicies: [{ type: "SECONDARY" }] };
  }
}
