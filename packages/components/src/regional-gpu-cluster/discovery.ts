import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import type { GpuClusterPlan } from "./gpu-cluster-plan.ts";

/** How routers find GPU hosts and each other: names in a private DNS namespace that Cloud Map keeps. */
export interface Discovery {
  namespace: aws.servicediscovery.PrivateDnsNamespace;
  /** Cloud Map services that GPU hosts are registered with, by zone ID; each holds at most eight. */
  gpuServices: Record<string, aws.servicediscovery.Service[]>;
  /** ARN of the Cloud Map service that a zone's router tasks are registered with by ECS. */
  routerServiceArn(zoneId: string): pulumi.Output<string>;
}

/** Seconds that a DNS answer may be kept: how long a router goes on sending to a host that left. */
export const recordTtlSeconds = 5;

export function createDiscovery(
  name: string,
  plan: GpuClusterPlan,
  vpcId: pulumi.Input<string>,
  tags: Tags,
  parent: pulumi.Resource,
): Discovery {
  const namespace = new aws.servicediscovery.PrivateDnsNamespace(
    `${name}-names`,
    {
      name: plan.router.namespace,
      vpc: vpcId,
      description: `Routers and GPU hosts of ${name}`,
      tags: named(`${name}-names`, tags),
    },
    { parent },
  );
  const service = (serviceName: string, rest: Partial<aws.servicediscovery.ServiceArgs> = {}) =>
    new aws.servicediscovery.Service(
      `${name}-names-${serviceName}`,
      {
        name: serviceName,
        dnsConfig: {
          namespaceId: namespace.id,
          routingPolicy: "MULTIVALUE",
          dnsRecords: [{ type: "A", ttl: recordTtlSeconds }],
        },
        ...rest,
        tags: named(`${name}-names-${serviceName}`, tags),
      },
      { parent: namespace },
    );
  const gpuServices = Object.fromEntries(
    Object.entries(plan.router.gpuNames).map(([zoneId, names]) => [
      zoneId,
      // AWS deletes no service with hosts in it, and at `destroy` the registrar, which takes them out, is gone before them.
      names.map((serviceName) => service(serviceName, { forceDestroy: true })),
    ]),
  );
  // ECS tells Cloud Map which of its tasks are healthy. AWS ignores the threshold, and the provider drops an empty block.
  const routerServices = new Map(
    Object.entries(plan.router.routerNames).map(([zoneId, entry]) => [
      zoneId,
      service(entry, { healthCheckCustomConfig: { failureThreshold: 1 } }),
    ]),
  );
  return {
    namespace,
    gpuServices,
    routerServiceArn: (zoneId) => {
      const found = routerServices.get(zoneId);
      if (found === undefined) {
        throw new Error(`no routers are planned in ${zoneId}`);
      }
      return found.arn;
    },
  };
}
