import { TransactionCanceledException, ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from "@aws-sdk/lib-dynamodb";
import {
  leaving,
  overQuota,
  Phase,
  Verdict,
  type Connection,
  type Decision,
  type DecisionRecord,
  type TenantRecord,
} from "./decide.ts";

/** Days that a decision stays after its endpoint is gone, whose id never returns. */
const keepDays = 90;
/** How long a report may take before another invocation repeats it. */
const reportLeaseMs = 60_000;
const attempts = 12;

/**
 * The decisions in DynamoDB. One table, keyed by `id`: `tenant/<account>` is the registry (written by Pulumi, only read
 * here), `endpoint/<id>` a decision, `seats/<account>` the endpoints that count against a quota, `leaving/<account>`
 * a tenant on its way out.
 */
export class Ledger {
  private readonly db: DynamoDBDocumentClient;
  private readonly table: string;
  private readonly now: () => number;

  constructor(db: DynamoDBDocumentClient, table: string, now: () => number = Date.now) {
    this.db = db;
    this.table = table;
    this.now = now;
  }

  /** The registry's entry of an account. */
  async tenant(accountId: string): Promise<TenantRecord | undefined> {
    return this.read<TenantRecord>(`tenant/${accountId}`);
  }

  /** What was decided about an endpoint. */
  async decision(endpointId: string): Promise<DecisionRecord | undefined> {
    return this.read<DecisionRecord>(`endpoint/${endpointId}`);
  }

  /** The account's endpoints that count against its quota. */
  async seats(accountId: string): Promise<string[]> {
    const item = await this.read<{ endpoints?: Set<string> }>(`seats/${accountId}`);
    return [...(item?.endpoints ?? [])];
  }

  /**
   * Writes a decision unless there is one, and gives the one that stands. A seat is taken in the same transaction, so
   * that requests arriving at once never exceed the quota, and none is accepted once its tenant is leaving.
   */
  async decide(request: Connection, decision: Decision, tenant: TenantRecord | undefined): Promise<DecisionRecord> {
    let wanted = decision;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const record = this.recordOf(request, wanted, tenant);
      const obstacle =
        record.verdict === Verdict.Accept && tenant !== undefined
          ? await this.seat(record, tenant.endpointQuota)
          : await this.put(record);
      if (obstacle === undefined) {
        return record;
      }
      if (obstacle === "decided") {
        const standing = await this.decision(request.endpointId);
        if (standing !== undefined) {
          return standing;
        }
      } else if (obstacle === "leaving") {
        wanted = leaving(request.accountId);
      } else if (obstacle === "full" && tenant !== undefined) {
        wanted = overQuota(tenant);
      } else {
        // Another request of the same account is being written: wait a little, each for its own while.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 50 * 2 ** Math.min(attempt, 5)));
      }
    }
    throw new Error(`${request.endpointId}: the ledger was busy ${attempts} times.`);
  }

  /** The registry's tenants, and every account that has seats. */
  async accounts(): Promise<{ tenants: TenantRecord[]; seats: Map<string, string[]> }> {
    const tenants: TenantRecord[] = [];
    const seats = new Map<string, string[]>();
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await this.db.send(
        new ScanCommand({
          TableName: this.table,
          FilterExpression: "begins_with(id, :tenant) OR begins_with(id, :seats)",
          ExpressionAttributeValues: { ":tenant": "tenant/", ":seats": "seats/" },
          ExclusiveStartKey,
        }),
      );
      for (const item of page.Items ?? []) {
        const [kind, accountId = ""] = String(item.id).split("/");
        if (kind === "tenant") {
          tenants.push(item as TenantRecord);
        } else {
          seats.set(accountId, [...((item.endpoints as Set<string> | undefined) ?? [])]);
        }
      }
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return { tenants, seats };
  }

  /** Turns an acceptance around: its tenant is leaving, or somebody rejected the endpoint by hand. */
  async revoke(record: DecisionRecord, decision: Decision): Promise<DecisionRecord> {
    await this.db.send(
      new UpdateCommand({
        TableName: this.table,
        Key: { id: `endpoint/${record.endpointId}` },
        UpdateExpression: "SET verdict = :verdict, code = :code, reason = :reason, phase = :phase REMOVE reportUntil",
        ExpressionAttributeValues: {
          ":verdict": decision.verdict,
          ":code": decision.code,
          ":reason": decision.reason,
          ":phase": Phase.Decided,
        },
      }),
    );
    return { ...record, ...decision, phase: Phase.Decided };
  }

  /**
   * Marks a decision as applied and takes the turn to report it: one caller gets it, and another when the first did not
   * finish in a minute. False also when the verdict was turned around meanwhile.
   */
  async claimReport(record: DecisionRecord): Promise<boolean> {
    return this.conditional(
      new UpdateCommand({
        TableName: this.table,
        Key: { id: `endpoint/${record.endpointId}` },
        UpdateExpression: "SET phase = :applied, reportUntil = :until",
        ConditionExpression:
          "verdict = :verdict AND phase <> :reported AND (attribute_not_exists(reportUntil) OR reportUntil < :now)",
        ExpressionAttributeValues: {
          ":applied": Phase.Applied,
          ":reported": Phase.Reported,
          ":verdict": record.verdict,
          ":now": this.now(),
          ":until": this.now() + reportLeaseMs,
        },
      }),
    );
  }

  /** The decision has been applied and reported: nothing is left to do. */
  async finish(endpointId: string): Promise<void> {
    await this.db.send(
      new UpdateCommand({
        TableName: this.table,
        Key: { id: `endpoint/${endpointId}` },
        UpdateExpression: "SET phase = :reported",
        ExpressionAttributeValues: { ":reported": Phase.Reported },
      }),
    );
  }

  /** Takes over an endpoint that was connected before, or by hand: it counts, but nothing is decided or reported. */
  async adopt(connection: Connection, tenant: TenantRecord | undefined): Promise<void> {
    const decision = { verdict: Verdict.Accept, code: "accepted-by-hand", reason: "It was connected already." };
    const record = { ...this.recordOf(connection, decision, tenant), phase: Phase.Reported };
    await this.put(record);
    await this.changeSeats(connection.accountId, "ADD", connection.endpointId);
  }

  /** Frees the seat of an endpoint that is gone, and lets its decision expire. */
  async release(accountId: string, endpointId: string): Promise<void> {
    await this.changeSeats(accountId, "DELETE", endpointId);
    await this.conditional(
      new UpdateCommand({
        TableName: this.table,
        Key: { id: `endpoint/${endpointId}` },
        UpdateExpression: "SET expiresAt = :expiresAt",
        ConditionExpression: "attribute_exists(id)",
        ExpressionAttributeValues: { ":expiresAt": Math.floor(this.now() / 1000) + keepDays * 86_400 },
      }),
    );
  }

  /** From now on nothing of this account is accepted. */
  async startLeaving(accountId: string): Promise<void> {
    await this.db.send(
      new PutCommand({ TableName: this.table, Item: { id: `leaving/${accountId}`, since: this.now() } }),
    );
  }

  /** The account is a tenant (again). */
  async endLeaving(accountId: string): Promise<void> {
    await this.db.send(new DeleteCommand({ TableName: this.table, Key: { id: `leaving/${accountId}` } }));
  }

  private recordOf(request: Connection, decision: Decision, tenant: TenantRecord | undefined): DecisionRecord {
    const { endpointId, accountId, requestedAt } = request;
    const decidedAt = this.now();
    return {
      ...decision,
      endpointId,
      accountId,
      requestedAt,
      tenant: tenant?.name ?? "",
      phase: Phase.Decided,
      decidedAt,
    };
  }

  /** Writes a decision that takes no seat. */
  private async put(record: DecisionRecord): Promise<"decided" | undefined> {
    return (await this.conditional(new PutCommand(this.firstDecision(record)))) ? undefined : "decided";
  }

  /** Writes an acceptance with its seat, or tells what stands against it. */
  private async seat(
    record: DecisionRecord,
    quota: number,
  ): Promise<"decided" | "leaving" | "full" | "busy" | undefined> {
    const takeSeat = {
      TableName: this.table,
      Key: { id: `seats/${record.accountId}` },
      UpdateExpression: "ADD endpoints :endpoint",
      ConditionExpression: "attribute_not_exists(endpoints) OR contains(endpoints, :id) OR size(endpoints) < :quota",
      ExpressionAttributeValues: {
        ":endpoint": new Set([record.endpointId]),
        ":id": record.endpointId,
        ":quota": quota,
      },
    };
    const stays = {
      TableName: this.table,
      Key: { id: `leaving/${record.accountId}` },
      ConditionExpression: "attribute_not_exists(id)",
    };
    try {
      await this.db.send(
        new TransactWriteCommand({
          TransactItems: [{ Put: this.firstDecision(record) }, { ConditionCheck: stays }, { Update: takeSeat }],
        }),
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) {
        throw error;
      }
      const failed = (error.CancellationReasons ?? []).findIndex(({ Code }) => Code === "ConditionalCheckFailed");
      return (["decided", "leaving", "full"] as const)[failed] ?? "busy";
    }
  }

  private firstDecision(record: DecisionRecord) {
    return {
      TableName: this.table,
      Item: { id: `endpoint/${record.endpointId}`, ...record },
      ConditionExpression: "attribute_not_exists(id)",
    };
  }

  private async changeSeats(accountId: string, how: "ADD" | "DELETE", endpointId: string): Promise<void> {
    await this.db.send(
      new UpdateCommand({
        TableName: this.table,
        Key: { id: `seats/${accountId}` },
        UpdateExpression: `${how} endpoints :endpoint`,
        ExpressionAttributeValues: { ":endpoint": new Set([endpointId]) },
      }),
    );
  }

  private async conditional(command: UpdateCommand | PutCommand): Promise<boolean> {
    try {
      await (command instanceof PutCommand ? this.db.send(command) : this.db.send(command));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return false;
      }
      throw error;
    }
  }

  private async read<Item>(id: string): Promise<Item | undefined> {
    const answer = await this.db.send(new GetCommand({ TableName: this.table, Key: { id }, ConsistentRead: true }));
    return answer.Item as Item | undefined;
  }
}
