import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import type { PrivateLinkServiceArgs } from "./args.ts";
import { DnsProof, type PrivateLinkServicePlan } from "./private-link-service-plan.ts";

/** The record that proves to AWS who owns the private name. */
export interface PrivateDnsProof {
  /** The record's whole name. */
  name: pulumi.Output<string>;
  /** `TXT`. */
  type: pulumi.Output<string>;
  value: pulumi.Output<string>;
}

/** The endpoint service, ready to be given out. */
export interface CreatedService {
  service: aws.ec2.VpcEndpointService;
  /** The service's name, known when its private name works: an endpoint made earlier could not use it. */
  serviceName: pulumi.Output<string>;
  proof?: PrivateDnsProof;
}

/** The endpoint service with its private name proven. */
export function endpointService(
  name: string,
  plan: PrivateLinkServicePlan,
  args: PrivateLinkServiceArgs,
  tags: Tags,
  parent: pulumi.Resource,
): CreatedService {
  const service = new aws.ec2.VpcEndpointService(
    `${name}-service`,
    {
      acceptanceRequired: true,
      networkLoadBalancerArns: args.nlbArns,
      supportedRegions: plan.supportedRegions,
      supportedIpAddressTypes: plan.ipAddressTypes,
      privateDnsName: plan.privateDns?.name,
      tags: named(`${name}-service`, tags),
    },
    { parent },
  );
  if (plan.privateDns === undefined) {
    return { service, serviceName: service.serviceName };
  }
  const domain = plan.privateDns.name.replace(/^\*\./, "");
  const configuration = service.privateDnsNameConfigurations.apply((configurations) => configurations[0]);
  const proof: PrivateDnsProof = {
    name: configuration.apply((record) => `${record?.name ?? ""}.${domain}`),
    type: configuration.apply((record) => record?.type ?? "TXT"),
    value: configuration.apply((record) => record?.value ?? ""),
  };
  if (plan.privateDns.proof === DnsProof.Pending) {
    return { service, serviceName: service.serviceName, proof };
  }
  const record =
    args.privateDnsZoneId === undefined
      ? []
      : [
          new aws.route53.Record(
            `${name}-private-dns-proof`,
            { zoneId: args.privateDnsZoneId, name: proof.name, type: proof.type, records: [proof.value], ttl: 300 },
            { parent },
          ),
        ];
  const verification = new aws.vpc.EndpointServicePrivateDnsVerification(
    `${name}-private-dns-verification`,
    { serviceId: service.id, waitForVerification: true },
    { parent, dependsOn: record },
  );
  const serviceName = pulumi.all([service.serviceName, verification.serviceId]).apply(([verified]) => verified);
  return { service, serviceName, proof };
}
