import * as aws from "@pulumi/aws";
import type * as eks from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";
import { serviceRoleAndRights } from "../building-blocks/service-role.ts";
import type { Tags } from "../shared/tags.ts";
import { createAddons } from "./addons.ts";
import { createAlarms } from "./alarms.ts";
import type { ProxyFleetArgs } from "./args.ts";
import { createCluster, createNodeSecurityGroup } from "./cluster.ts";
import { createFront, type Front } from "./front.ts";
import { podRole, proxyStatements } from "./identities.ts";
import { createInCluster } from "./in-cluster.ts";
import { fleetKey } from "./keys.ts";
import { createNodeGroups } from "./node-groups.ts";
import type { ProxyFleetPlan } from "./proxy-fleet-plan.ts";

/** The parts of a fleet that it gives something of. */
export interface FleetParts {
  key: aws.kms.Key;
  nodeSecurityGroup: aws.ec2.SecurityGroup;
  front: Front;
  alarms: aws.cloudwatch.MetricAlarm[];
  cluster: eks.Cluster;
  /** What the proxies' pods run as. */
  podRole: aws.iam.Role;
}

/** Creates what the plan says: the way in, the cluster with its nodes and add-ons, and what runs in it. */
export function createFleet(
  name: string,
  args: ProxyFleetArgs,
  plan: ProxyFleetPlan,
  tags: Tags,
  parent: pulumi.Resource,
): FleetParts {
  const { network, hotTier } = args;
  const { region } = network;
  const deletionProtection = args.deletionProtection ?? true;
  const common = { network, deletionProtection, logRetentionDays: args.logRetentionDays, tags };

  const key = fleetKey(name, region, tags, parent);
  const nodeSecurityGroup = createNodeSecurityGroup(name, network, tags, parent);
  const front = createFront(
    name,
    plan,
    { ...common, certificateArn: args.certificateArn, nodeSecurityGroup, kmsKeyArn: key.arn },
    parent,
  );
  const alarms = createAlarms(name, plan, front, { topicArns: args.alarmTopicArns ?? [], tags }, parent);
  const cluster = createCluster(
    name,
    {
      ...common,
      kubernetesVersion: plan.kubernetes.version,
      kmsKeyArn: key.arn,
      accessEntries: args.accessEntries ?? {},
    },
    parent,
  );
  const clusterName = cluster.eksCluster.name;
  const securityGroupIds = [nodeSecurityGroup.id, cluster.clusterSecurityGroupId, hotTier.clientSecurityGroupId];
  const nodeGroups = createNodeGroups(
    name,
    plan,
    {
      clusterName,
      node: nodeRole(name, tags, parent),
      kmsKeyArn: key.arn,
      securityGroupIds,
      privateSubnetIds: network.privateSubnetIds,
      tags,
    },
    parent,
  );
  const zoneNames = namesOfZones(network.zoneIds, parent);
  const addons = createAddons(
    name,
    {
      clusterName,
      kubernetesVersion: plan.kubernetes.version,
      region,
      zoneNames,
      podSubnetIds: network.podSubnetIds,
      securityGroupIds,
      configuration: args.addonConfiguration ?? {},
      nodeGroups: [...nodeGroups.proxies, nodeGroups.system],
      tags,
    },
    parent,
  );
  const role = podRole(
    `${name}-pod-role`,
    {
      description: "Proxies",
      statements: proxyStatements({
        region,
        secretArns: [hotTier.authSecretArn, args.certificateSecretArn],
        keyArns: [hotTier.keyArn, ...(args.certificateKeyArn === undefined ? [] : [args.certificateKeyArn])],
        databaseUserArns: args.databaseUserArns ?? [],
      }),
      tags,
    },
    parent,
  );
  createInCluster(
    name,
    args,
    plan,
    { cluster, front, addons: Object.values(addons), podRole: role, zoneNames, tags },
    parent,
  );
  return { key, nodeSecurityGroup, front, alarms, cluster, podRole: role };
}

/** The account's names of zones, in the order of their IDs. */
function namesOfZones(zoneIds: string[], parent: pulumi.Resource): pulumi.Output<string[]> {
  const zones = aws.getAvailabilityZonesOutput({ filters: [{ name: "zone-id", values: zoneIds }] }, { parent });
  return pulumi
    .all([zones.zoneIds, zones.names])
    .apply(([ids, zoneNames]) => zoneIds.map((id) => zoneNames[ids.indexOf(id)] ?? id));
}

/** What a node may do: join the cluster and pull images. The network add-on has a role of its own. */
function nodeRole(name: string, tags: Tags, parent: pulumi.Resource): ReturnType<typeof serviceRoleAndRights> {
  const { partition } = aws.getPartitionOutput({}, { parent });
  return serviceRoleAndRights(
    `${name}-node-role`,
    {
      service: "ec2.amazonaws.com",
      description: "Nodes of the proxy fleet",
      statements: [],
      managedPolicyArns: ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"].map(
        (policy) => pulumi.interpolate`arn:${partition}:iam::aws:policy/${policy}`,
      ),
      tags,
    },
    parent,
  );
}
