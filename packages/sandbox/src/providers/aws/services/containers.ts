import { isObject } from "../../../engine/values.ts";
import { account, arn, number, text, type Behaviour, type Scene } from "../behaviour.ts";

const repositoryUrl = (scene: Scene): string =>
  `${account}.dkr.ecr.${scene.region}.amazonaws.com/${text(scene.inputs.name) ?? "repository"}`;

/** ECS, EKS and their registries. */
export const containers: Record<string, Behaviour> = {
  "aws:eks/cluster:Cluster": {
    id: (scene) => text(scene.inputs.name) ?? scene.hex(12),
    arn: (scene, id) => arn(scene, "eks", `cluster/${id}`),
    autoName: { property: "name", maxLength: 100 },
    unique: "name",
    replaceOn: [
      "name",
      "roleArn",
      "kubernetesNetworkConfig.serviceIpv4Cidr",
      "kubernetesNetworkConfig.ipFamily",
      "encryptionConfig",
    ],
    defaults: { version: "1.36", bootstrapSelfManagedAddons: true },
    outputs: (scene) => {
      const issuer = `https://oidc.eks.${scene.region}.amazonaws.com/id/${scene.hex(32, "oidc").toUpperCase()}`;
      const vpcConfig = isObject(scene.inputs.vpcConfig) ? scene.inputs.vpcConfig : {};
      const certificate = `-----BEGIN CERTIFICATE-----\n${scene.hex(64, "ca")}\n-----END CERTIFICATE-----\n`;
      return {
        endpoint: `https://${scene.hex(32, "oidc").toUpperCase()}.gr7.${scene.region}.eks.amazonaws.com`,
        status: "ACTIVE",
        platformVersion: "eks.1",
        createdAt: "2026-01-01T00:00:00Z",
        certificateAuthority: { data: Buffer.from(certificate).toString("base64") },
        certificateAuthorities: [{ data: Buffer.from(certificate).toString("base64") }],
        identities: [{ oidcs: [{ issuer }] }],
        vpcConfig: {
          endpointPrivateAccess: false,
          endpointPublicAccess: true,
          ...vpcConfig,
          clusterSecurityGroupId: `sg-${scene.hex(17, "cluster-sg")}`,
          vpcId: `vpc-${scene.hex(17, "vpc")}`,
        },
        kubernetesNetworkConfig: {
          ipFamily: "ipv4",
          serviceIpv4Cidr: "172.20.0.0/16",
          ...(isObject(scene.inputs.kubernetesNetworkConfig) ? scene.inputs.kubernetesNetworkConfig : {}),
        },
      };
    },
  },
  "aws:eks/nodeGroup:NodeGroup": {
    id: (scene) => `${text(scene.inputs.clusterName) ?? ""}:${text(scene.inputs.nodeGroupName) ?? scene.hex(8)}`,
    arn: (scene) =>
      arn(
        scene,
        "eks",
        `nodegroup/${text(scene.inputs.clusterName) ?? ""}/${text(scene.inputs.nodeGroupName) ?? ""}/${scene.hex(32)}`,
      ),
    autoName: { property: "nodeGroupName", maxLength: 63 },
    replaceOn: [
      "amiType",
      "capacityType",
      "clusterName",
      "diskSize",
      "instanceTypes",
      "nodeGroupName",
      "nodeRoleArn",
      "remoteAccess",
      "subnetIds",
    ],
    outputs: (scene) => ({
      status: "ACTIVE",
      resources: [
        {
          autoscalingGroups: [{ name: `eks-${text(scene.inputs.nodeGroupName) ?? ""}-${scene.hex(12)}` }],
          remoteAccessSecurityGroupId: "",
        },
      ],
    }),
    check: ({ inputs }) => {
      const scaling = isObject(inputs.scalingConfig) ? inputs.scalingConfig : {};
      const max = number(scaling.maxSize);
      return max !== undefined && max > 450
        ? [
            {
              property: "scalingConfig.maxSize",
              reason: `${max} is more than the 450 nodes that a managed node group holds by default (quota L-BD136A63); split it`,
            },
          ]
        : [];
    },
  },
  "aws:eks/addon:Addon": {
    id: (scene) => `${text(scene.inputs.clusterName) ?? ""}:${text(scene.inputs.addonName) ?? ""}`,
    arn: (scene) =>
      arn(
        scene,
        "eks",
        `addon/${text(scene.inputs.clusterName) ?? ""}/${text(scene.inputs.addonName) ?? ""}/${scene.hex(32)}`,
      ),
    replaceOn: ["clusterName", "addonName"],
    outputs: () => ({ addonVersion: "v1.0.0-eksbuild.1" }),
  },
  "aws:eks/accessEntry:AccessEntry": {
    id: (scene) => `${text(scene.inputs.clusterName) ?? ""}:${text(scene.inputs.principalArn) ?? ""}`,
    replaceOn: ["clusterName", "principalArn", "type"],
    outputs: (scene) => ({ userName: text(scene.inputs.principalArn) ?? "", type: "STANDARD" }),
  },
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {
    replaceOn: ["clusterName", "principalArn", "policyArn", "accessScope"],
  },
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
    idPrefix: "a-",
    replaceOn: ["clusterName", "namespace", "serviceAccount"],
    outputs: (scene) => ({ associationId: `a-${scene.hex(17)}` }),
  },
  "aws:ecs/cluster:Cluster": {
    id: (scene) => arn(scene, "ecs", `cluster/${text(scene.inputs.name) ?? ""}`),
    arn: (_scene, id) => id,
  },
  "aws:ecs/service:Service": {
    id: (scene) =>
      arn(
        scene,
        "ecs",
        `service/${(text(scene.inputs.cluster) ?? "default").split("/").at(-1) ?? ""}/${text(scene.inputs.name) ?? ""}`,
      ),
    arn: (_scene, id) => id,
    unique: "name",
    replaceOn: ["cluster", "launchType", "name", "schedulingStrategy"],
  },
  "aws:ecs/taskDefinition:TaskDefinition": {
    id: (scene) => text(scene.inputs.family) ?? scene.hex(12),
    arn: (scene, id) => `${arn(scene, "ecs", `task-definition/${id}`)}:${scene.cloud.generation(scene.urn) + 1}`,
    autoName: false,
    replaceOn: [
      "containerDefinitions",
      "cpu",
      "memory",
      "family",
      "executionRoleArn",
      "taskRoleArn",
      "networkMode",
      "requiresCompatibilities",
      "runtimePlatform",
      "volumes",
      "ephemeralStorage",
      "placementConstraints",
      "ipcMode",
      "pidMode",
      "proxyConfiguration",
    ],
    outputs: (scene) => {
      const family = text(scene.inputs.family) ?? "";
      const revision = scene.cloud.generation(scene.urn) + 1;
      return { revision, arnWithoutRevision: arn(scene, "ecs", `task-definition/${family}`) };
    },
  },
  "aws:ecr/repository:Repository": {
    id: (scene) => text(scene.inputs.name) ?? scene.hex(12),
    arn: (scene, id) => arn(scene, "ecr", `repository/${id}`),
    autoName: { property: "name", maxLength: 256, lowerCase: true },
    unique: "name",
    replaceOn: ["name", "encryptionConfigurations"],
    outputs: (scene) => ({ repositoryUrl: repositoryUrl(scene), registryId: account }),
  },
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": { replaceOn: ["ecrRepositoryPrefix", "upstreamRegistryUrl"] },
};
