import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import { type AddonPlan, addons, networkConfiguration } from "./addons-plan.ts";
import { podRole } from "./identities.ts";

/** What the add-ons need to know. */
export interface AddonsSpec {
  clusterName: pulumi.Input<string>;
  kubernetesVersion: string;
  region: string;
  zoneNames: pulumi.Output<string[]>;
  podSubnetIds: pulumi.Input<pulumi.Input<string>[]> | undefined;
  securityGroupIds: pulumi.Input<string>[];
  /** The caller's configuration, by add-on. */
  configuration: Record<string, string>;
  nodeGroups: aws.eks.NodeGroup[];
  tags: Tags;
}

/** Installs the add-ons at the newest version that EKS has for the cluster's Kubernetes version; gives them by name. */
export function createAddons(name: string, spec: AddonsSpec, parent: pulumi.Resource): Record<string, aws.eks.Addon> {
  return Object.fromEntries(addons.map((plan) => [plan.addonName, createAddon(name, plan, spec, parent)]));
}

function createAddon(name: string, plan: AddonPlan, spec: AddonsSpec, parent: pulumi.Resource): aws.eks.Addon {
  const { addonName, identity } = plan;
  const { kubernetesVersion } = spec;
  const latest = aws.eks.getAddonVersionOutput({ addonName, kubernetesVersion, mostRecent: true }, { parent });
  const configuration = spec.configuration[addonName] ?? configurationOf(plan, spec);
  const role =
    identity === undefined
      ? undefined
      : podRole(
          `${name}-${addonName}-role`,
          { description: `Add-on ${addonName}`, managedPolicies: [identity.managedPolicy], tags: spec.tags },
          parent,
        );
  return new aws.eks.Addon(
    `${name}-${addonName}`,
    {
      clusterName: spec.clusterName,
      addonName,
      addonVersion: latest.version,
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "OVERWRITE",
      ...(configuration === undefined ? {} : { configurationValues: configuration }),
      ...(role === undefined
        ? {}
        : { podIdentityAssociations: [{ roleArn: role.arn, serviceAccount: identity!.serviceAccount }] }),
      tags: named(`${name}-${addonName}`, spec.tags),
    },
    { parent, dependsOn: plan.needsNodes ? spec.nodeGroups : [] },
  );
}

function configurationOf(plan: AddonPlan, spec: AddonsSpec): pulumi.Input<string> | undefined {
  if (plan.addonName !== "vpc-cni") {
    return plan.configuration === undefined ? undefined : JSON.stringify(plan.configuration);
  }
  return pulumi
    .all([pulumi.output(spec.podSubnetIds ?? []), spec.zoneNames, pulumi.all(spec.securityGroupIds)])
    .apply(([subnetIds, zoneNames, securityGroupIds]) =>
      JSON.stringify(
        networkConfiguration(
          spec.region,
          subnetIds.map((subnetId, index) => ({ zoneName: zoneNames[index] ?? "", subnetId, securityGroupIds })),
        ),
      ),
    );
}
