import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";

/** The user that the database is made with; only the function that makes the roles uses it. */
export const masterUser = "dbadmin";

/** Characters of the password: letters and digits only. */
const passwordLength = 48;

/** What the database is made with. */
export interface MasterSecret {
  arn: pulumi.Output<string>;
  password: pulumi.Output<string>;
}

/**
 * The master's password in a secret of our own: RDS makes no read replica of an instance whose password it manages itself,
 * and no blue/green copy. It opens the database once: the function that makes the roles gives the master `rds_iam`, after
 * which PostgreSQL on RDS takes tokens of IAM from it and no password. 0.40 USD a month.
 */
export function createMasterSecret(
  name: string,
  kmsKeyArn: pulumi.Input<string>,
  tags: Tags,
  parent: pulumi.Resource,
): MasterSecret {
  const secretName = `${name}-master-secret`;
  const secret = new aws.secretsmanager.Secret(
    secretName,
    {
      description: `${name}: the master's first password`,
      kmsKeyId: kmsKeyArn,
      recoveryWindowInDays: 30,
      tags: named(secretName, tags),
    },
    { parent },
  );
  const made = aws.secretsmanager.getRandomPasswordOutput(
    { passwordLength, excludePunctuation: true, requireEachIncludedType: true },
    { parent },
  ).randomPassword;
  const value = new aws.secretsmanager.SecretVersion(
    `${secretName}-value`,
    {
      secretId: secret.id,
      secretString: pulumi.secret(pulumi.jsonStringify({ username: masterUser, password: made })),
    },
    { parent: secret, ignoreChanges: ["secretString"] },
  );
  // Of the stored value and not of `made`, which is another one at each run: a run that failed half-way goes on with the same.
  const password = value.secretString.apply(
    (text) => (JSON.parse(text ?? "{}") as { password?: string }).password ?? "",
  );
  return { arn: pulumi.all([secret.arn, value.urn]).apply(([arn]) => arn), password: pulumi.secret(password) };
}
