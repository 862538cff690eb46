import { sdkVersionOf } from "../construct/child.ts";
import type { ComponentPackage } from "../construct/component-provider.ts";
import { buildFargateService, buildFargateTaskDefinition } from "./fargate.ts";
import { buildVpc } from "./vpc.ts";

/** What the sandbox builds of awsx. */
export function awsxPackage(): ComponentPackage {
  return {
    name: "awsx",
    version: sdkVersionOf("awsx"),
    components: {
      "awsx:ec2:Vpc": buildVpc,
      "awsx:ecs:FargateService": buildFargateService,
      "awsx:ecs:FargateTaskDefinition": buildFargateTaskDefinition,
    },
    methods: {},
  };
}
