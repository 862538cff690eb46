import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { startAwsEmulator, type AwsEmulator } from "../../../../test/support/aws-emulator.ts";
import { ec2Connections } from "../../src/private-link-service/acceptance/connections.ts";
import type { TenantRecord } from "../../src/private-link-service/acceptance/decide.ts";
import { Ledger } from "../../src/private-link-service/acceptance/ledger.ts";
import { snsReports } from "../../src/private-link-service/acceptance/reports.ts";
import type { Acceptance } from "../../src/private-link-service/acceptance/settle.ts";
import { startFakeEndpointService, type FakeEndpointService } from "./fake-endpoint-service.ts";

const serviceId = "vpce-svc-0123456789abcdef0";

/** An endpoint service on loopback: DynamoDB and SNS by moto, EC2's three calls by the fake. */
export interface TestWorld {
  /** What a client of moto's takes. */
  emulator: AwsEmulator["clientConfig"];
  table: string;
  ec2: FakeEndpointService;
  /** Milliseconds that the ledger's clock is ahead. */
  clock: { aheadMs: number };
  /** Lines that the function logged; one for each report that SNS took. */
  lines: string[];
  register(tenant: Partial<TenantRecord> & { accountId: string }): Promise<void>;
  /** A new invocation environment of the function: its own clients, as a new Lambda instance has. */
  instance(): Acceptance;
  /** The decisions that were reported, by endpoint. */
  reported(): Map<string, string[]>;
  stop(): Promise<void>;
}

let tables = 0;

/** Starts the emulators once; `fresh` gives each test its own table, topic and connections. */
export async function startTestWorlds(): Promise<{ fresh(): Promise<TestWorld>; stop(): Promise<void> }> {
  // A process each for the ledger and the reports: neither waits for the other.
  const [emulator, mail] = await Promise.all([startAwsEmulator(), startAwsEmulator()]);
  return {
    stop: async () => {
      await Promise.all([emulator.stop(), mail.stop()]);
    },
    fresh: async () => {
      const ec2 = await startFakeEndpointService(serviceId);
      const dynamodb = new DynamoDBClient(emulator.clientConfig);
      const sns = new SNSClient(mail.clientConfig);
      const TableName = `ledger-${++tables}`;
      await dynamodb.send(
        new CreateTableCommand({
          TableName,
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        }),
      );
      const topic = await sns.send(new CreateTopicCommand({ Name: TableName }));
      const documents = DynamoDBDocumentClient.from(dynamodb);
      const clock = { aheadMs: 0 };
      const lines: string[] = [];
      return {
        emulator: emulator.clientConfig,
        table: TableName,
        ec2,
        clock,
        lines,
        async register(tenant) {
          const whole = { name: `t${tenant.accountId}`, endpointRegions: ["us-east-1"], zoneIds: [], endpointQuota: 3 };
          const Item = { id: `tenant/${tenant.accountId}`, contact: "ops@example.com", ...whole, ...tenant };
          await documents.send(new PutCommand({ TableName, Item }));
        },
        instance: () => {
          // Two attempts and no waiting worth the name: what the SDK does not catch has to be caught by redelivery.
          const client = new EC2Client({ ...emulator.clientConfig, endpoint: ec2.endpoint, maxAttempts: 2 });
          return {
            service: { serviceId, region: "us-east-1", zoneIds: ["use1-az1", "use1-az2", "use1-az4"] },
            connections: ec2Connections(client, serviceId, "us-east-1"),
            ledger: new Ledger(documents, TableName, () => Date.now() + clock.aheadMs),
            reports: snsReports(sns, topic.TopicArn ?? "", serviceId, (line) => lines.push(line)),
          };
        },
        reported: () => {
          const byEndpoint = new Map<string, string[]>();
          for (const line of lines) {
            const { endpointId, verdict } = JSON.parse(line) as { endpointId?: string; verdict?: string };
            if (endpointId !== undefined && verdict !== undefined) {
              byEndpoint.set(endpointId, [...(byEndpoint.get(endpointId) ?? []), verdict]);
            }
          }
          return byEndpoint;
        },
        stop: () => ec2.stop(),
      };
    },
  };
}

/** An endpoint id made of a number. */
export function endpointIdOf(index: number): string {
  return `vpce-${index.toString(16).padStart(17, "0")}`;
}

/** An SQS message with the SNS notification that EC2 sends for an endpoint. */
export function notification(endpointId: string, messageId = `message-${endpointId}`) {
  const Message = JSON.stringify({ "vpc-endpoint-id": endpointId, "service-id": serviceId, event: "Connect" });
  return { messageId, body: JSON.stringify({ Type: "Notification", Message }) };
}
