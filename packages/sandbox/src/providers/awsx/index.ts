import type { Constructor } from "../construct/service.ts";
import { constructFargateService } from "./fargate-service.ts";
import { constructTaskDefinition } from "./task-definition.ts";
import { constructVpc } from "./vpc.ts";

/** The components of awsx that the sandbox builds, by token. */
export const awsxConstructors: Readonly<Record<string, Constructor>> = {
  "awsx:ec2:Vpc": constructVpc,
  "awsx:ecs:FargateService": constructFargateService,
  "awsx:ecs:FargateTaskDefinition": constructTaskDefinition,
};
