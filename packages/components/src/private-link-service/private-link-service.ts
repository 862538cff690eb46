import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { planned } from "../shared/planned.ts";
import { baseTags, named } from "../shared/tags.ts";
import type { PrivateLinkServiceArgs } from "./args.ts";
import { privateLinkServicePlan } from "./private-link-service-plan.ts";

const type = "mrgc:index:PrivateLinkService";

/** The provider's side of PrivateLink in one region: an endpoint service that only the registry's tenants may ask for. */
export class PrivateLinkService extends pulumi.ComponentResource {
  /** Id of the endpoint service, such as `vpce-svc-0123456789abcdef0`. */
  readonly serviceId: pulumi.Output<string>;
  /** What tenants put into their endpoints, such as `com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0`. */
  readonly serviceName: pulumi.Output<string>;
  /** Availability Zone IDs where the service can be reached; tenants match their subnets against them. */
  readonly zoneIds: pulumi.Output<string[]>;

  constructor(name: string, args: PrivateLinkServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const plan = planned(type, name, () => privateLinkServicePlan(args));
    const tags = baseTags("private-link-service", args.tags);
    const service = new aws.ec2.VpcEndpointService(
      `${name}-service`,
      {
        acceptanceRequired: true,
        networkLoadBalancerArns: args.nlbArns,
        supportedRegions: plan.supportedRegions,
        tags: named(`${name}-service`, tags),
      },
      { parent: this },
    );
    for (const principal of plan.principals) {
      new aws.ec2.VpcEndpointServiceAllowedPrinciple(
        `${name}-${principal.key}`,
        { vpcEndpointServiceId: service.id, principalArn: principal.arn },
        { parent: this },
      );
    }
    this.serviceId = service.id;
    this.serviceName = service.serviceName;
    this.zoneIds = pulumi.output(plan.zoneIds);
    this.registerOutputs({ serviceId: this.serviceId, serviceName: this.serviceName, zoneIds: this.zoneIds });
  }
}
