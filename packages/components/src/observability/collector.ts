import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { logGroup } from "../building-blocks/log-group.ts";
import { serviceRole } from "../building-blocks/service-role.ts";
import { taskExecutionRole } from "../building-blocks/task-execution-role.ts";
import { postgresPort } from "../metadata-postgres/database.ts";
import type { NetworkPlacement } from "../network/placement.ts";
import { runbook } from "../shared/runbook.ts";
import { named, type Tags } from "../shared/tags.ts";
import { collectorGroup } from "./collector-access.ts";
import type { CollectedDatabase, CollectorArgs } from "./collector-args.ts";
import { collectorConfig, collectorTask, databaseExporterPort } from "./collector-plan.ts";

/** What the collector stands on. */
export interface CollectorSpec {
  args: CollectorArgs;
  network: NetworkPlacement;
  workspace: aws.amp.Workspace;
  kmsKeyArn: pulumi.Input<string>;
  logRetentionDays: number | undefined;
  tags: Tags;
}

/** The user and group of nobody in Prometheus' image, which owns its data folder. */
const nobody = "65534:65534";
const dataFolder = "/prometheus";

/**
 * The collector's task, its rights and its ways. It is read from nowhere and changes nothing: a new configuration is a new task,
 * and no machine is touched. One task at a time, because two would write every sample twice; for a minute without one the
 * graphs have a hole, and CloudWatch pages all the same.
 *
 * @returns the alarm that tells of a collector that does not run
 */
export function createCollector(
  name: string,
  spec: CollectorSpec,
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm {
  const collectorName = `${name}-collector`;
  const { args, network, tags } = spec;
  const log = logGroup(
    `${collectorName}-log`,
    {
      logGroupName: `/mrgc/${collectorName}`,
      kmsKeyArn: spec.kmsKeyArn,
      ...(spec.logRetentionDays === undefined ? {} : { retentionDays: spec.logRetentionDays }),
      tags,
    },
    parent,
  );
  const cluster = new aws.ecs.Cluster(
    collectorName,
    {
      name: collectorName,
      settings: [{ name: "containerInsights", value: "enabled" }],
      tags: named(collectorName, tags),
    },
    { parent },
  );
  const execution = taskExecutionRole(
    `${collectorName}-execution`,
    {
      description: "ECS starts the collector",
      images: [args.image, ...(args.database === undefined ? [] : [args.database.exporterImage])],
      logGroupArn: log.arn,
      secretArns: args.database === undefined ? [] : [args.database.secretArn],
      tags,
    },
    parent,
  );
  const task = serviceRole(
    `${collectorName}-task`,
    {
      service: "ecs-tasks.amazonaws.com",
      description: "Finds machines and writes their metrics into one workspace",
      statements: [
        { sid: "WriteMetrics", actions: ["aps:RemoteWrite"], resources: [spec.workspace.arn] },
        // EC2 has no resource-level permission for either.
        { sid: "FindMachines", actions: ["ec2:DescribeInstances", "ec2:DescribeAvailabilityZones"], resources: ["*"] },
      ],
      tags,
    },
    parent,
  );
  const group = collectorGroup(collectorName, args, network, tags, parent);
  const database = args.database;
  new awsx.ecs.FargateService(
    collectorName,
    {
      name: collectorName,
      cluster: cluster.arn,
      desiredCount: 1,
      platformVersion: "LATEST",
      networkConfiguration: {
        subnets: network.privateSubnetIds,
        securityGroups: [group.id],
        assignPublicIp: false,
      },
      deploymentCircuitBreaker: { enable: true, rollback: true },
      deploymentMinimumHealthyPercent: 0,
      deploymentMaximumPercent: 100,
      enableExecuteCommand: false,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      continueBeforeSteadyState: true,
      taskDefinitionArgs: {
        family: collectorName,
        cpu: String(1024 * collectorTask.vcpus),
        memory: String(1024 * collectorTask.memoryGib),
        runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "X86_64" },
        executionRole: { roleArn: execution.arn },
        taskRole: { roleArn: task.arn },
        logGroup: { existing: { arn: log.arn } },
        volumes: [{ name: "data" }],
        containers: {
          collector: {
            name: "collector",
            image: args.image,
            essential: true,
            // Prometheus reads its configuration from a file alone.
            entryPoint: ["/bin/sh", "-c"],
            command: [
              `printf %s "$CONFIGURATION" >${dataFolder}/collector.json && exec /bin/prometheus --agent --config.file=${dataFolder}/collector.json --storage.agent.path=${dataFolder}/agent --web.listen-address=127.0.0.1:9090`,
            ],
            environment: [{ name: "CONFIGURATION", value: configuration(spec) }],
            mountPoints: [{ sourceVolume: "data", containerPath: dataFolder }],
            healthCheck: { command: ["CMD", "/bin/promtool", "check", "healthy"], interval: 30, retries: 3 },
            ...contained(log, network.region, "collector"),
          },
          ...(database === undefined ? {} : { exporter: databaseExporter(database, log, network.region) }),
        },
        tags: named(collectorName, tags),
      },
      tags: named(collectorName, tags),
    },
    { parent },
  );
  return silenceAlarm(collectorName, cluster, tags, parent);
}

/** The rendered configuration, once the groups and the workspace are known. */
function configuration({ args, network, workspace }: CollectorSpec): pulumi.Output<string> {
  return pulumi
    .output({ endpoint: workspace.prometheusEndpoint, hotTier: args.hotTier, gpu: args.gpu })
    .apply(({ endpoint, hotTier, gpu }) =>
      collectorConfig({
        region: network.region,
        zoneIds: network.zoneIds,
        scrapeSeconds: args.scrapeSeconds ?? 60,
        workspaceEndpoint: endpoint,
        ...(hotTier === undefined ? {} : { hotTier }),
        ...(gpu === undefined ? {} : { gpu }),
        database: args.database !== undefined,
      }),
    );
}

/** An exporter of the database beside the collector: its user comes from the secret, which only ECS reads. */
function databaseExporter(
  database: CollectedDatabase,
  log: aws.cloudwatch.LogGroup,
  region: string,
): awsx.types.input.ecs.TaskDefinitionContainerDefinitionArgs {
  return {
    name: "exporter",
    image: database.exporterImage,
    // Without the database's metrics the others are still worth having.
    essential: false,
    command: [`--web.listen-address=127.0.0.1:${databaseExporterPort}`],
    environment: [
      {
        name: "DATA_SOURCE_URI",
        value: pulumi.interpolate`${database.endpoint}:${postgresPort}/${database.databaseName}?sslmode=require`,
      },
    ],
    secrets: [
      { name: "DATA_SOURCE_USER", valueFrom: pulumi.interpolate`${database.secretArn}:username::` },
      { name: "DATA_SOURCE_PASS", valueFrom: pulumi.interpolate`${database.secretArn}:password::` },
    ],
    ...contained(log, region, "exporter"),
  };
}

/** What every container of the task is: nobody's, without rights, on a root that nobody writes. */
function contained(log: aws.cloudwatch.LogGroup, region: string, stream: string) {
  return {
    user: nobody,
    readonlyRootFilesystem: true,
    linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"] } },
    logConfiguration: {
      logDriver: "awslogs",
      options: { "awslogs-group": log.name, "awslogs-region": region, "awslogs-stream-prefix": stream },
    },
  };
}

/** ECS tells a running task's use every minute; silence is a task that does not run. It pages nobody (decision 111). */
function silenceAlarm(
  collectorName: string,
  cluster: aws.ecs.Cluster,
  tags: Tags,
  parent: pulumi.Resource,
): aws.cloudwatch.MetricAlarm {
  const alarmName = `${collectorName}-silent`;
  return new aws.cloudwatch.MetricAlarm(
    alarmName,
    {
      name: alarmName,
      alarmDescription: `The collector of metrics does not run. ${runbook("observability", "collector-silent")}`,
      namespace: "AWS/ECS",
      metricName: "CPUUtilization",
      dimensions: { ClusterName: cluster.name, ServiceName: collectorName },
      statistic: "SampleCount",
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      period: 60,
      evaluationPeriods: 10,
      treatMissingData: "breaching",
      tags: named(alarmName, tags),
    },
    { parent },
  );
}
