import { account, arn, text, type Behaviour, type Scene } from "../behaviour.ts";

const named =
  (kind: string) =>
  (scene: Scene, id: string): string =>
    `arn:${scene.partition}:iam::${account}:${kind}${text(scene.inputs.path) ?? "/"}${text(scene.inputs.name) ?? id}`;

const byName = (scene: Scene): string => text(scene.inputs.name) ?? scene.hex(12);
const uuid = (digits: string): string =>
  [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20, 32)].join("-");
const keyArn = (scene: Scene, id: string): string => arn(scene, "kms", `key/${id}`);

/** IAM, KMS, secrets and parameters. */
export const identity: Record<string, Behaviour> = {
  "aws:iam/role:Role": {
    id: byName,
    arn: named("role"),
    autoName: { property: "name", maxLength: 64 },
    unique: "name",
    replaceOn: ["name", "path"],
    defaults: { path: "/", maxSessionDuration: 3600, forceDetachPolicies: false },
    outputs: (scene) => ({ uniqueId: `AROA${scene.hex(17).toUpperCase()}`, createDate: "2026-01-01T00:00:00Z" }),
  },
  "aws:iam/policy:Policy": {
    id: (scene) => named("policy")(scene, byName(scene)),
    arn: (_scene, id) => id,
    autoName: { property: "name", maxLength: 128 },
    unique: "name",
    replaceOn: ["name", "path", "description"],
    defaults: { path: "/" },
    outputs: (scene) => ({ policyId: `ANPA${scene.hex(17).toUpperCase()}` }),
  },
  "aws:iam/instanceProfile:InstanceProfile": {
    id: byName,
    arn: named("instance-profile"),
    autoName: { property: "name", maxLength: 128 },
    unique: "name",
    replaceOn: ["path"],
    defaults: { path: "/" },
  },
  "aws:iam/user:User": {
    id: byName,
    arn: named("user"),
    autoName: { property: "name", maxLength: 64 },
    unique: "name",
  },
  "aws:iam/rolePolicy:RolePolicy": {
    id: (scene) => `${text(scene.inputs.role) ?? ""}:${byName(scene)}`,
    replaceOn: ["name", "role"],
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    id: (scene) => `${text(scene.inputs.role) ?? ""}/${text(scene.inputs.policyArn) ?? ""}`,
    replaceOn: ["role", "policyArn"],
  },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    id: (scene) =>
      `arn:${scene.partition}:iam::${account}:oidc-provider/${(text(scene.inputs.url) ?? "").replace("https://", "")}`,
    arn: (_scene, id) => id,
    replaceOn: ["url"],
  },
  "aws:iam/serviceLinkedRole:ServiceLinkedRole": { replaceOn: ["awsServiceName", "customSuffix"] },
  "aws:kms/key:Key": {
    id: (scene) => uuid(scene.hex(32)),
    arn: keyArn,
    replaceOn: ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"],
    defaults: { customerMasterKeySpec: "SYMMETRIC_DEFAULT", keyUsage: "ENCRYPT_DECRYPT", isEnabled: true },
    outputs: (scene, id) => ({
      keyId: id,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Enable IAM User Permissions",
            Effect: "Allow",
            Principal: { AWS: `arn:${scene.partition}:iam::${account}:root` },
            Action: "kms:*",
            Resource: "*",
          },
        ],
      }),
    }),
  },
  "aws:kms/replicaKey:ReplicaKey": {
    id: (scene) => uuid(scene.hex(32)),
    arn: keyArn,
    replaceOn: ["primaryKeyArn"],
    outputs: (_scene, id) => ({ keyId: id }),
  },
  "aws:kms/alias:Alias": {
    id: byName,
    arn: (scene, id) => arn(scene, "kms", id),
    autoName: { property: "name", maxLength: 256, prefix: "alias/" },
    unique: "name",
    replaceOn: ["name"],
    outputs: (scene) => ({ targetKeyArn: keyArn(scene, text(scene.inputs.targetKeyId) ?? "") }),
    check: (scene) => {
      const name = text(scene.inputs.name);
      return name !== undefined && !name.startsWith("alias/")
        ? [{ property: "name", reason: `"${name}" must begin with "alias/"` }]
        : [];
    },
  },
  "aws:kms/grant:Grant": { replaceOn: ["keyId", "granteePrincipal", "operations", "constraints", "name"] },
  "aws:secretsmanager/secret:Secret": {
    id: (scene) => arn(scene, "secretsmanager", `secret:${byName(scene)}-${scene.hex(6, "secret")}`),
    arn: (_scene, id) => id,
    autoName: { property: "name", maxLength: 512 },
    unique: "name",
    replaceOn: ["name"],
  },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    id: (scene) => `${text(scene.inputs.secretId) ?? ""}|${uuid(scene.hex(32))}`,
    arn: (scene) => text(scene.inputs.secretId) ?? "",
    replaceOn: ["secretId", "secretString", "secretBinary"],
    outputs: (_scene, id) => ({ versionId: id.split("|")[1] ?? "", versionStages: ["AWSCURRENT"] }),
  },
  "aws:secretsmanager/secretRotation:SecretRotation": {
    id: (scene) => text(scene.inputs.secretId) ?? scene.hex(12),
    replaceOn: ["secretId"],
  },
  "aws:secretsmanager/secretPolicy:SecretPolicy": {
    id: (scene) => text(scene.inputs.secretArn) ?? scene.hex(12),
    replaceOn: ["secretArn"],
  },
  "aws:ssm/parameter:Parameter": {
    id: byName,
    arn: (scene, id) => arn(scene, "ssm", `parameter${id.startsWith("/") ? "" : "/"}${id}`),
    autoName: { property: "name", maxLength: 2048 },
    unique: "name",
    replaceOn: ["name"],
    defaults: { tier: "Standard" },
    outputs: (scene, id) => ({ version: 1 + Number(scene.cloud.get(scene.type, id, scene)?.outputs.version ?? 0) }),
  },
};
