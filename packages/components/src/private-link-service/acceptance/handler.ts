import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SNSClient } from "@aws-sdk/client-sns";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { ec2Connections } from "./connections.ts";
import { Ledger } from "./ledger.ts";
import { snsReports } from "./reports.ts";
import { offboard, settle, sweep, type Acceptance } from "./settle.ts";

/** What the function is told by its environment. */
export interface AcceptanceEnvironment {
  SERVICE_ID: string;
  SERVICE_REGION: string;
  /** Comma separated. */
  SERVICE_ZONE_IDS: string;
  LEDGER_TABLE: string;
  REPORT_TOPIC_ARN: string;
}

/** Connection events from the queue, each an SNS notification whose text names the endpoint. */
export interface QueueEvent {
  Records: { messageId: string; body: string }[];
}

/** Pulumi telling that a tenant came, changed or goes (`aws.lambda.Invocation` with `lifecycleScope: "CRUD"`). */
export interface TenantEvent {
  accountId: string;
  tf: { action: "create" | "update" | "delete" };
}

/** The schedule's call. */
export interface SweepEvent {
  sweep: true;
}

/** What Lambda calls the function with. */
export type AcceptanceEvent = QueueEvent | TenantEvent | SweepEvent;

/** The messages that SQS delivers again. */
export interface BatchResult {
  batchItemFailures: { itemIdentifier: string }[];
}

/** The AWS clients that the function uses; tests point them at an emulator. */
export interface Clients {
  ec2: EC2Client;
  dynamodb: DynamoDBClient;
  sns: SNSClient;
}

/** The function for one endpoint service. */
export function acceptanceHandler(world: Acceptance): (event: AcceptanceEvent) => Promise<BatchResult | undefined> {
  return async (event) => {
    if ("Records" in event) {
      return settleBatch(world, event);
    }
    if ("tf" in event) {
      await tenantChanged(world, event);
    } else {
      expectAll(await sweep(world));
    }
    return undefined;
  };
}

/** Everything a decision needs, from the environment and the clients. */
export function acceptanceOf(environment: AcceptanceEnvironment, clients: Clients): Acceptance {
  const { SERVICE_ID: serviceId, SERVICE_REGION: region } = environment;
  return {
    service: { serviceId, region, zoneIds: environment.SERVICE_ZONE_IDS.split(",") },
    connections: ec2Connections(clients.ec2, serviceId, region),
    ledger: new Ledger(DynamoDBDocumentClient.from(clients.dynamodb), environment.LEDGER_TABLE),
    reports: snsReports(clients.sns, environment.REPORT_TOPIC_ARN, serviceId),
  };
}

const endpointId = /vpce-[0-9a-f]{8,17}/g;

/** Settles what the messages name; one that names nothing asks for a sweep. */
async function settleBatch(world: Acceptance, event: QueueEvent): Promise<BatchResult> {
  const named = event.Records.map(({ messageId, body }) => ({ messageId, ids: body.match(endpointId) ?? [] }));
  const again = new Set(
    await settle(
      world,
      named.flatMap(({ ids }) => ids),
    ),
  );
  if (named.some(({ ids }) => ids.length === 0)) {
    expectAll(await sweep(world));
  }
  const failed = named.filter(({ ids }) => ids.some((id) => again.has(id)));
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function tenantChanged(world: Acceptance, { accountId, tf }: TenantEvent): Promise<void> {
  if (tf.action === "delete") {
    await offboard(world, accountId);
    return;
  }
  await world.ledger.endLeaving(accountId);
  expectAll(await sweep(world, accountId));
}

function expectAll(unsettled: string[]): void {
  if (unsettled.length > 0) {
    throw new Error(`Not settled yet, the next sweep tries again: ${unsettled.join(", ")}`);
  }
}

let handle: ((event: AcceptanceEvent) => Promise<BatchResult | undefined>) | undefined;

/** The entry that Lambda calls. Clients are made once and back off together when AWS throttles. */
export async function handler(event: AcceptanceEvent): Promise<BatchResult | undefined> {
  const retry = { retryMode: "adaptive", maxAttempts: 8 };
  handle ??= acceptanceHandler(
    acceptanceOf(process.env as unknown as AcceptanceEnvironment, {
      ec2: new EC2Client(retry),
      dynamodb: new DynamoDBClient(retry),
      sns: new SNSClient(retry),
    }),
  );
  return handle(event);
}
