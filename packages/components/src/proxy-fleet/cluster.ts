import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";
import { logGroup } from "../building-blocks/log-group.ts";
import { securityGroup } from "../building-blocks/security-group.ts";
import type { NetworkPlacement } from "../network/placement.ts";
import type { Tags } from "../shared/tags.ts";
import type { AccessEntryArgs } from "./args.ts";
import { proxyPorts } from "./envoy-config.ts";

/** What the control plane needs beside its name. */
export interface ClusterSpec {
  network: NetworkPlacement;
  kubernetesVersion: string;
  kmsKeyArn: pulumi.Input<string>;
  accessEntries: Record<string, AccessEntryArgs>;
  deletionProtection: boolean;
  logRetentionDays: number | undefined;
  tags: Tags;
}

/**
 * The control plane: private endpoint, access entries only, secrets under the customer's key, all logs, no extended support
 * (which costs six times as much), zonal shift. Whoever runs `pulumi up` has to reach the endpoint: from the VPC or a network joined to it.
 */
export function createCluster(name: string, spec: ClusterSpec, parent: pulumi.Resource): eks.Cluster {
  // EKS would make the log group itself, without a key and for ever.
  const logs = logGroup(
    `${name}-control-plane-log`,
    {
      logGroupName: `/aws/eks/${name}/cluster`,
      kmsKeyArn: spec.kmsKeyArn,
      ...(spec.logRetentionDays === undefined ? {} : { retentionDays: spec.logRetentionDays }),
      tags: spec.tags,
    },
    parent,
  );
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
      accessEntries: accessEntries(spec.accessEntries, parent),
      encryptionConfigKeyArn: spec.kmsKeyArn,
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      upgradePolicy: { supportType: "STANDARD" },
      deletionProtection: spec.deletionProtection,
      skipDefaultNodeGroup: true,
      skipDefaultSecurityGroups: true,
      // Add-ons are made beside the cluster, with resolved versions and Pod Identity.
      useDefaultVpcCni: true,
      kubeProxyAddonOptions: { enabled: false },
      tags: spec.tags,
    },
    { parent, dependsOn: [logs], transforms: [withZonalShift] },
  );
}

/** pulumi-eks has no argument for it: EKS may then move traffic and pods out of a zone that ARC says is impaired. */
const withZonalShift: pulumi.ResourceTransform = ({ type, props, opts }) =>
  type === "aws:eks/cluster:Cluster"
    ? { props: { ...(props as Record<string, unknown>), zonalShiftConfig: { enabled: true } }, opts }
    : undefined;

function accessEntries(
  entries: Record<string, AccessEntryArgs>,
  parent: pulumi.Resource,
): Record<string, eks.types.input.AccessEntryArgs> {
  const { partition } = aws.getPartitionOutput({}, { parent });
  return Object.fromEntries(
    Object.entries(entries).map(([key, entry]) => [
      key,
      {
        principalArn: entry.principalArn,
        accessPolicies: {
          [entry.policy]: {
            policyArn: pulumi.interpolate`arn:${partition}:eks::aws:cluster-access-policy/${entry.policy}`,
            accessScope:
              entry.namespaces === undefined
                ? { type: "cluster" }
                : { type: "namespace", namespaces: entry.namespaces },
          },
        },
      },
    ]),
  );
}

/**
 * The nodes' own security group, which pods share: metrics come from inside the VPC, AWS' endpoints are called. The load
 * balancers' rules are theirs. EKS' cluster security group, which nodes carry as well, lets everything out: that is how images
 * come from registries outside. NetworkPolicies narrow it for the proxies.
 */
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
        metrics: {
          description: "Metrics collectors in the VPC",
          fromPort: proxyPorts.metrics,
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
