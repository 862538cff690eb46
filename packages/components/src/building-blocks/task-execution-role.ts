import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../shared/tags.ts";
import { pullImages } from "./pull-images.ts";
import { readSecrets } from "./read-secrets.ts";
import { serviceRole } from "./service-role.ts";

/** What a task's start needs. */
export interface TaskExecutionRoleSpec {
  description: string;
  /** The task's images. */
  images: string[];
  /** The log that the task writes. */
  logGroupArn: pulumi.Input<string>;
  /** Secrets that ECS gives the task as environment variables. */
  secretArns: pulumi.Input<string>[];
  /** Customers' own keys that those secrets are under, and the region. Default: none; Secrets Manager's own key needs no right. */
  secretKeys?: { arns: pulumi.Input<string>[]; region: string };
  tags: Tags;
}

/** What ECS itself does for a task: pull its images, write the log, read its secrets. */
export function taskExecutionRole(name: string, spec: TaskExecutionRoleSpec, parent: pulumi.Resource): aws.iam.Role {
  return serviceRole(
    name,
    {
      service: "ecs-tasks.amazonaws.com",
      description: spec.description,
      statements: [
        ...pullImages(spec.images, parent),
        {
          sid: "WriteLog",
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resources: [pulumi.interpolate`${spec.logGroupArn}:*`],
        },
        ...readSecrets(spec.secretArns, spec.secretKeys?.arns ?? [], spec.secretKeys?.region ?? ""),
      ],
      tags: spec.tags,
    },
    parent,
  );
}
