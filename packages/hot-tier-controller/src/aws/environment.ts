import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { paginateGetParametersByPath, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { ConnectionSettings } from "../cluster/connections.ts";
import { parseSettings } from "../run/settings.ts";
import type { Settings } from "../run/settings.ts";
import { waitForEventsSeconds } from "../timing.ts";

/** Names that the stack gives the controller (docs/decisions/030-controller-contract.md). */
export interface Environment {
  readonly cluster: string;
  readonly stateBucket: string;
  readonly queueUrl?: string;
}

export interface AwsClients {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly s3: S3Client;
  readonly ssm: SSMClient;
  readonly sqs: SQSClient;
  readonly secrets: SecretsManagerClient;
  readonly cloudWatch: CloudWatchClient;
}

/** @throws Error that names the variable that is missing. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const need = (name: string): string => {
    const value = variables[name];
    if (value === undefined || value === "") {
      throw new Error(`${name} is not set. It is one of the variables that HotTierRedis gives its controller.`);
    }
    return value;
  };
  const queueUrl = variables.MRGC_EVENT_QUEUE_URL;
  return {
    cluster: need("MRGC_CLUSTER"),
    stateBucket: need("MRGC_STATE_BUCKET"),
    ...(queueUrl === undefined || queueUrl === "" ? {} : { queueUrl }),
  };
}

/** How long a client waits before it tries again, in milliseconds. */
export interface ClientPatience {
  readonly connectMs: number;
  /** Without a byte to or from AWS. */
  readonly idleMs: number;
  /** The same while it waits for events, which say nothing for seconds. */
  readonly idleForEventsMs: number;
}

/** The SDK's own waits for ever: a lost zone takes the interfaces of its VPC endpoints with it, and calls on their way would hang with it. */
const defaultPatience: ClientPatience = {
  connectMs: 1_500,
  idleMs: 5_000,
  idleForEventsMs: waitForEventsSeconds * 1_000 + 5_000,
};

/**
 * Clients that retry throttled, failed and unanswered calls, five attempts with growing, random pauses; region and endpoints come from the
 * environment.
 */
export function awsClients({ connectMs, idleMs, idleForEventsMs } = defaultPatience): AwsClients {
  const patient = (socketTimeout: number) => ({
    ...{ maxAttempts: 5, retryMode: "adaptive" },
    requestHandler: { connectionTimeout: connectMs, socketTimeout },
  });
  const common = patient(idleMs);
  return {
    autoScaling: new AutoScalingClient(common),
    ec2: new EC2Client(common),
    s3: new S3Client({ ...common, forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined }),
    ssm: new SSMClient(common),
    sqs: new SQSClient(patient(idleForEventsMs)),
    secrets: new SecretsManagerClient(common),
    cloudWatch: new CloudWatchClient(common),
  };
}

/** The stack's parameters, and since when the number of shards is what it is. */
export interface LoadedSettings {
  readonly settings: Settings;
  readonly desiredSince?: Date;
}

export async function loadSettings(ssm: SSMClient, cluster: string): Promise<LoadedSettings> {
  const path = `/mrgc/${cluster}/`;
  const parameters: Record<string, string> = {};
  let desiredSince: Date | undefined;
  for await (const page of paginateGetParametersByPath({ client: ssm }, { Path: path, WithDecryption: true })) {
    for (const { Name = "", Value = "", LastModifiedDate } of page.Parameters ?? []) {
      parameters[Name.slice(path.length)] = Value;
      if (Name === `${path}desired-shards`) {
        desiredSince = LastModifiedDate;
      }
    }
  }
  const settings = parseSettings(parameters);
  return { settings, ...(desiredSince === undefined ? {} : { desiredSince }) };
}

export async function storeDesiredShards(ssm: SSMClient, cluster: string, shards: number): Promise<void> {
  await ssm.send(
    new PutParameterCommand({
      Name: `/mrgc/${cluster}/desired-shards`,
      Value: String(shards),
      Type: "String",
      Overwrite: true,
    }),
  );
}

/** Name and password of the servers' user, and the private authority if there is one. */
export async function loadConnection(
  secrets: SecretsManagerClient,
  connection: Settings["connection"],
): Promise<ConnectionSettings> {
  const { SecretString = "{}" } =
    connection.secretArn === undefined
      ? {}
      : await secrets.send(new GetSecretValueCommand({ SecretId: connection.secretArn }));
  const { username, password, ca } = JSON.parse(SecretString) as { username?: string; password?: string; ca?: string };
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(connection.tls ? { tls: ca === undefined ? {} : { ca } } : {}),
  };
}
