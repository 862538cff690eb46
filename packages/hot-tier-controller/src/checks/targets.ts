import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { awsClients, loadConnection, loadSettings } from "../aws/environment.ts";
import { AwsFleet } from "../aws/fleet.ts";
import { Connections } from "../cluster/connections.ts";
import type { ConnectionSettings } from "../cluster/connections.ts";
import { ListedFleet } from "../cluster/listed-fleet.ts";
import { parseClusterNodes } from "../cluster/parse.ts";
import type { NodeLine } from "../cluster/parse.ts";
import { listedLogin } from "../run/session.ts";
import type { GlobalOptions } from "../run/session.ts";
import { slotCount } from "../slots.ts";
import { throughputExpectation } from "./expectations.ts";
import { ownAddresses, ownZone, splitAddress, zoneOfAddress } from "./places.ts";
import type { Subnet } from "./places.ts";
import { resolveEndpoint } from "./round-trips.ts";
import { parseStackOutputs } from "./stack-outputs.ts";

/** Options of every check, besides those of every command. */
export interface TargetOptions extends GlobalOptions {
  readonly region?: string;
  /** File with the stack's outputs as JSON; `-` is standard input. */
  readonly outputs?: string;
  /** Secret with `username`, `password` and `ca`; its value never passes the command line. */
  readonly secret?: string;
  readonly fromZone?: string;
  /** More endpoints to connect to, as `name=host:port`. */
  readonly endpoint?: readonly string[];
}

/** A node of the cluster. */
export interface Member {
  readonly address: string;
  readonly zone?: string;
}

/** Something else to connect to. */
export interface Endpoint {
  readonly name: string;
  /** `host:port`; the host may have several addresses. */
  readonly address: string;
  /** Whether a load balancer stands in between. */
  readonly balanced: boolean;
}

/** Everything that is measured, and from where. */
export interface Targets {
  readonly region?: string;
  readonly fromZone?: string;
  readonly subnets: readonly Subnet[];
  readonly members: readonly Member[];
  readonly endpoints: readonly Endpoint[];
  readonly login: ConnectionSettings;
  /** What a node keeps, in bits a second. */
  readonly baselineBitsPerSecond: number;
}

const ports = { hotTier: 6379, tls: 443, postgres: 5432 };
const run = promisify(execFile);

/**
 * Finds out whom to measure: listed nodes (`--node`), a cluster by its SSM parameters (`--cluster`), or a region by its
 * stack's outputs (`--outputs`, or the Pulumi CLI for the stack called as the region).
 *
 * @throws Error that says what was not found and how to give it
 */
export async function findTargets(
  options: TargetOptions,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<Targets> {
  if (options.region !== undefined) {
    process.env.AWS_REGION = options.region;
  }
  const own = (options.endpoint ?? []).map(namedEndpoint);
  const place = {
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.fromZone === undefined ? {} : { fromZone: options.fromZone }),
  };
  const { baselineBitsPerSecond } = throughputExpectation;
  if (options.node !== undefined) {
    const members = await new ListedFleet(options.node).machines();
    const login = await loginOf(options, variables);
    return { ...place, subnets: [], members, endpoints: own, login, baselineBitsPerSecond };
  }
  const cluster = options.cluster ?? (options.region === undefined ? variables.MRGC_CLUSTER : undefined);
  if (cluster !== undefined) {
    const clients = awsClients();
    const { settings } = await loadSettings(clients.ssm, cluster);
    const members = await new AwsFleet(clients, cluster, settings.connection.port, settings.zones).machines();
    const login =
      options.secret === undefined
        ? await loadConnection(clients.secrets, settings.connection)
        : await loginOf(options, variables);
    const baseline = settings.limits.networkBaselineBitsPerSecond;
    return { ...place, subnets: [], members, endpoints: own, login, baselineBitsPerSecond: baseline };
  }
  const outputs = parseStackOutputs(await readOutputs(options), options.region);
  process.env.AWS_REGION = outputs.region;
  const secret = options.secret ?? outputs.hotTierSecretArn;
  const login = await loginOf({ ...options, ...(secret === undefined ? {} : { secret }) }, variables);
  const endpoints = [
    ...endpointOf("GPU load balancer", outputs.nlbDnsName, ports.tls, true),
    ...endpointOf("metadata database", outputs.metadataEndpoint, ports.postgres, false),
    ...endpointOf("hot tier seeds", outputs.hotTierEndpoint, ports.hotTier, true),
    ...own,
  ];
  const seeds = endpoints.find(({ name }) => name === "hot tier seeds")?.address;
  const lines = seeds === undefined ? [] : await askForNodes(seeds, login);
  const fromZone = options.fromZone ?? ownZone(ownAddresses(), outputs.subnets);
  return {
    region: outputs.region,
    ...(fromZone === undefined ? {} : { fromZone }),
    subnets: outputs.subnets,
    members: lines.map(({ address }) => {
      const zone = zoneOfAddress(splitAddress(address).host, outputs.subnets);
      return { address, ...(zone === undefined ? {} : { zone }) };
    }),
    endpoints,
    login,
    baselineBitsPerSecond,
  };
}

/**
 * Zone of the primary that owns each slot, by the map of the first node that answers.
 *
 * @throws Error when nobody answers or nobody owns a slot
 */
export async function zonesOfSlots(
  members: readonly Member[],
  connections: Connections,
): Promise<(slot: number) => string> {
  const zoneOf = new Map(members.map(({ address, zone }) => [address, zone ?? ""]));
  const zones = new Array<string>(slotCount).fill("");
  const lines = await firstAnswer(members, connections);
  if (lines.every(({ slots }) => slots.length === 0)) {
    throw new Error("No node owns a slot: the cluster is not formed yet. `hot-tier status` tells more.");
  }
  for (const { address, slots } of lines) {
    for (const [first, last] of slots) {
      zones.fill(zoneOf.get(address) ?? "", first, last + 1);
    }
  }
  return (slot) => zones[slot] ?? "";
}

async function firstAnswer(members: readonly Member[], connections: Connections): Promise<NodeLine[]> {
  const problems: string[] = [];
  for (const { address } of members) {
    try {
      return parseClusterNodes(await connections.text(address, "CLUSTER", "NODES"));
    } catch (error) {
      problems.push(`${address}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`No node answers.\n${problems.join("\n")}`);
}

/** Asks whoever answers behind a name for the cluster's nodes. */
async function askForNodes(seeds: string, login: ConnectionSettings): Promise<NodeLine[]> {
  const connections = new Connections({ ...login, timeoutMs: 3_000 });
  try {
    // By name: the certificates of nodes hold the seeds' name, not the balancer's addresses.
    const lines = await firstAnswer([{ address: seeds }], connections);
    return lines.filter(({ address, flags }) => !address.startsWith(":") && !flags.has("noaddr"));
  } finally {
    connections.close();
  }
}

async function loginOf(
  options: TargetOptions,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<ConnectionSettings> {
  if (options.secret === undefined) {
    return listedLogin(options, variables);
  }
  return loadConnection(awsClients().secrets, { port: ports.hotTier, tls: true, secretArn: options.secret });
}

async function readOutputs({ outputs, region }: TargetOptions): Promise<string> {
  if (outputs === "-") {
    return text(process.stdin);
  }
  if (outputs !== undefined) {
    return readFile(outputs, "utf8");
  }
  if (region === undefined) {
    throw new Error(
      "Say what to check: --region <region>, --outputs <file>, --cluster <name>, or --node <zone=host:port> for each node.",
    );
  }
  try {
    const { stdout } = await run("pulumi", ["stack", "output", "--json", "--stack", region, "--non-interactive"]);
    return stdout;
  } catch (error) {
    throw new Error(
      `The outputs of stack ${region} could not be read by the Pulumi CLI here. Where there is one: pulumi stack output --json --stack ${region} > outputs.json; then here: --outputs outputs.json.`,
      { cause: error },
    );
  }
}

function endpointOf(name: string, host: string | undefined, port: number, balanced: boolean): Endpoint[] {
  if (host === undefined) {
    return [];
  }
  // Some names come with their port.
  return [{ name, address: /:\d+$/.test(host) ? host : `${host}:${port}`, balanced }];
}

function namedEndpoint(text: string): Endpoint {
  const equals = text.indexOf("=");
  if (equals < 1) {
    throw new Error(`--endpoint ${text}: has to be name=host:port, such as proxies=internal-name:443.`);
  }
  const address = text.slice(equals + 1);
  splitAddress(address);
  return { name: text.slice(0, equals), address, balanced: false };
}

/** The addresses of an endpoint with the zone that each lies in. */
export async function placesOf(endpoint: Endpoint, subnets: readonly Subnet[]): Promise<Member[]> {
  const addresses = await resolveEndpoint(endpoint.address);
  return addresses.map((address) => {
    const zone = zoneOfAddress(splitAddress(address).host, subnets);
    return { address, ...(zone === undefined ? {} : { zone }) };
  });
}
