import { PublishBatchCommand, type SNSClient } from "@aws-sdk/client-sns";
import { chunks } from "./connections.ts";
import { metricNamespace, Verdict, type DecisionRecord } from "./decide.ts";

/** Tells people and metrics what was decided. */
export interface Reports {
  /** Gives the endpoints whose report is out; the others are to be tried again. */
  decisions(records: DecisionRecord[]): Promise<string[]>;
  /** How a tenant uses its quota, once a sweep. */
  usage(usage: TenantUsage[]): void;
}

/** Endpoints of one tenant as a sweep found them. */
export interface TenantUsage {
  tenant: string;
  connected: number;
  quota: number;
}

/** Messages in one call to SNS. */
const messagesPerBatch = 10;

/** Reports to an SNS topic, and to the log in CloudWatch's embedded metric format. */
export function snsReports(
  sns: SNSClient,
  topicArn: string,
  serviceId: string,
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Reports {
  return {
    async decisions(records) {
      const told: string[] = [];
      for (const batch of chunks(records, messagesPerBatch)) {
        const answer = await sns.send(
          new PublishBatchCommand({
            TopicArn: topicArn,
            PublishBatchRequestEntries: batch.map((record) => ({
              Id: record.endpointId,
              ...message(record, serviceId),
            })),
          }),
        );
        const sent = new Set(answer.Successful?.map((entry) => entry.Id));
        for (const record of batch.filter((candidate) => sent.has(candidate.endpointId))) {
          write(metricLine(serviceId, record.tenant, decisionMetrics(record), { ...record }));
          told.push(record.endpointId);
        }
      }
      return told;
    },
    usage(usage) {
      for (const { tenant, connected, quota } of usage) {
        const metrics = { ConnectedEndpoints: connected, QuotaUsedPercent: Math.round((100 * connected) / quota) };
        write(metricLine(serviceId, tenant, metrics, { quota }));
      }
    },
  };
}

function message(record: DecisionRecord, serviceId: string) {
  const verb = record.verdict === Verdict.Accept ? "accepted" : "rejected";
  const { endpointId, accountId, tenant, code, reason, decidedAt } = record;
  return {
    Subject: `PrivateLink: ${endpointId} ${verb}`,
    // Delivered at least once: a reader that counts tells repeats by decisionId.
    Message: JSON.stringify({
      decisionId: `${serviceId}/${endpointId}/${record.verdict}`,
      decision: verb,
      serviceId,
      endpointId,
      accountId,
      tenant,
      code,
      reason,
      decidedAt: new Date(decidedAt).toISOString(),
    }),
    MessageAttributes: {
      // SNS takes no empty attribute; nobody subscribes as this tenant.
      tenant: { DataType: "String", StringValue: tenant === "" ? "(unknown)" : tenant },
      decision: { DataType: "String", StringValue: verb },
    },
  };
}

function decisionMetrics(record: DecisionRecord): Record<string, number> {
  const accepted = record.verdict === Verdict.Accept;
  return {
    Accepted: accepted ? 1 : 0,
    Rejected: accepted ? 0 : 1,
    SecondsPending: Math.max(0, Math.round((record.decidedAt - record.requestedAt) / 1000)),
  };
}

/**
 * One log line that CloudWatch turns into metrics, by service and by tenant. Written to stdout as it is: `console` would
 * wrap it, and the metrics would be lost.
 */
function metricLine(
  serviceId: string,
  tenant: string,
  metrics: Record<string, number>,
  details: Record<string, unknown>,
): string {
  const names = Object.keys(metrics).map((Name) => ({ Name }));
  const dimensions = tenant === "" ? [["Service Id"]] : [["Service Id"], ["Service Id", "Tenant"]];
  const CloudWatchMetrics = [{ Namespace: metricNamespace, Dimensions: dimensions, Metrics: names }];
  const line = { _aws: { Timestamp: Date.now(), CloudWatchMetrics }, "Service Id": serviceId, Tenant: tenant };
  return `${JSON.stringify({ ...line, ...metrics, ...details })}\n`;
}
