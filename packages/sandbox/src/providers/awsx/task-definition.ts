import { createHash } from "node:crypto";
import {
  containsUnknowns,
  isObject,
  Signature,
  signatureOf,
  unknownValue,
  unwrapSecret,
  type PropertyMap,
  type PropertyValue,
} from "../../engine/values.ts";
import type { ProviderPb } from "../../engine/protocol.ts";
import { Ref, type Child, type Construction, type Input } from "../construct/construction.ts";
import { fargateSize } from "./fargate-size.ts";

const shortHash = (text: string): string => createHash("sha1").update(text).digest("hex").slice(0, 8);
const executionPolicy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
const assumeRolePolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" }, Effect: "Allow", Sid: "" },
  ],
});

/** The children of a Fargate task definition. */
export interface TaskDefinitionChildren {
  readonly definition: Child;
  readonly logGroup?: Child;
  readonly taskRole?: Child;
  readonly executionRole?: Child;
  readonly loadBalancers: PropertyValue[];
}

/** Builds `awsx:ecs:FargateTaskDefinition`. */
export async function constructTaskDefinition(build: Construction): Promise<ProviderPb.ConstructResponse> {
  const args = build.rest();
  await build.begin();
  const values = Object.fromEntries(
    Object.entries(args).flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]])),
  );
  const urns = Object.values(args).flatMap((ref) => ref.urns);
  const made = await makeTaskDefinition(build, build.name, values, urns, build.urn);
  return build.finish({
    taskDefinition: made.definition.reference,
    logGroup: made.logGroup?.reference,
    taskRole: made.taskRole?.reference,
    executionRole: made.executionRole?.reference,
    loadBalancers: made.loadBalancers,
  });
}

/** Makes log group, roles and task definition under `parent`, as awsx 3.9 names and fills them. */
export async function makeTaskDefinition(
  build: Construction,
  name: string,
  args: PropertyMap,
  urns: readonly string[],
  parent: string,
): Promise<TaskDefinitionChildren> {
  const {
    container,
    containers,
    logGroup: logs,
    taskRole: taskRoleArgs,
    executionRole: executionRoleArgs,
    ...others
  } = args;
  const given = containersOf(container, containers);
  const mapped = await withTargetGroups(build, given);
  const log = await logGroup(build, name, logs, parent);
  const taskRole = await role(build, `${name}-task`, taskRoleArgs, [], parent);
  const executionRole = await role(build, `${name}-execution`, executionRoleArgs, [executionPolicy], parent);
  const definitions = definitionsOf(mapped, log.options);
  const known = !containsUnknowns(definitions);
  const json = new Ref(known ? JSON.stringify(definitions) : unknownValue, [
    ...urns,
    ...(log.child ? [log.child.urn] : []),
  ]);
  const definition = await build.child(
    "aws:ecs/taskDefinition:TaskDefinition",
    name,
    {
      ...sizeOf(definitions, known),
      ...others,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      taskRoleArn: taskRole.arn,
      executionRoleArn: executionRole.arn,
      family: others.family ?? json.map((text) => `${name}-${shortHash(build.stack + String(text))}`),
      containerDefinitions: json,
    },
    { parent },
  );
  return {
    definition,
    ...(log.child ? { logGroup: log.child } : {}),
    ...(taskRole.child ? { taskRole: taskRole.child } : {}),
    ...(executionRole.child ? { executionRole: executionRole.child } : {}),
    loadBalancers: loadBalancersOf(mapped),
  };
}

function containersOf(container: PropertyValue | undefined, containers: PropertyValue | undefined): PropertyMap {
  if ((container === undefined) === (containers === undefined))
    throw new Error("Exactly one of [container] or [containers] must be provided");
  const many = unwrapSecret(containers);
  if (isObject(many)) return many;
  const one = unwrapSecret(container);
  return isObject(one) ? { [typeof one.name === "string" ? one.name : "container"]: one } : {};
}

/** Puts port and ARN in place of the target groups that port mappings name. */
async function withTargetGroups(build: Construction, containers: PropertyMap): Promise<PropertyMap> {
  const entries = Object.entries(containers).map(async ([name, container]): Promise<[string, PropertyValue]> => {
    if (!isObject(container) || !Array.isArray(container.portMappings)) return [name, container];
    const portMappings = await Promise.all(
      container.portMappings.map(async (mapping): Promise<PropertyValue> => {
        if (
          !isObject(mapping) ||
          !isObject(mapping.targetGroup) ||
          signatureOf(mapping.targetGroup) !== Signature.Resource
        )
          return mapping;
        const { state } = await build.invoke("pulumi:pulumi:getResource", { urn: mapping.targetGroup.urn! });
        return {
          ...mapping,
          targetGroup: isObject(state)
            ? { port: state.port ?? unknownValue, arn: state.arn ?? unknownValue }
            : unknownValue,
        };
      }),
    );
    return [name, { ...container, portMappings }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

function definitionsOf(containers: PropertyMap, log: PropertyMap | undefined): PropertyValue[] {
  const names = Object.keys(containers).sort((a, b) => a.localeCompare(b));
  return names.flatMap((name) => {
    const container = containers[name];
    if (!isObject(container)) return [];
    const mappings = Array.isArray(container.portMappings) ? container.portMappings.map(portMapping) : undefined;
    const own: PropertyMap = { ...container, ...(mappings ? { portMappings: mappings } : {}), name };
    if (own.logConfiguration === undefined && log) {
      own.logConfiguration = { logDriver: "awslogs", options: { ...log, "awslogs-stream-prefix": name } };
    }
    return [own];
  });
}

function portMapping(mapping: PropertyValue): PropertyValue {
  if (!isObject(mapping)) return mapping;
  const group = isObject(mapping.targetGroup) ? mapping.targetGroup : {};
  const ports: Record<string, PropertyValue | undefined> = {
    name: mapping.name,
    containerPortRange: mapping.containerPortRange,
    appProtocol: mapping.appProtocol,
    containerPort: mapping.containerPort ?? mapping.hostPort ?? group.port,
    hostPort: mapping.hostPort ?? group.port ?? mapping.containerPort,
    protocol: mapping.protocol,
  };
  return Object.fromEntries(
    Object.entries(ports).filter((entry): entry is [string, PropertyValue] => entry[1] !== undefined),
  );
}

function loadBalancersOf(containers: PropertyMap): PropertyValue[] {
  return Object.entries(containers).flatMap(([containerName, container]) => {
    const mappings = isObject(container) && Array.isArray(container.portMappings) ? container.portMappings : [];
    return mappings.flatMap((mapping) => {
      const group = isObject(mapping) && isObject(mapping.targetGroup) ? mapping.targetGroup : {};
      const { port, arn } = group;
      return port !== undefined && arn !== undefined
        ? [{ containerName, containerPort: port, targetGroupArn: arn }]
        : [];
    });
  });
}

function sizeOf(definitions: readonly PropertyValue[], known: boolean): PropertyMap {
  if (!known) return { cpu: unknownValue, memory: unknownValue };
  const sum = (pick: (container: PropertyMap) => PropertyValue | undefined): number =>
    definitions.reduce<number>((total, each) => total + (isObject(each) ? Number(pick(each) ?? 0) : 0), 0);
  const size = fargateSize(
    sum(({ cpu }) => cpu) / 1024,
    sum(({ memory, memoryReservation }) => memoryReservation ?? memory) / 1024,
  );
  return { cpu: String(size.vcpu * 1024), memory: String(size.memoryGib * 1024) };
}

async function logGroup(
  build: Construction,
  name: string,
  given: PropertyValue | undefined,
  parent: string,
): Promise<{ child?: Child; options?: PropertyMap }> {
  const inputs = isObject(given) ? given : {};
  if (inputs.skip === true) return {};
  const existing = isObject(inputs.existing) ? inputs.existing : undefined;
  const region = (await build.invoke("aws:index/getRegion:getRegion", {})).region ?? unknownValue;
  if (existing) {
    const arn = typeof existing.arn === "string" ? existing.arn.split(":") : undefined;
    const group = arn ? (arn[6] ?? unknownValue) : (existing.name ?? unknownValue);
    return { options: { "awslogs-group": group, "awslogs-region": arn?.[3] ?? existing.region ?? region } };
  }
  const child = await build.child("aws:cloudwatch/logGroup:LogGroup", name, isObject(inputs.args) ? inputs.args : {}, {
    parent,
  });
  return { child, options: { "awslogs-group": child.out("name").value ?? unknownValue, "awslogs-region": region } };
}

async function role(
  build: Construction,
  name: string,
  given: PropertyValue | undefined,
  policies: readonly string[],
  parent: string,
): Promise<{ arn?: Input; child?: Child }> {
  const inputs = isObject(given) ? given : {};
  if (inputs.roleArn !== undefined && inputs.args !== undefined)
    throw new Error("Can't define role args if specified an existing role ARN");
  if (inputs.skip === true) return {};
  if (inputs.roleArn !== undefined) return { arn: inputs.roleArn };
  const { policyArns, ...args } = isObject(inputs.args) ? inputs.args : {};
  const child = await build.child("aws:iam/role:Role", name, { assumeRolePolicy, ...args }, { parent });
  for (const policyArn of Array.isArray(policyArns) ? policyArns.map(String) : policies) {
    await build.child(
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      `${name}-${shortHash(policyArn)}`,
      { role: child.out("name"), policyArn },
      { parent },
    );
  }
  return { arn: child.out("arn"), child };
}
