import { createHash } from "node:crypto";
import type { Child, Construction, Ref } from "../construct/construction.ts";

const shortHash = (text: string): string => createHash("sha1").update(text).digest("hex").slice(0, 8);

/** The role that a service assumes, with managed policies: the component `eks:index:ServiceRole` of the published plugin. */
export async function serviceRole(
  build: Construction,
  name: string,
  spec: {
    service: string;
    description: string;
    policies: readonly string[];
    actions: readonly string[];
    partition: string;
    tags: Ref;
  },
): Promise<{ role: Child; attachments: Child[] }> {
  const parent = await build.component("eks:index:ServiceRole", name);
  const statement = { Action: [...spec.actions], Effect: "Allow", Principal: { Service: [spec.service] } };
  const role = await build.child(
    "aws:iam/role:Role",
    `${name}-role`,
    {
      description: spec.description,
      assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
      tags: spec.tags,
    },
    { parent },
  );
  const attachments = await Promise.all(
    spec.policies.map((policy) =>
      build.child(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        `${name}-${shortHash(`arn:aws:iam::aws:policy/${policy}`)}`,
        { policyArn: `arn:${spec.partition}:iam::aws:policy/${policy}`, role: role.out("name") },
        { parent },
      ),
    ),
  );
  return { role, attachments };
}
