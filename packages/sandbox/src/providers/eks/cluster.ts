import { createHash } from "node:crypto";
import type { Output, Resource } from "@pulumi/pulumi";
import { child, component, type Child } from "../construct/child.ts";
import { refuseOthers } from "../construct/refuse-others.ts";
import type { Build, Inputs, Method, Pulumi } from "../construct/sdk-server.ts";
import { kubeconfigOf } from "./kubeconfig.ts";

const token = "eks:index:Cluster";
const known = [
  "accessEntries",
  "authenticationMode",
  "bootstrapSelfManagedAddons",
  "clusterTags",
  "createInstanceRole",
  "createOidcProvider",
  "deletionProtection",
  "enabledClusterLogTypes",
  "encryptionConfigKeyArn",
  "endpointPrivateAccess",
  "endpointPublicAccess",
  "ipFamily",
  "kubeProxyAddonOptions",
  "kubernetesServiceIpAddressRange",
  "name",
  "privateSubnetIds",
  "providerCredentialOpts",
  "publicAccessCidrs",
  "publicSubnetIds",
  "serviceRole",
  "skipDefaultNodeGroup",
  "skipDefaultSecurityGroups",
  "subnetIds",
  "tags",
  "upgradePolicy",
  "useDefaultVpcCni",
  "version",
  "vpcId",
];

/**
 * `eks:index:Cluster` with the children of the published plugin, for clusters with access entries whose node groups and
 * VPC CNI are made beside it.
 */
export const buildCluster: Build = (pulumi, name, args, options) => {
  refuseOthers(token, args, known);
  requireSupported(name, args);
  const self = component(pulumi, token, name, options);
  const parent = self;
  const role = serviceRole(pulumi, `${name}-eksRole`, args.tags, parent);
  const cluster = eksCluster(pulumi, name, args, role, parent);
  if ((args.kubeProxyAddonOptions as Inputs | undefined)?.enabled !== false) {
    kubeProxy(pulumi, name, args, cluster, parent);
  }
  const kubeconfig = kubeconfigOf(pulumi, cluster, args.providerCredentialOpts as Inputs | undefined);
  const provider = child(
    pulumi,
    "pulumi:providers:kubernetes",
    `${name}-eks-k8s`,
    { kubeconfig: kubeconfig.apply((config) => JSON.stringify(config)) },
    { parent },
  );
  accessEntries(pulumi, name, args.accessEntries as Record<string, Inputs> | undefined, cluster, parent);
  const vpcConfig = cluster.vpcConfig as unknown as Output<{ clusterSecurityGroupId: string } | undefined>;
  return {
    urn: self.urn,
    state: {
      kubeconfig,
      kubeconfigJson: kubeconfig.apply((config) => JSON.stringify(config)),
      eksCluster: cluster,
      clusterSecurityGroupId: vpcConfig.apply((config) => config?.clusterSecurityGroupId ?? ""),
      instanceRoles: [],
      core: {
        cluster,
        vpcId: args.vpcId as unknown,
        subnetIds: subnetIds(pulumi, args),
        endpoint: cluster.endpoint,
        provider,
        kubeconfig,
        instanceRoles: [],
        nodeGroupOptions: {},
        clusterIamRole: role,
      },
      nodeSecurityGroupId: "",
      clusterIngressRuleId: "",
      defaultNodeGroupAsgName: "",
      fargateProfileId: "",
      fargateProfileStatus: "",
      oidcProviderArn: "",
      oidcProviderUrl: "",
      oidcIssuer: "",
      autoModeNodeRoleName: "",
    },
  };
};

/** `Cluster.getKubeconfig`: the kubeconfig with a role or a profile. */
export const getKubeconfig: Method = (pulumi, inputs) => {
  const cluster = pulumi.output((inputs.__self__ as Inputs).eksCluster as unknown) as unknown as Child<
    "name" | "endpoint" | "certificateAuthority" | "arn"
  >;
  return { result: kubeconfigOf(pulumi, cluster, inputs).apply((config) => JSON.stringify(config)) };
};

type EksCluster = Child<"name" | "arn" | "endpoint" | "certificateAuthority" | "version" | "vpcConfig">;

function requireSupported(name: string, args: Inputs): void {
  const wanted: [boolean, string][] = [
    [args.authenticationMode === "API", 'authenticationMode "API"'],
    [args.skipDefaultNodeGroup === true, "skipDefaultNodeGroup"],
    [args.skipDefaultSecurityGroups === true, "skipDefaultSecurityGroups"],
    [args.useDefaultVpcCni === true, "useDefaultVpcCni"],
    [args.createInstanceRole !== true && args.createOidcProvider !== true, "no instance role and no OIDC provider"],
    [args.serviceRole === undefined, "the service role that the component makes"],
  ];
  const missing = wanted.filter(([holds]) => !holds).map(([, what]) => what);
  if (missing.length > 0) {
    throw new Error(
      `${token} ${name}: the sandbox builds clusters with ${missing.join(", ")}; use the real plugin for others`,
    );
  }
}

function subnetIds(pulumi: Pulumi, args: Inputs): Output<string[]> {
  if (args.subnetIds !== undefined) {
    return pulumi.output(args.subnetIds as string[]);
  }
  return pulumi
    .all([(args.publicSubnetIds as string[] | undefined) ?? [], (args.privateSubnetIds as string[] | undefined) ?? []])
    .apply(([publicIds, privateIds]) => [...publicIds, ...privateIds]);
}

function serviceRole(pulumi: Pulumi, name: string, tags: unknown, parent: Resource): Child<"arn" | "name"> {
  const self = component(pulumi, "eks:index:ServiceRole", name, { parent });
  const partition = pulumi.output(
    pulumi.runtime.invoke("aws:index/getPartition:getPartition", {}, { parent }) as Promise<{ partition: string }>,
  );
  const trust = {
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Effect: "Allow",
    Principal: { Service: ["eks.amazonaws.com"] },
  };
  const role = child(
    pulumi,
    "aws:iam/role:Role",
    `${name}-role`,
    {
      description: "Allows EKS to manage clusters on your behalf.",
      assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
      tags,
    },
    { parent: self },
    ["arn", "name"],
  );
  const policy = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy";
  const hash = createHash("sha1").update(policy).digest("hex").slice(0, 8);
  child(
    pulumi,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    `${name}-${hash}`,
    {
      policyArn: partition.apply((found) => `arn:${found.partition}:iam::aws:policy/AmazonEKSClusterPolicy`),
      role: role.name,
    },
    { parent: self },
  );
  return role;
}

function eksCluster(pulumi: Pulumi, name: string, args: Inputs, role: Child<"arn">, parent: Resource): EksCluster {
  const network =
    args.kubernetesServiceIpAddressRange === undefined && args.ipFamily === undefined
      ? undefined
      : { serviceIpv4Cidr: args.kubernetesServiceIpAddressRange as unknown, ipFamily: args.ipFamily ?? "ipv4" };
  return child(
    pulumi,
    "aws:eks/cluster:Cluster",
    `${name}-eksCluster`,
    {
      name: args.name as unknown,
      roleArn: role.arn,
      kubernetesNetworkConfig: network,
      bootstrapSelfManagedAddons: args.bootstrapSelfManagedAddons ?? true,
      vpcConfig: {
        subnetIds: subnetIds(pulumi, args),
        endpointPrivateAccess: args.endpointPrivateAccess as unknown,
        endpointPublicAccess: args.endpointPublicAccess as unknown,
        publicAccessCidrs: args.publicAccessCidrs as unknown,
      },
      version: args.version as unknown,
      enabledClusterLogTypes: args.enabledClusterLogTypes as unknown,
      tags: pulumi
        .all([args.tags as Record<string, string> | undefined, args.clusterTags as Record<string, string> | undefined])
        .apply(([tags, clusterTags]) => ({ Name: `${name}-eksCluster`, ...clusterTags, ...tags })),
      encryptionConfig:
        args.encryptionConfigKeyArn === undefined
          ? undefined
          : { provider: { keyArn: args.encryptionConfigKeyArn as unknown }, resources: ["secrets"] },
      accessConfig: {
        authenticationMode: args.authenticationMode as unknown,
        bootstrapClusterCreatorAdminPermissions: true,
      },
      upgradePolicy: args.upgradePolicy as unknown,
      deletionProtection: args.deletionProtection as unknown,
    },
    {
      parent,
      dependsOn: [role],
      ignoreChanges: ["accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons"],
    },
    ["arn", "endpoint", "certificateAuthority"],
  ) as unknown as EksCluster;
}

function kubeProxy(pulumi: Pulumi, name: string, args: Inputs, cluster: EksCluster, parent: Resource): void {
  const given = args.kubeProxyAddonOptions as Inputs | undefined;
  const latest = (cluster.version as unknown as Output<string>).apply(
    (kubernetesVersion) =>
      pulumi.runtime.invoke(
        "aws:eks/getAddonVersion:getAddonVersion",
        { addonName: "kube-proxy", kubernetesVersion, mostRecent: true },
        { parent },
      ) as Promise<{ version: string }>,
  );
  child(
    pulumi,
    "aws:eks/addon:Addon",
    `${name}-kube-proxy`,
    {
      clusterName: cluster.name,
      addonName: "kube-proxy",
      preserve: true,
      tags: args.tags as unknown,
      resolveConflictsOnCreate: given?.resolveConflictsOnCreate ?? "OVERWRITE",
      resolveConflictsOnUpdate: given?.resolveConflictsOnUpdate ?? "OVERWRITE",
      addonVersion: (given?.version as unknown) ?? latest.apply((found) => found.version),
    },
    { parent },
  );
}

function accessEntries(
  pulumi: Pulumi,
  name: string,
  entries: Record<string, Inputs> | undefined,
  cluster: EksCluster,
  parent: Resource,
): void {
  for (const [key, given] of Object.entries(entries ?? {})) {
    const { accessPolicies, username, ...rest } = given;
    const entry = child(
      pulumi,
      "aws:eks/accessEntry:AccessEntry",
      `${name}-${key}`,
      { ...rest, clusterName: cluster.name, userName: username as unknown },
      { parent, dependsOn: [cluster] },
    );
    for (const [policyKey, association] of Object.entries(
      (accessPolicies as Record<string, Inputs> | undefined) ?? {},
    )) {
      child(
        pulumi,
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        `${name}-${key}-${policyKey}`,
        {
          accessScope: association.accessScope as unknown,
          principalArn: given.principalArn as unknown,
          policyArn: association.policyArn as unknown,
          clusterName: cluster.name,
        },
        { parent: entry, dependsOn: [entry] },
      );
    }
  }
}
