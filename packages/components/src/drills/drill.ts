import { seeded } from "./random.ts";
import type { Address, Fault, ServicePath } from "./service-path.ts";

/** How a tenant's client behaves. */
export interface ClientKind {
  name: string;
  /** Whether a failed connect goes on to the next address of the answer, as Node, Go, Java and curl do. */
  triesNextAddress: boolean;
  /** Seconds until a connect is given up. */
  connectTimeout: number;
  /** Seconds until a request on an open connection is given up. */
  requestTimeout: number;
}

/** What a drill found, over all clients of all runs. */
export interface DrillResult {
  requests: number;
  failed: number;
  /** Seconds from the fault to a client's last failed request; 0 for one that saw none. */
  lastFailure: { median: number; p99: number; worst: number };
}

/** What a drill is run with. */
export interface DrillOptions {
  clients: number;
  seconds: number;
  seeds: number[];
  /** Lifetime of an answer in the client's resolver, seconds. */
  dnsTtl: number;
}

interface Client {
  answer?: { addresses: Address[]; expires: number };
  connection?: { address: Address; targetZone: number };
  nextRequest: number;
  lastFailure: number;
}

/** Lets clients send a request a second through a fault, in virtual time, and counts what they see. */
export function runDrill(path: ServicePath, fault: Fault, kind: ClientKind, options: DrillOptions): DrillResult {
  const lasts: number[] = [];
  const total = { requests: 0, failed: 0 };
  for (const seed of options.seeds) {
    const random = seeded(seed);
    // Clients are in the middle of their work when the fault begins: some have just resolved, some are about to.
    const clients = Array.from({ length: options.clients }, (): Client => ({
      nextRequest: -options.dnsTtl + random(),
      lastFailure: 0,
    }));
    for (const client of clients) {
      client.answer = { addresses: path.resolve(-options.dnsTtl), expires: -random() * options.dnsTtl };
      while (client.nextRequest < options.seconds) {
        const now = client.nextRequest;
        const spent = request(path, kind, client, now, options.dnsTtl, random);
        if (now >= 0) {
          total.requests++;
          if (!spent.answered) {
            total.failed++;
            client.lastFailure = now + spent.seconds - fault.from;
          }
        }
        client.nextRequest = now + Math.max(1, spent.seconds);
      }
      lasts.push(client.lastFailure);
    }
  }
  lasts.sort((a, b) => a - b);
  const at = (share: number) => lasts[Math.min(lasts.length - 1, Math.floor(lasts.length * share))] ?? 0;
  return { ...total, lastFailure: { median: at(0.5), p99: at(0.99), worst: at(1) } };
}

function request(
  path: ServicePath,
  kind: ClientKind,
  client: Client,
  now: number,
  dnsTtl: number,
  random: () => number,
): { answered: boolean; seconds: number } {
  if (client.connection !== undefined) {
    if (path.answers(client.connection.address, client.connection.targetZone, now)) {
      // A tenth of the connections is renewed all the time, as pools do.
      if (random() < 0.1) {
        client.connection = undefined;
      }
      return { answered: true, seconds: 0 };
    }
    client.connection = undefined;
    return { answered: false, seconds: kind.requestTimeout };
  }
  if (client.answer === undefined || client.answer.expires <= now) {
    client.answer = { addresses: path.resolve(now), expires: now + dnsTtl };
  }
  const start = Math.floor(random() * client.answer.addresses.length);
  const tries = kind.triesNextAddress ? client.answer.addresses.length : 1;
  let seconds = 0;
  for (let attempt = 0; attempt < tries; attempt++) {
    const address = client.answer.addresses[(start + attempt) % client.answer.addresses.length];
    if (address === undefined) {
      break;
    }
    const targetZone = path.targetFor(address, now, random);
    if (path.answers(address, targetZone, now + seconds)) {
      client.connection = { address, targetZone };
      return { answered: true, seconds };
    }
    seconds += kind.connectTimeout;
  }
  return { answered: false, seconds };
}
