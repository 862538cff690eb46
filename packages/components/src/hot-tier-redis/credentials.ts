import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";
import { ServerUser } from "./server-users.ts";

/** ARNs of the cluster's secrets by user, known once they have a value. */
export type ClusterSecrets = Record<ServerUser, pulumi.Output<string>>;

/** Characters of a password: letters and digits only, as it is written into configuration files. */
const passwordLength = 48;

/**
 * A secret for each user: `{"username", "password", "ca"}`. Secrets Manager makes the password at creation; afterwards the
 * stack leaves it alone, so that a rotation is not undone by the next `pulumi up`. 0.40 USD a month each.
 */
export function clusterSecrets(
  name: string,
  plan: HotTierPlan,
  kmsKeyArn: pulumi.Input<string>,
  certificateAuthorityPem: pulumi.Input<string>,
  tags: Tags,
  parent: pulumi.Resource,
): ClusterSecrets {
  const entries = Object.values(ServerUser).map((user) => {
    const secretName = `${name}-secret-${user}`;
    const secret = new aws.secretsmanager.Secret(
      secretName,
      {
        description: `User ${user} of the hot tier ${plan.clusterName}`,
        kmsKeyId: kmsKeyArn,
        recoveryWindowInDays: 30,
        tags: { ...named(secretName, tags), "mrgc:cluster": plan.clusterName },
      },
      { parent },
    );
    const password = aws.secretsmanager.getRandomPasswordOutput(
      { passwordLength, excludePunctuation: true, requireEachIncludedType: true },
      { parent },
    ).randomPassword;
    const value = new aws.secretsmanager.SecretVersion(
      `${secretName}-value`,
      {
        secretId: secret.id,
        secretString: pulumi.secret(pulumi.jsonStringify({ username: user, password, ca: certificateAuthorityPem })),
      },
      { parent: secret, ignoreChanges: ["secretString"] },
    );
    return [user, pulumi.all([secret.arn, value.urn]).apply(([arn]) => arn)] as const;
  });
  return Object.fromEntries(entries) as ClusterSecrets;
}
