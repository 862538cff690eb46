import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import { Availability } from "./args.ts";
import type { PostgresPlan } from "./postgres-plan.ts";

/** The settings of the plan as RDS keeps them: a parameter group of the instances, or of the Multi-AZ cluster. */
export function createParameterGroup(
  name: string,
  plan: PostgresPlan,
  tags: Tags,
  parent: pulumi.Resource,
  region?: string,
): pulumi.Output<string> {
  // The major version is part of the name, because a group belongs to one and both must exist during an upgrade.
  const groupName = `${name}-parameters-${plan.majorVersion}`;
  const args = {
    family: `postgres${plan.majorVersion}`,
    description: `${name}: TLS only, statements and waits logged`,
    parameters: plan.parameters.map(({ name, value, restart }) => ({
      name,
      value,
      applyMethod: restart ? "pending-reboot" : "immediate",
    })),
    region,
    tags: named(groupName, tags),
  };
  return plan.availability === Availability.Cluster
    ? new aws.rds.ClusterParameterGroup(groupName, args, { parent }).name
    : new aws.rds.ParameterGroup(groupName, args, { parent }).name;
}
