import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { egressRule, ingressRule, securityGroup, type RuleSpec } from "../building-blocks/security-group.ts";
import type { NetworkPlacement } from "../network/placement.ts";
import type { Tags } from "../shared/tags.ts";
import type { GpuClusterPlan } from "./gpu-cluster-plan.ts";
import { dcgmPort } from "./host-plan.ts";
import { routerPorts } from "./router-plan.ts";

/** Groups of the router's tasks and of the GPU hosts. */
export interface Access {
  router: aws.ec2.SecurityGroup;
  hosts: aws.ec2.SecurityGroup;
}

/**
 * Who may speak to whom: routers to the model's port of hosts, both to AWS' endpoints in the VPC. Hosts, which hold
 * plaintext, have no other way out; routers have one only while their image comes from a public registry.
 */
export function createAccess(
  name: string,
  plan: GpuClusterPlan,
  network: NetworkPlacement,
  prometheusSecurityGroupId: pulumi.Input<string> | undefined,
  tags: Tags,
  parent: pulumi.Resource,
): Access {
  const s3 = aws.ec2.getManagedPrefixListOutput({ name: `com.amazonaws.${plan.region}.s3` }, { parent }).id;
  const toAws: Record<string, RuleSpec> = {
    "aws-endpoints": {
      description: "Interface endpoints of AWS services",
      fromPort: 443,
      peer: { cidrIpv4: network.vpcCidrBlock },
    },
    s3: { description: "S3 by the gateway endpoint: images and packages", fromPort: 443, peer: { prefixListId: s3 } },
  };
  const metrics = (port: number): Record<string, RuleSpec> =>
    prometheusSecurityGroupId === undefined
      ? {}
      : {
          prometheus: {
            description: "Prometheus reads metrics",
            fromPort: port,
            peer: { securityGroupId: prometheusSecurityGroupId },
          },
        };
  const router = securityGroup(
    `${name}-router`,
    {
      description: "Router tasks",
      vpcId: network.vpcId,
      ingress: metrics(routerPorts.metrics),
      egress: {
        ...toAws,
        ...(plan.router.imageFromInternet
          ? {
              image: {
                description: "The router's image from its public registry",
                fromPort: 443,
                peer: { cidrIpv4: "0.0.0.0/0" },
              },
            }
          : {}),
      },
      tags,
    },
    parent,
  );
  const hosts = securityGroup(
    `${name}-gpu`,
    { description: "GPU hosts", vpcId: network.vpcId, ingress: metrics(dcgmPort), egress: toAws, tags },
    parent,
  );
  const requests = { description: "Requests to the model", fromPort: plan.router.modelPort };
  egressRule(`${name}-router-out-gpu`, router, { ...requests, peer: { securityGroupId: hosts.id } }, tags);
  ingressRule(`${name}-gpu-in-router`, hosts, { ...requests, peer: { securityGroupId: router.id } }, tags);
  if (plan.fleet.efaInterfaces > 0) {
    const efa: RuleSpec = { description: "EFA between hosts", protocol: "-1", peer: { securityGroupId: hosts.id } };
    egressRule(`${name}-gpu-out-efa`, hosts, efa, tags);
    ingressRule(`${name}-gpu-in-efa`, hosts, efa, tags);
  }
  return { router, hosts };
}
