import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { logGroup } from "../building-blocks/log-group.ts";
import { keysOf } from "../building-blocks/read-secrets.ts";
import { serviceRole } from "../building-blocks/service-role.ts";
import { taskExecutionRole } from "../building-blocks/task-execution-role.ts";
import { writeTraces } from "../building-blocks/write-traces.ts";
import type { NetworkPlacement } from "../network/placement.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { Discovery } from "./discovery.ts";
import { envoyConfig } from "./envoy-config.ts";
import { certificateVariables } from "./envoy-values.ts";
import type { Front } from "./front.ts";
import type { GpuClusterPlan } from "./gpu-cluster-plan.ts";
import { routerPorts } from "./router-plan.ts";

export interface RouterSpec {
  network: NetworkPlacement;
  certificateSecretArn: pulumi.Input<string>;
  certificateKeyArn?: pulumi.Input<string>;
  operationsKeyArn: pulumi.Input<string>;
  front: Front;
  discovery: Discovery;
  securityGroup: aws.ec2.SecurityGroup;
  logRetentionDays: number;
  tags: Tags;
}

/** The routers of one zone. */
export interface ZoneRouter {
  zoneId: string;
  /** Name of the ECS service. */
  serviceName: string;
  service: awsx.ecs.FargateService;
}

export interface Router {
  cluster: aws.ecs.Cluster;
  logGroup: aws.cloudwatch.LogGroup;
  zones: ZoneRouter[];
}

/** Seconds that a new task may fail its checks while it starts. */
const gracePeriodSeconds = 60;
/** User that the router runs as: nobody's. */
const unprivilegedUser = "65532:65532";

/**
 * The routers: an ECS service a zone, so that each zone always has at least one task and each task knows its zone. Nobody
 * gets a shell in them (no ECS Exec), their root is read-only, and a deployment that does not come up is rolled back.
 */
export function createRouter(name: string, plan: GpuClusterPlan, spec: RouterSpec, parent: pulumi.Resource): Router {
  const routerName = `${name}-router`;
  const cluster = new aws.ecs.Cluster(
    routerName,
    {
      name: routerName,
      settings: [{ name: "containerInsights", value: "enhanced" }],
      tags: named(routerName, spec.tags),
    },
    { parent },
  );
  const log = logGroup(
    `${routerName}-log`,
    {
      logGroupName: `/mrgc/${name}/router`,
      kmsKeyArn: spec.operationsKeyArn,
      retentionDays: spec.logRetentionDays,
      tags: spec.tags,
    },
    parent,
  );
  const execution = taskExecutionRole(
    `${routerName}-execution`,
    {
      description: "ECS starts router tasks",
      images: [plan.router.image],
      logGroupArn: log.arn,
      secretArns: [spec.certificateSecretArn],
      secretKeys: { arns: keysOf(spec.certificateKeyArn), region: plan.region },
      tags: spec.tags,
    },
    parent,
  );
  // The router calls no AWS service, but X-Ray where it traces.
  const task = serviceRole(
    `${routerName}-task`,
    {
      service: "ecs-tasks.amazonaws.com",
      description: "Router tasks",
      statements: plan.router.tracing === undefined ? [] : [writeTraces],
      tags: spec.tags,
    },
    parent,
  );
  const zones = plan.zoneIds.map((zoneId, index): ZoneRouter => {
    const serviceName = `${routerName}-${zoneId}`;
    const service = new awsx.ecs.FargateService(
      serviceName,
      {
        name: serviceName,
        cluster: cluster.arn,
        desiredCount: 1,
        platformVersion: "LATEST",
        networkConfiguration: {
          subnets: [pulumi.output(spec.network.privateSubnetIds).apply((ids) => ids[index] ?? "")],
          securityGroups: [spec.securityGroup.id],
          assignPublicIp: false,
        },
        deploymentCircuitBreaker: { enable: true, rollback: true },
        deploymentMinimumHealthyPercent: 100,
        deploymentMaximumPercent: 200,
        healthCheckGracePeriodSeconds: gracePeriodSeconds,
        enableExecuteCommand: false,
        enableEcsManagedTags: true,
        propagateTags: "SERVICE",
        // A preview of a change is not held up by tasks that take minutes to start; the circuit breaker watches them.
        continueBeforeSteadyState: true,
        loadBalancers: [
          { targetGroupArn: spec.front.targetGroups.tls.arn, containerName: "envoy", containerPort: routerPorts.tls },
          {
            targetGroupArn: spec.front.targetGroups.health.arn,
            containerName: "envoy",
            containerPort: routerPorts.health,
          },
        ],
        serviceRegistries: { registryArn: spec.discovery.routerServiceArn(zoneId) },
        taskDefinitionArgs: {
          family: serviceName,
          cpu: String(plan.router.cpuUnits),
          memory: String(plan.router.memoryMib),
          runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "X86_64" },
          executionRole: { roleArn: execution.arn },
          taskRole: { roleArn: task.arn },
          logGroup: { existing: { arn: log.arn } },
          containers: { envoy: container(plan, zoneId, log, spec) },
          tags: named(serviceName, spec.tags),
        },
        tags: named(serviceName, spec.tags),
      },
      { parent, dependsOn: spec.front.listeners, transforms: [withoutItsSize] },
    );
    return { zoneId, serviceName, service };
  });
  return { cluster, logGroup: log, zones };
}

/** The autoscaler owns the number of tasks; awsx has no argument that leaves it alone, and an `up` would set it back to one. */
export function withoutItsSize({
  type,
  props,
  opts,
}: pulumi.ResourceTransformArgs): pulumi.ResourceTransformResult | undefined {
  return type === "aws:ecs/service:Service"
    ? { props: props as object, opts: pulumi.mergeOptions(opts, { ignoreChanges: ["desiredCount"] }) }
    : undefined;
}

function container(plan: GpuClusterPlan, zoneId: string, log: aws.cloudwatch.LogGroup, spec: RouterSpec) {
  const fromSecret = (key: string) => pulumi.interpolate`${spec.certificateSecretArn}:${key}::`;
  return {
    name: "envoy",
    image: plan.router.image,
    essential: true,
    entryPoint: ["/usr/local/bin/envoy"],
    command: ["--config-yaml", JSON.stringify(envoyConfig(plan.router, zoneId)), "--log-format", "[%l][%n] %v"],
    user: unprivilegedUser,
    readonlyRootFilesystem: true,
    linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"] } },
    portMappings: Object.values(routerPorts).map((containerPort) => ({
      containerPort,
      hostPort: containerPort,
      protocol: "tcp",
    })),
    ulimits: [{ name: "nofile", softLimit: 65_536, hardLimit: 65_536 }],
    secrets: [
      { name: certificateVariables.certificate, valueFrom: fromSecret("certificate") },
      { name: certificateVariables.privateKey, valueFrom: fromSecret("privateKey") },
      { name: certificateVariables.authority, valueFrom: fromSecret("authority") },
    ],
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": log.name,
        "awslogs-region": plan.region,
        "awslogs-stream-prefix": zoneId,
        mode: "non-blocking",
        "max-buffer-size": "16m",
      },
    },
  };
}
