import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";

/** What a user's secret holds and who may read it. */
interface UserSecretSpec {
  description: string;
  username: string;
  /** What the secret holds beside user and password. */
  beside?: Record<string, pulumi.Input<string>>;
  kmsKeyArn: pulumi.Input<string>;
}

/** A user's secret. */
export interface UserSecret {
  /** Known once the secret has its value. */
  arn: pulumi.Output<string>;
  /** What is stored: JSON, and secret. */
  content: pulumi.Output<string>;
}

/** Characters of a password: letters and digits only, as it is written into configuration files. */
const passwordLength = 48;

/**
 * A user's name and password in Secrets Manager, as JSON `{"username", "password"}` with what stands beside them. Secrets
 * Manager makes the password at creation; afterwards the stack leaves it alone, so that a rotation is not undone by the next
 * `pulumi up`. 0.40 USD a month.
 */
export function createUserSecret(
  secretName: string,
  { description, username, beside, kmsKeyArn }: UserSecretSpec,
  tags: Tags,
  parent: pulumi.Resource,
): UserSecret {
  const secret = new aws.secretsmanager.Secret(
    secretName,
    { description, kmsKeyId: kmsKeyArn, recoveryWindowInDays: 30, tags: named(secretName, tags) },
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
      secretString: pulumi.secret(pulumi.jsonStringify({ username, password, ...beside })),
    },
    { parent: secret, ignoreChanges: ["secretString"] },
  );
  return {
    arn: pulumi.all([secret.arn, value.urn]).apply(([arn]) => arn),
    content: pulumi.secret(value.secretString.apply((text) => text ?? "{}")),
  };
}
