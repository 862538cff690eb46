import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../shared/iam-policy.ts";

/**
 * Rights to read these secrets. One under a customer's own key needs the key as well; it is used through Secrets Manager and
 * for nothing else.
 *
 * @param keyArns keys of the secrets; none where they are under Secrets Manager's own key
 */
export function readSecrets(
  secretArns: pulumi.Input<string>[],
  keyArns: pulumi.Input<string>[],
  region: string,
): Statement<pulumi.Input<string>>[] {
  return [
    ...(secretArns.length === 0
      ? []
      : [{ sid: "ReadSecrets", actions: ["secretsmanager:GetSecretValue"], resources: secretArns }]),
    ...(keyArns.length === 0
      ? []
      : [
          {
            sid: "DecryptSecrets",
            actions: ["kms:Decrypt"],
            resources: keyArns,
            conditions: { StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` } },
          },
        ]),
  ];
}

/** The key that an argument may name, as a list. */
export function keysOf(keyArn: pulumi.Input<string> | undefined): pulumi.Input<string>[] {
  return keyArn === undefined ? [] : [keyArn];
}
