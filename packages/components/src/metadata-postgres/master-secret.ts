import type * as pulumi from "@pulumi/pulumi";
import { createUserSecret } from "../building-blocks/user-secret.ts";
import type { Tags } from "../shared/tags.ts";

/** The user that the database is made with; only the function that makes the roles uses it. */
export const masterUser = "dbadmin";

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
  const { arn, content } = createUserSecret(
    `${name}-master-secret`,
    { description: `${name}: the master's first password`, username: masterUser, kmsKeyArn },
    tags,
    parent,
  );
  // What is stored, because a new password is made at each run: a run that failed half-way goes on with the same.
  return { arn, password: content.apply((text) => (JSON.parse(text) as { password?: string }).password ?? "") };
}
