import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../shared/iam-policy.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { LambdaAsset } from "./lambda-assets.ts";
import { lambdaCode } from "./lambda-code.ts";
import { logGroup } from "./log-group.ts";
import { policyJson } from "./policy-json.ts";
import { serviceRole } from "./service-role.ts";
import { writeTraces } from "./write-traces.ts";

/** A function that this package ships, and what it may do. */
export interface LambdaFunctionSpec {
  asset: LambdaAsset;
  description: string;
  /** Environment variables; never a secret. */
  environment: Record<string, pulumi.Input<string>>;
  /** What the function may do beside writing its own log. */
  statements: Statement<pulumi.Input<string>>[];
  /** A key whose policy admits CloudWatch Logs: encrypts the log and the environment. */
  kmsKeyArn: pulumi.Input<string>;
  timeoutSeconds: number;
  /** Default: 256. Lambda gives processor time in proportion. */
  memoryMib?: number;
  /** Most copies at once; left out, the account's limit. */
  reservedConcurrency?: number;
  /** Subnets and security groups, for a function that calls private addresses. */
  vpc?: { subnetIds: pulumi.Input<pulumi.Input<string>[]>; securityGroupIds: pulumi.Input<string>[] };
  /** Name of the log group. Default: `/aws/lambda/<name>`. */
  logGroupName?: string;
  /** Days. Default: 365. */
  logRetentionDays?: number;
  /** Region of all of it, where it is not the provider's. */
  region?: string;
  tags: Tags;
}

/** The function with what it runs as and writes to. */
export interface LambdaFunction {
  function: aws.lambda.Function;
  role: aws.iam.Role;
  logGroup: aws.cloudwatch.LogGroup;
}

/** What Lambda does with the role to join a VPC; EC2 has no resource-level permission for most of it. */
const joinVpc: Statement<pulumi.Input<string>> = {
  sid: "JoinVpc",
  actions: [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ],
  resources: ["*"],
};

/**
 * A Lambda function on Graviton with its own role, an encrypted log, structured logging and traces of its calls: at a call
 * a minute 43,200 a month, of which X-Ray gives an account 100,000 free and takes 5 USD a million after.
 */
export function lambdaFunction(name: string, spec: LambdaFunctionSpec, parent: pulumi.Resource): LambdaFunction {
  const region = spec.region === undefined ? {} : { region: spec.region };
  const log = logGroup(
    `${name}-log`,
    {
      logGroupName: spec.logGroupName ?? `/aws/lambda/${name}`,
      kmsKeyArn: spec.kmsKeyArn,
      retentionDays: spec.logRetentionDays,
      tags: spec.tags,
      ...region,
    },
    parent,
  );
  const role = serviceRole(
    `${name}-role`,
    {
      service: "lambda.amazonaws.com",
      description: spec.description,
      statements: [],
      tags: spec.tags,
    },
    parent,
  );
  const rights = new aws.iam.RolePolicy(
    `${name}-rights`,
    {
      role: role.id,
      policy: policyJson([
        {
          sid: "WriteOwnLog",
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resources: [pulumi.interpolate`${log.arn}:*`],
        },
        { sid: "ReadEnvironment", actions: ["kms:Decrypt"], resources: [spec.kmsKeyArn] },
        writeTraces,
        ...(spec.vpc === undefined ? [] : [joinVpc]),
        ...spec.statements,
      ]),
    },
    { parent: role },
  );
  const code = new pulumi.asset.AssetArchive({
    "index.mjs": new pulumi.asset.StringAsset(lambdaCode(spec.asset)),
  });
  const lambda = new aws.lambda.Function(
    name,
    {
      description: spec.description,
      runtime: aws.lambda.Runtime.NodeJS24dX,
      architectures: ["arm64"],
      handler: "index.handler",
      code,
      role: role.arn,
      timeout: spec.timeoutSeconds,
      memorySize: spec.memoryMib ?? 256,
      environment: { variables: spec.environment },
      kmsKeyArn: spec.kmsKeyArn,
      loggingConfig: { logFormat: "JSON", logGroup: log.name },
      tracingConfig: { mode: "Active" },
      tags: named(name, spec.tags),
      ...(spec.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: spec.reservedConcurrency }),
      ...(spec.vpc === undefined ? {} : { vpcConfig: spec.vpc }),
      ...region,
    },
    // Without it the first invocation could come before the rights.
    { parent, dependsOn: [rights] },
  );
  return { function: lambda, role, logGroup: log };
}
