import { createHash } from "node:crypto";
import type { Output, Resource } from "@pulumi/pulumi";
import { child, component } from "../construct/child.ts";
import { refuseOthers } from "../construct/refuse-others.ts";
import type { Build, Inputs, Pulumi } from "../construct/sdk-server.ts";
import { fargateSize } from "./fargate-size.ts";

const serviceInputs = [
  "availabilityZoneRebalancing",
  "capacityProviderStrategies",
  "deploymentCircuitBreaker",
  "deploymentConfiguration",
  "deploymentController",
  "deploymentMaximumPercent",
  "deploymentMinimumHealthyPercent",
  "desiredCount",
  "enableEcsManagedTags",
  "enableExecuteCommand",
  "forceNewDeployment",
  "healthCheckGracePeriodSeconds",
  "loadBalancers",
  "name",
  "networkConfiguration",
  "platformVersion",
  "propagateTags",
  "region",
  "serviceConnectConfiguration",
  "serviceRegistries",
  "tags",
  "triggers",
];
const taskInputs = [
  "cpu",
  "ephemeralStorage",
  "family",
  "memory",
  "pidMode",
  "proxyConfiguration",
  "region",
  "runtimePlatform",
  "skipDestroy",
  "tags",
  "trackLatest",
  "volumes",
];

/** `awsx:ecs:FargateService` with the children of the published plugin. */
export const buildFargateService: Build = (pulumi, name, args, options) => {
  const token = "awsx:ecs:FargateService";
  const own = ["cluster", "continueBeforeSteadyState", "taskDefinition", "taskDefinitionArgs"];
  refuseOthers(token, args, [...serviceInputs, ...own]);
  if (args.networkConfiguration === undefined) {
    throw new Error(`${token} ${name}: networkConfiguration is needed; the sandbox has no default VPC`);
  }
  if ((args.taskDefinition === undefined) === (args.taskDefinitionArgs === undefined)) {
    throw new Error(`${token} ${name}: exactly one of taskDefinition and taskDefinitionArgs is needed`);
  }
  const self = component(pulumi, token, name, {
    ...options,
    aliases: [{ type: "awsx:x:ecs:FargateService" }, ...(options.aliases ?? [])],
  });
  const task =
    args.taskDefinitionArgs === undefined
      ? undefined
      : buildTask(pulumi, name, args.taskDefinitionArgs as Inputs, { parent: self });
  const service = child(
    pulumi,
    "aws:ecs/service:Service",
    name,
    {
      desiredCount: 1,
      ...pick(args, serviceInputs),
      cluster: args.cluster as unknown,
      launchType: args.capacityProviderStrategies === undefined ? "FARGATE" : undefined,
      loadBalancers: (args.loadBalancers as unknown) ?? task?.loadBalancers,
      waitForSteadyState: pulumi
        .output(args.continueBeforeSteadyState as boolean | undefined)
        .apply((continues) => !(continues ?? false)),
      taskDefinition: task === undefined ? (args.taskDefinition as unknown) : task.arn,
    },
    { parent: self },
  );
  return { urn: self.urn, state: { service, ...(task === undefined ? {} : { taskDefinition: task.resource }) } };
};

/** `awsx:ecs:FargateTaskDefinition` with the children of the published plugin. */
export const buildFargateTaskDefinition: Build = (pulumi, name, args, options) => {
  const task = buildTask(pulumi, name, args, options);
  return { urn: task.self.urn, state: { taskDefinition: task.resource, loadBalancers: task.loadBalancers } };
};

function buildTask(pulumi: Pulumi, name: string, args: Inputs, options: object) {
  const token = "awsx:ecs:FargateTaskDefinition";
  refuseOthers(token, args, [...taskInputs, "container", "containers", "executionRole", "logGroup", "taskRole"]);
  const self = component(pulumi, token, name, { ...options, aliases: [{ type: "awsx:x:ecs:FargateTaskDefinition" }] });
  const containers = namedContainers(pulumi, name, args);
  if ((args.logGroup as Inputs | undefined)?.skip !== true) {
    throw new Error(`${token} ${name}: the sandbox wants logGroup.skip, with logConfiguration in the containers`);
  }
  const definitions = containers.apply((byName) =>
    Object.entries(byName)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([containerName, container]) => ({
        ...container,
        portMappings: (container.portMappings as Inputs[] | undefined)?.map(portMapping),
        name: containerName,
      })),
  );
  const size = definitions.apply((list) => fargateSize(list));
  const text = definitions.apply((list) => JSON.stringify(list));
  const resource = child(
    pulumi,
    "aws:ecs/taskDefinition:TaskDefinition",
    name,
    {
      ...pick(args, taskInputs),
      cpu: (args.cpu as unknown) ?? size.apply(({ cpu }) => cpu),
      memory: (args.memory as unknown) ?? size.apply(({ memory }) => memory),
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      taskRoleArn: role(pulumi, `${name}-task`, args.taskRole as Inputs | undefined, [], self),
      executionRoleArn: role(
        pulumi,
        `${name}-execution`,
        args.executionRole as Inputs | undefined,
        [executionPolicy],
        self,
      ),
      family: pulumi
        .all([args.family as string | undefined, text])
        .apply(([family, list]) => family ?? `${name}-${shortHash(pulumi.getStack() + list)}`),
      containerDefinitions: text,
    },
    { parent: self },
    ["arn"],
  );
  return { self, resource, arn: resource.arn, loadBalancers: containers.apply(loadBalancersOf) };
}

const executionPolicy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

function namedContainers(pulumi: Pulumi, name: string, args: Inputs): Output<Record<string, Inputs>> {
  if ((args.container === undefined) === (args.containers === undefined)) {
    throw new Error(`awsx:ecs:FargateTaskDefinition ${name}: exactly one of container and containers is needed`);
  }
  if (args.containers !== undefined) {
    return pulumi.output(args.containers as Record<string, Inputs>);
  }
  return pulumi
    .output(args.container as Inputs)
    .apply((container) => ({ [String(container.name ?? "container")]: container as Inputs })) as Output<
    Record<string, Inputs>
  >;
}

function portMapping(mapping: Inputs): Inputs {
  const target = (mapping.targetGroup as Inputs | undefined)?.port as number | undefined;
  const { name, containerPortRange, appProtocol, containerPort, hostPort, protocol } = mapping;
  return {
    name,
    containerPortRange,
    appProtocol,
    containerPort: containerPort ?? hostPort ?? target,
    hostPort: hostPort ?? target ?? containerPort,
    protocol,
  };
}

function loadBalancersOf(containers: Record<string, Inputs>): Inputs[] {
  return Object.entries(containers).flatMap(([containerName, container]) =>
    ((container.portMappings as Inputs[] | undefined) ?? []).flatMap((mapping) => {
      const group = mapping.targetGroup as Inputs | undefined;
      return group?.arn === undefined || group.port === undefined
        ? []
        : [{ containerName, containerPort: group.port as number, targetGroupArn: group.arn as string }];
    }),
  );
}

/** The role that was given, none where it is skipped, else one made for the task. */
function role(
  pulumi: Pulumi,
  name: string,
  given: Inputs | undefined,
  policyArns: string[],
  parent: Resource,
): unknown {
  if (given?.skip === true) {
    return undefined;
  }
  if (given?.roleArn !== undefined) {
    return given.roleArn;
  }
  const trust = {
    Action: "sts:AssumeRole",
    Principal: { Service: "ecs-tasks.amazonaws.com" },
    Effect: "Allow",
    Sid: "",
  };
  const assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  const made = child(
    pulumi,
    "aws:iam/role:Role",
    name,
    { assumeRolePolicy, ...(given?.args as Inputs | undefined) },
    { parent },
    ["arn", "name"],
  );
  for (const policyArn of policyArns) {
    child(
      pulumi,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      `${name}-${shortHash(policyArn)}`,
      { role: made.name, policyArn },
      { parent },
    );
  }
  return made.arn;
}

function pick(args: Inputs, keys: string[]): Inputs {
  return Object.fromEntries(keys.filter((key) => args[key] !== undefined).map((key) => [key, args[key] as unknown]));
}

/** The first eight digits of SHA-1, as awsx names families and attachments. */
function shortHash(text: string): string {
  return createHash("sha1").update(text).digest("hex").slice(0, 8);
}
