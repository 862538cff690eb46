import type { EndpointConnections } from "./connections.ts";
import {
  decide,
  leaving,
  Phase,
  Verdict,
  type Connection,
  type Decision,
  type DecisionRecord,
  type ServiceFacts,
  type TenantRecord,
} from "./decide.ts";
import type { Ledger } from "./ledger.ts";
import type { Reports, TenantUsage } from "./reports.ts";

/** What the decisions are made with. */
export interface Acceptance {
  service: ServiceFacts;
  connections: EndpointConnections;
  ledger: Ledger;
  reports: Reports;
}

const connected = new Set(["available", "pending", "partial"]);
const gone = new Set(["deleting", "deleted", "failed", "expired"]);
/** Decisions being written at the same time. */
const parallelism = 16;

/**
 * Brings endpoints to their end: decided once, applied, reported. Every step can be cut off and repeated; events,
 * repeated events and sweeps all come here.
 *
 * @returns the endpoints that have to be tried again
 */
export async function settle(world: Acceptance, endpointIds: string[]): Promise<string[]> {
  const wanted = [...new Set(endpointIds)];
  const found = await world.connections.list({ endpointIds: wanted });
  const known = new Set(found.map(({ endpointId }) => endpointId));
  await forget(
    world,
    wanted.filter((endpointId) => !known.has(endpointId)),
  );
  return settleConnections(world, found);
}

/**
 * Finds what no event told: open requests, decisions that were cut off, endpoints that are gone.
 *
 * @returns the endpoints that have to be tried again
 */
export async function sweep(world: Acceptance, accountId?: string): Promise<string[]> {
  const connections = await world.connections.list(accountId === undefined ? {} : { accountId });
  const unsettled = await settleConnections(world, connections);
  await recountSeats(world, connections, accountId);
  return unsettled;
}

/**
 * Cuts a tenant off: nothing of it is accepted any more, and what it has is rejected.
 *
 * @throws Error while one of its endpoints is still connected, so that its principal is not removed yet
 */
export async function offboard(world: Acceptance, accountId: string): Promise<void> {
  await world.ledger.startLeaving(accountId);
  const live = async () =>
    (await world.connections.list({ accountId })).filter(
      ({ state }) => connected.has(state) || state === "pendingAcceptance",
    );
  const cut = await live();
  for (const connection of cut) {
    if (connected.has(connection.state)) {
      await world.ledger.adopt(connection, undefined);
    }
    const standing = await world.ledger.decision(connection.endpointId);
    if (standing?.verdict === Verdict.Accept) {
      await world.ledger.revoke(standing, leaving(accountId));
    }
  }
  await settleConnections(world, cut);
  const left = await live();
  if (left.length > 0) {
    throw new Error(
      `${left.map(({ endpointId, state }) => `${endpointId} is ${state}`).join(", ")}: account ${accountId} stays registered until they are rejected. Run the command again.`,
    );
  }
  for (const endpointId of await world.ledger.seats(accountId)) {
    await world.ledger.release(accountId, endpointId);
  }
}

async function settleConnections(world: Acceptance, connections: Connection[]): Promise<string[]> {
  const tenants = new Map<string, Promise<TenantRecord | undefined>>();
  const tenantOf = (accountId: string) => {
    const known = tenants.get(accountId) ?? world.ledger.tenant(accountId);
    tenants.set(accountId, known);
    return known;
  };
  const standing = await inParallel(connections, async (connection) => ({
    connection,
    record: await recordFor(world, connection, await tenantOf(connection.accountId)),
  }));
  const open = standing.flatMap(({ connection, record }) =>
    record === undefined || record.phase === Phase.Reported ? [] : [{ connection, record }],
  );
  const { applied, unsettled } = await apply(world, open);
  const reported = await report(world, applied);
  return [...unsettled, ...reported];
}

/** The decision that stands for a connection; made now when it is asked for. */
async function recordFor(
  world: Acceptance,
  connection: Connection,
  tenant: TenantRecord | undefined,
): Promise<DecisionRecord | undefined> {
  if (connection.state === "pendingAcceptance") {
    // Most requests are new: written at once, and read only where a decision stands already.
    return world.ledger.decide(connection, decide(connection, tenant, world.service), tenant);
  }
  const standing = await world.ledger.decision(connection.endpointId);
  if (gone.has(connection.state)) {
    if (standing !== undefined && standing.expiresAt === undefined) {
      await world.ledger.release(connection.accountId, connection.endpointId);
    }
    return undefined;
  }
  if (standing === undefined && connected.has(connection.state)) {
    await world.ledger.adopt(connection, tenant);
  }
  return standing;
}

interface OpenDecision {
  connection: Connection;
  record: DecisionRecord;
}

/** Tells EC2 what it does not do yet, and looks afterwards: its answer alone does not say. */
async function apply(
  world: Acceptance,
  decisions: OpenDecision[],
): Promise<{ applied: DecisionRecord[]; unsettled: string[] }> {
  const open = await inParallel(decisions, async ({ connection, record }) => ({
    connection,
    record: overruled(record, connection) ? await world.ledger.revoke(record, byHand) : record,
  }));
  const missing = open.filter(({ connection, record }) => !holds(record, connection.state));
  const ids = (verdict: Verdict) =>
    missing.filter(({ record }) => record.verdict === verdict).map(({ record }) => record.endpointId);
  await world.connections.accept(ids(Verdict.Accept));
  await world.connections.reject(ids(Verdict.Reject));
  const states = new Map(open.map(({ connection }) => [connection.endpointId, connection.state]));
  if (missing.length > 0) {
    const after = await world.connections.list({ endpointIds: missing.map(({ record }) => record.endpointId) });
    missing.forEach(({ record }) => states.delete(record.endpointId));
    after.forEach(({ endpointId, state }) => states.set(endpointId, state));
  }
  // An endpoint that was deleted meanwhile needs nothing more.
  const done = ({ record }: OpenDecision) => {
    const state = states.get(record.endpointId) ?? "deleted";
    return holds(record, state) || gone.has(state);
  };
  return {
    applied: open.filter(done).map(({ record }) => record),
    unsettled: open.filter((decision) => !done(decision)).map(({ record }) => record.endpointId),
  };
}

const byHand: Decision = {
  verdict: Verdict.Reject,
  code: "rejected-by-hand",
  reason: "Somebody rejected it meanwhile.",
};

/** Whether somebody rejected by hand what was about to be accepted: their word stands. */
function overruled(record: DecisionRecord, connection: Connection): boolean {
  return record.verdict === Verdict.Accept && connection.state === "rejected";
}

/** Reports decisions that took hold; an acceptance that was turned around meanwhile is rejected again. */
async function report(world: Acceptance, applied: DecisionRecord[]): Promise<string[]> {
  const claims = await inParallel(applied, async (record) => ({
    record,
    claimed: await world.ledger.claimReport(record),
  }));
  const turns = claims.filter(({ claimed }) => claimed).map(({ record }) => record);
  const refused = claims.filter(({ claimed }) => !claimed).map(({ record }) => record);
  const now = await inParallel(refused, (record) => world.ledger.decision(record.endpointId));
  const turnedAround = refused.filter(
    (record, index) => record.verdict === Verdict.Accept && now[index]?.verdict === Verdict.Reject,
  );
  if (turnedAround.length > 0) {
    await world.connections.reject(turnedAround.map(({ endpointId }) => endpointId));
  }
  const told = new Set(await world.reports.decisions(turns));
  await inParallel([...told], (endpointId) => world.ledger.finish(endpointId));
  return turns.map(({ endpointId }) => endpointId).filter((endpointId) => !told.has(endpointId));
}

/** Frees what endpoints held that EC2 no longer knows. */
async function forget(world: Acceptance, endpointIds: string[]): Promise<void> {
  await inParallel(endpointIds, async (endpointId) => {
    const record = await world.ledger.decision(endpointId);
    if (record !== undefined) {
      await world.ledger.release(record.accountId, endpointId);
    }
  });
}

/** Frees the seats of endpoints that are gone or were rejected by hand, and measures what each tenant uses. */
async function recountSeats(world: Acceptance, connections: Connection[], accountId?: string): Promise<void> {
  const states = new Map(connections.map(({ endpointId, state }) => [endpointId, state]));
  const { tenants, seats } = await world.ledger.accounts();
  const concerned = [...seats].filter(([account]) => accountId === undefined || account === accountId);
  for (const [account, endpointIds] of concerned) {
    // Not in the list: gone, or asked for and accepted since the list was made.
    const missing = endpointIds.filter((endpointId) => !states.has(endpointId));
    const later = missing.length === 0 ? [] : await world.connections.list({ endpointIds: missing });
    later.forEach(({ endpointId, state }) => states.set(endpointId, state));
    for (const endpointId of endpointIds) {
      const state = states.get(endpointId) ?? "deleted";
      if (gone.has(state) || state === "rejected") {
        await world.ledger.release(account, endpointId);
      }
    }
  }
  const usage = tenants.map(({ name: tenant, accountId: account, endpointQuota: quota }): TenantUsage => {
    const theirs = connections.filter((connection) => connection.accountId === account);
    return { tenant, connected: theirs.filter(({ state }) => connected.has(state)).length, quota };
  });
  if (accountId === undefined) {
    world.reports.usage(usage);
  }
}

function holds(record: DecisionRecord, state: string): boolean {
  return record.verdict === Verdict.Accept ? connected.has(state) : state === "rejected";
}

/** Runs a task for every item, some at a time, and gives the results in order. */
async function inParallel<Item, Result>(items: Item[], task: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = new Array<Result>(items.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await task(items[index] as Item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallelism, items.length) }, worker));
  return results;
}
