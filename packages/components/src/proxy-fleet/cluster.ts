import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";
import { securityGroup } from "../building-blocks/security-group.ts";
import type { NetworkPlacement } from "../network/placement.ts";
import type { Tags } from "../shared/tags.ts";

/** The control plane: private endpoint, access entries only, secrets under the customer's key, all logs. */
export function createCluster(
  name: string,
  spec: {
    network: NetworkPlacement;
    kubernetesVersion: string;
    kmsKeyArn: pulumi.Input<string>;
    nodeRole: aws.iam.Role;
    tags: Tags;
  },
  parent: pulumi.Resource,
): eks.Cluster {
  return new eks.Cluster(
    `${name}-cluster`,
    {
      name,
      version: spec.kubernetesVersion,
      vpcId: spec.network.vpcId,
      privateSubnetIds: spec.network.privateSubnetIds,
      endpointPrivateAccess: true,
      endpointPublicAccess: false,
      authenticationMode: eks.AuthenticationMode.Api,
      encryptionConfigKeyArn: spec.kmsKeyArn,
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      upgradePolicy: { supportType: "STANDARD" },
      deletionProtection: true,
      skipDefaultNodeGroup: true,
      skipDefaultSecurityGroups: true,
      // Add-ons are made beside the cluster, with resolved versions and Pod Identity.
      useDefaultVpcCni: true,
      kubeProxyAddonOptions: { enabled: false },
      tags: spec.tags,
    },
    { parent },
  );
}

/** The nodes' own security group: the load balancer's and the control plane's traffic comes in, the hot tier's goes out. */
export function createNodeSecurityGroup(
  name: string,
  network: NetworkPlacement,
  tags: Tags,
  parent: pulumi.Resource,
): aws.ec2.SecurityGroup {
  return securityGroup(
    `${name}-nodes`,
    {
      description: "Proxy nodes",
      vpcId: network.vpcId,
      ingress: {
        proxy: {
          description: "Requests from inside the VPC",
          fromPort: 8080,
          peer: { cidrIpv4: network.vpcCidrBlock },
        },
      },
      egress: {
        https: {
          description: "AWS APIs through the VPC endpoints",
          fromPort: 443,
          peer: { cidrIpv4: network.vpcCidrBlock },
        },
      },
      tags,
    },
    parent,
  );
}
