import { isObject, unwrapSecret } from "../../engine/values.ts";
import type { ProviderPb } from "../../engine/protocol.ts";
import type { Construction, Input } from "../construct/construction.ts";
import { makeTaskDefinition } from "./task-definition.ts";

/** Builds `awsx:ecs:FargateService`: the task definition, when its arguments are given, and the service. */
export async function constructFargateService(build: Construction): Promise<ProviderPb.ConstructResponse> {
  const { name } = build;
  const taskDefinition = build.arg("taskDefinition");
  const taskArgs = build.arg("taskDefinitionArgs");
  if ((taskDefinition.value === undefined) === (taskArgs.value === undefined)) {
    throw new Error(
      `awsx:ecs:FargateService "${name}": exactly one of taskDefinition and taskDefinitionArgs must be provided.`,
    );
  }
  const network = build.arg("networkConfiguration");
  if (network.value === undefined) {
    throw new Error(
      `awsx:ecs:FargateService "${name}": the sandbox has no default VPC for services; give networkConfiguration.`,
    );
  }
  const continues = build.plain("continueBeforeSteadyState") === true;
  const loadBalancers = build.arg("loadBalancers");
  const strategies = build.arg("capacityProviderStrategies");
  const clusterDefault = build.plain("useClusterDefaultCapacityProviderStrategy") === true;
  const rest = build.rest();

  await build.begin();
  let identifier: Input = taskDefinition;
  let own: Awaited<ReturnType<typeof makeTaskDefinition>> | undefined;
  const args = unwrapSecret(taskArgs.value);
  if (isObject(args)) {
    const parent = await build.component("awsx:ecs:FargateTaskDefinition", name);
    own = await makeTaskDefinition(build, name, args, taskArgs.urns, parent);
    identifier = own.definition.out("arn");
  }
  const service = await build.child("aws:ecs/service:Service", name, {
    desiredCount: 1,
    ...rest,
    networkConfiguration: network,
    capacityProviderStrategies: strategies,
    launchType: strategies.value !== undefined || clusterDefault ? undefined : "FARGATE",
    loadBalancers:
      loadBalancers.value !== undefined
        ? loadBalancers
        : own && own.loadBalancers.length > 0
          ? own.loadBalancers
          : undefined,
    waitForSteadyState: !continues,
    taskDefinition: identifier,
  });
  return build.finish({ service: service.reference, taskDefinition: own?.definition.reference });
}
