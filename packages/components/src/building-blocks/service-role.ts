import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../shared/iam-policy.ts";
import { named, type Tags } from "../shared/tags.ts";
import { policyJson } from "./policy-json.ts";

/** A role that an AWS service assumes, with exactly the rights it needs. */
export interface ServiceRoleSpec {
  /** The service's principal, such as `ec2.amazonaws.com`. */
  service: string;
  description: string;
  statements: Statement<pulumi.Input<string>>[];
  /** AWS-managed policies, only where AWS asks for them by name (EKS nodes). */
  managedPolicyArns?: pulumi.Input<string>[];
  /** Conditions of the trust policy, such as `aws:SourceAccount` against the confused deputy. */
  trustConditions?: Statement<pulumi.Input<string>>["conditions"];
  /** Further actions of the trust policy beside `sts:AssumeRole`, such as `sts:TagSession`. */
  trustActions?: string[];
  tags: Tags;
}

/** An IAM role for a service with one inline policy. */
export function serviceRole(name: string, spec: ServiceRoleSpec, parent: pulumi.Resource): aws.iam.Role {
  return serviceRoleAndRights(name, spec, parent).role;
}

/**
 * The same, with what gives the role its rights. Machines depend on it: they would start before they may do anything, and at
 * `destroy` lose their rights while they still drain. To depend on the role is not enough, its policies come after it.
 */
export function serviceRoleAndRights(
  name: string,
  spec: ServiceRoleSpec,
  parent: pulumi.Resource,
): { role: aws.iam.Role; rights: pulumi.Resource[] } {
  const role = new aws.iam.Role(
    name,
    {
      description: spec.description,
      assumeRolePolicy: policyJson([
        {
          sid: "ServiceAssumes",
          principals: { Service: spec.service },
          actions: ["sts:AssumeRole", ...(spec.trustActions ?? [])],
          ...(spec.trustConditions === undefined ? {} : { conditions: spec.trustConditions }),
        },
      ]),
      tags: named(name, spec.tags),
    },
    { parent },
  );
  const inRole = { parent: role };
  const own =
    spec.statements.length === 0
      ? []
      : [new aws.iam.RolePolicy(`${name}-policy`, { role: role.id, policy: policyJson(spec.statements) }, inRole)];
  const managed = (spec.managedPolicyArns ?? []).map(
    (policyArn, index) =>
      new aws.iam.RolePolicyAttachment(`${name}-managed-${index}`, { role: role.name, policyArn }, inRole),
  );
  return { role, rights: [...own, ...managed] };
}
