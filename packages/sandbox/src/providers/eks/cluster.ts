import { isObject, type PropertyMap, type PropertyValue } from "../../engine/values.ts";
import type { ProviderPb } from "../../engine/protocol.ts";
import { Ref, type Child, type Construction } from "../construct/construction.ts";
import { kubeconfigOf } from "./kubeconfig.ts";
import { serviceRole } from "./service-role.ts";

/**
 * Builds `eks:index:Cluster` as eks 4.3 does, for clusters whose nodes, security groups and add-ons are made beside them: the
 * service role, the cluster, the Kubernetes provider, access entries, and the OIDC provider when asked for.
 */
export async function constructCluster(build: Construction): Promise<ProviderPb.ConstructResponse> {
  const { name } = build;
  requireChoice(build, "skipDefaultNodeGroup", "default node group");
  requireChoice(build, "skipDefaultSecurityGroups", "default security groups");
  requireChoice(build, "useDefaultVpcCni", "vpc-cni add-on");
  if (build.plain("authenticationMode") !== "API") {
    throw new Error(
      `eks:index:Cluster "${name}": the sandbox plays authenticationMode "API" only (access entries, no aws-auth ConfigMap).`,
    );
  }
  const kubeProxy = build.plain("kubeProxyAddonOptions");
  const withKubeProxy = !(isObject(kubeProxy) && kubeProxy.enabled === false);
  const coredns = build.plain("corednsAddonOptions");
  const withCoredns = isObject(coredns) && coredns.enabled === true;
  const withOidc = build.plain("createOidcProvider") === true;
  const tags = build.arg("tags");
  const clusterTags = build.arg("clusterTags");
  const spec = clusterInputs(build, tags, clusterTags);
  const givenRole = build.arg("serviceRole");
  const entries = build.plain("accessEntries");
  build.plain("createInstanceRole");
  build.refuseUnread();

  await build.begin();
  const partition = String((await build.invoke("aws:index/getPartition:getPartition", {})).partition);
  const role =
    givenRole.value === undefined
      ? await serviceRole(build, `${name}-eksRole`, {
          service: "eks.amazonaws.com",
          description: "Allows EKS to manage clusters on your behalf.",
          policies: ["AmazonEKSClusterPolicy"],
          actions: ["sts:AssumeRole", "sts:TagSession"],
          partition,
          tags,
        })
      : undefined;
  const cluster = await build.child(
    "aws:eks/cluster:Cluster",
    `${name}-eksCluster`,
    { ...spec, roleArn: role ? role.role.out("arn") : await roleArn(build, givenRole) },
    {
      dependsOn: role ? [role.role, ...role.attachments] : [],
      ignoreChanges: ["accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons"],
    },
  );
  const kubeconfig = kubeconfigRef(cluster);
  const json = kubeconfig.map((config) => JSON.stringify(config));
  await build.child("pulumi:providers:kubernetes", `${name}-eks-k8s`, { kubeconfig: json });
  if (withKubeProxy) await addon(build, cluster, "kube-proxy", tags, isObject(kubeProxy) ? kubeProxy : {});
  if (withCoredns) await addon(build, cluster, "coredns", tags, coredns);
  for (const [key, entry] of Object.entries(isObject(entries) ? entries : {}))
    await accessEntry(build, cluster, key, entry);
  const issuer = cluster.out("identities").map(issuerOf);
  const oidc = withOidc
    ? await build.child("aws:iam/openIdConnectProvider:OpenIdConnectProvider", `${name}-oidcProvider`, {
        clientIdLists: ["sts.amazonaws.com"],
        url: issuer,
        thumbprintLists: ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"],
      })
    : undefined;
  return build.finish({
    kubeconfig,
    kubeconfigJson: json,
    eksCluster: cluster.reference,
    instanceRoles: [],
    clusterSecurityGroupId: cluster
      .out("vpcConfig")
      .map((config) => (isObject(config) ? config.clusterSecurityGroupId : undefined)),
    oidcIssuer: issuer.map((url) => String(url).replace("https://", "")),
    oidcProviderUrl: issuer,
    oidcProviderArn: oidc?.out("arn"),
    core: {
      cluster: cluster.reference,
      vpcId: build.arg("vpcId"),
      subnetIds: subnetIds(build),
      endpoint: cluster.out("endpoint"),
      kubeconfig,
      instanceRoles: [],
      oidcProvider: oidc?.reference,
    },
  });
}

/** Refuses the plugin's default where the sandbox has no children for it. */
function requireChoice(build: Construction, argument: string, what: string): void {
  if (build.plain(argument) !== true) {
    throw new Error(
      `eks:index:Cluster "${build.name}": the sandbox does not make the ${what}; set ${argument}: true and make it beside the cluster.`,
    );
  }
}

function subnetIds(build: Construction): PropertyValue | Ref | (PropertyValue | Ref)[] {
  const given = build.arg("subnetIds");
  if (given.value !== undefined) return given;
  const lists = [build.arg("publicSubnetIds"), build.arg("privateSubnetIds")];
  const unknown = lists.find(({ value }) => value !== undefined && !Array.isArray(value));
  if (unknown) return unknown;
  return new Ref(
    lists.flatMap(({ value }) => (Array.isArray(value) ? value : [])),
    lists.flatMap(({ urns }) => urns),
  );
}

function clusterInputs(build: Construction, tags: Ref, clusterTags: Ref): Record<string, never> {
  const keyArn = build.arg("encryptionConfigKeyArn");
  const range = build.arg("kubernetesServiceIpAddressRange");
  const ipFamily = build.arg("ipFamily");
  const networkConfig =
    range.value === undefined && ipFamily.value === undefined
      ? undefined
      : { serviceIpv4Cidr: range, ipFamily: ipFamily.value === undefined ? "ipv4" : ipFamily };
  const allTags: PropertyMap = {
    Name: `${build.name}-eksCluster`,
    ...(isObject(clusterTags.value) ? clusterTags.value : {}),
    ...(isObject(tags.value) ? tags.value : {}),
  };
  build.arg("vpcId");
  return {
    name: build.arg("name"),
    version: build.arg("version"),
    bootstrapSelfManagedAddons: build.arg("bootstrapSelfManagedAddons").value ?? true,
    vpcConfig: {
      subnetIds: subnetIds(build),
      endpointPrivateAccess: build.arg("endpointPrivateAccess"),
      endpointPublicAccess: build.arg("endpointPublicAccess"),
      publicAccessCidrs: build.arg("publicAccessCidrs"),
    },
    enabledClusterLogTypes: build.arg("enabledClusterLogTypes"),
    tags: new Ref(allTags, [...tags.urns, ...clusterTags.urns]),
    encryptionConfig: keyArn.value === undefined ? undefined : { provider: { keyArn }, resources: ["secrets"] },
    kubernetesNetworkConfig: networkConfig,
    accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
    upgradePolicy: build.arg("upgradePolicy"),
    deletionProtection: build.arg("deletionProtection"),
  } as unknown as Record<string, never>;
}

/** A role that the program gives arrives as its ID, the role's name. */
async function roleArn(build: Construction, role: Ref): Promise<Ref> {
  const identity = await build.invoke("aws:index/getCallerIdentity:getCallerIdentity", {});
  return role.map((given) => {
    const name = isObject(given) ? String(given.id) : String(given);
    return name.startsWith("arn:") ? name : `arn:aws:iam::${String(identity.accountId)}:role/${name}`;
  });
}

function kubeconfigRef(cluster: Child): Ref {
  const all = new Ref(
    [cluster.out("name"), cluster.out("endpoint"), cluster.out("certificateAuthority"), cluster.out("arn")].map(
      ({ value }) => value ?? null,
    ),
    [cluster.urn],
  );
  return all.map((values) => {
    const [name, endpoint, authority, arn] = values as PropertyValue[];
    const certificate = isObject(authority) ? String(authority.data) : "";
    return kubeconfigOf(String(name), String(endpoint), certificate, String(arn).split(":")[3] ?? "");
  });
}

function issuerOf(identities: PropertyValue): PropertyValue | undefined {
  const [identity] = Array.isArray(identities) ? identities : [];
  const [oidc] = isObject(identity) && Array.isArray(identity.oidcs) ? identity.oidcs : [];
  return isObject(oidc) ? oidc.issuer : undefined;
}

async function addon(
  build: Construction,
  cluster: Child,
  addonName: string,
  tags: Ref,
  options: PropertyMap,
): Promise<void> {
  const { configurationValues, version } = options;
  const kubernetesVersion = cluster.out("version");
  const found =
    version ??
    (typeof kubernetesVersion.value === "string" && !build.preview
      ? (
          await build.invoke("aws:eks/getAddonVersion:getAddonVersion", {
            addonName,
            kubernetesVersion: kubernetesVersion.value,
            mostRecent: true,
          })
        ).version
      : undefined);
  await build.child("aws:eks/addon:Addon", `${build.name}-${addonName}`, {
    clusterName: cluster.out("name"),
    addonName,
    preserve: true,
    tags,
    resolveConflictsOnCreate: options.resolveConflictsOnCreate ?? "OVERWRITE",
    resolveConflictsOnUpdate: options.resolveConflictsOnUpdate ?? "OVERWRITE",
    addonVersion: found,
    configurationValues: configurationValues === undefined ? undefined : JSON.stringify(configurationValues),
  });
}

async function accessEntry(build: Construction, cluster: Child, key: string, entry: PropertyValue): Promise<void> {
  if (!isObject(entry)) return;
  const made = await build.child(
    "aws:eks/accessEntry:AccessEntry",
    `${build.name}-${key}`,
    {
      clusterName: cluster.out("name"),
      principalArn: entry.principalArn,
      kubernetesGroups: entry.kubernetesGroups,
      type: entry.type,
      userName: entry.username,
      tags: entry.tags,
    },
    { dependsOn: [cluster] },
  );
  for (const [policyKey, policy] of Object.entries(isObject(entry.accessPolicies) ? entry.accessPolicies : {})) {
    if (!isObject(policy)) continue;
    await build.child(
      "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
      `${build.name}-${key}-${policyKey}`,
      {
        clusterName: cluster.out("name"),
        principalArn: entry.principalArn,
        policyArn: policy.policyArn,
        accessScope: policy.accessScope,
      },
      { dependsOn: [made] },
    );
  }
}
