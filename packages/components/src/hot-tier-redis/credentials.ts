import type * as pulumi from "@pulumi/pulumi";
import { createUserSecret } from "../building-blocks/user-secret.ts";
import type { Tags } from "../shared/tags.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";
import { ServerUser } from "./server-users.ts";

/** ARNs of the cluster's secrets by user, known once they have a value. */
export type ClusterSecrets = Record<ServerUser, pulumi.Output<string>>;

/** A secret for each user: `{"username", "password", "ca"}`. 0.40 USD a month each. */
export function clusterSecrets(
  name: string,
  { clusterName }: HotTierPlan,
  kmsKeyArn: pulumi.Input<string>,
  certificateAuthorityPem: pulumi.Input<string>,
  tags: Tags,
  parent: pulumi.Resource,
): ClusterSecrets {
  const entries = Object.values(ServerUser).map((username) => {
    const { arn } = createUserSecret(
      `${name}-secret-${username}`,
      {
        description: `User ${username} of the hot tier ${clusterName}`,
        username,
        beside: { ca: certificateAuthorityPem },
        kmsKeyArn,
      },
      { ...tags, "mrgc:cluster": clusterName },
      parent,
    );
    return [username, arn] as const;
  });
  return Object.fromEntries(entries) as ClusterSecrets;
}
