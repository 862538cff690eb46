import { Connections } from "../cluster/connections.ts";
import { balancerExpectation, commandExpectations, roundTripExpectations } from "./expectations.ts";
import { measureThroughput } from "./iperf.ts";
import { runLoad } from "./load.ts";
import type { LoadOptions } from "./load.ts";
import { ownAddresses, pathTo, splitAddress } from "./places.ts";
import { loadRows, missingRow, operationRow, roundTripRow, throughputRow } from "./report.ts";
import type { Row, Target } from "./report.ts";
import { connectTimes, echoTimes } from "./round-trips.ts";
import { placesOf, zonesOfSlots } from "./targets.ts";
import type { Member, Targets } from "./targets.ts";
import { Verdict } from "./verdict.ts";

/** How much the network is asked. */
export interface ProbeOptions {
  /** Round trips to each address: 100, as the documents' ping -c 100. */
  readonly count: number;
  /** `zone=host:port` of machines where `iperf3 -s` runs. */
  readonly iperf: readonly string[];
  readonly iperfSeconds: number;
  readonly iperfStreams: number;
  readonly baselineBitsPerSecond?: number;
}

/** What a check needs besides its targets. */
export interface CheckContext {
  readonly signal: AbortSignal;
  /** Tells people how far it is; not part of the report. */
  readonly progress: (line: string) => void;
}

const probeTimeoutMs = 2_000;
const mostSeeds = 6;

/** Round trips to every node and endpoint, and bits a second where iperf3 serves: one after the other, so that none disturbs another. */
export async function probe(targets: Targets, options: ProbeOptions, context: CheckContext): Promise<Row[]> {
  const rows: Row[] = [];
  const { signal, progress } = context;
  const roundTrips = { count: options.count, timeoutMs: probeTimeoutMs, signal };
  const connections = new Connections({ ...targets.login, timeoutMs: probeTimeoutMs });
  try {
    for (const [index, member] of targets.members.entries()) {
      if (signal.aborted) {
        return rows;
      }
      progress(`node ${index + 1} of ${targets.members.length}: ${member.address}`);
      const target = targetOf(member, targets);
      const expected = roundTripExpectations[target.path];
      rows.push(roundTripRow("connect", target, await connectTimes(member.address, roundTrips), expected));
      rows.push(roundTripRow("ping", target, await echoTimes(member.address, connections, roundTrips), expected));
    }
  } finally {
    connections.close();
  }
  for (const endpoint of targets.endpoints) {
    progress(`endpoint ${endpoint.name}`);
    try {
      for (const place of await placesOf(endpoint, targets.subnets)) {
        const target = targetOf(place, targets, endpoint.name);
        const expected = endpoint.balanced ? balancerExpectation : roundTripExpectations[target.path];
        rows.push(roundTripRow("connect", target, await connectTimes(place.address, roundTrips), expected));
      }
    } catch (error) {
      rows.push(missingRow("connect", endpoint.name, Verdict.Fail, textOf(error)));
    }
  }
  return [...rows, ...(await throughputs(targets, options, context))];
}

/** Load through the cluster client, its latencies by operation and zone. */
export async function bench(
  targets: Targets,
  options: Omit<LoadOptions, "signal" | "onProgress">,
  context: CheckContext,
): Promise<Row[]> {
  const connections = new Connections({ ...targets.login, timeoutMs: probeTimeoutMs });
  const { members, login } = targets;
  try {
    const zoneOfSlot = await zonesOfSlots(members, connections);
    const load = {
      ...options,
      signal: context.signal,
      onProgress: (seconds: number, operations: number, errors: number) =>
        context.progress(`${seconds.toFixed(0)} of ${options.seconds} s: ${operations} operations, ${errors} errors`),
    };
    const seeds = members.slice(0, mostSeeds).map(({ address }) => address);
    const report = await runLoad({ seeds, login, zoneOfSlot }, load);
    const rows = report.latencies.map(({ operation, zone, latencies }) => {
      // All nodes of a zone are alike: the path to one of them is the path to all.
      const member = members.find((candidate) => candidate.zone === zone) ?? members[0];
      const { path } = targetOf({ address: member?.address ?? ":0", zone }, targets);
      const name = `primaries in ${zone === "" ? "an unknown zone" : zone}`;
      return operationRow(operation, { name, path }, latencies.summary(), commandExpectations[operation][path]);
    });
    const order = (row: Row): string => `${row.check} ${row.target}`;
    return [...rows.sort((a, b) => order(a).localeCompare(order(b))), ...loadRows(load, report)];
  } catch (error) {
    return [missingRow("load", "cluster", Verdict.Fail, textOf(error))];
  } finally {
    connections.close();
  }
}

async function throughputs(
  targets: Targets,
  options: ProbeOptions,
  { signal, progress }: CheckContext,
): Promise<Row[]> {
  if (options.iperf.length === 0) {
    const how =
      "start `iperf3 -s` on a machine of each zone, open its port to this one, and name it: --iperf zone=host:5201";
    return [missingRow("iperf3", "-", Verdict.NotJudged, how)];
  }
  const rows: Row[] = [];
  const baseline = options.baselineBitsPerSecond ?? targets.baselineBitsPerSecond;
  for (const server of options.iperf) {
    if (signal.aborted) {
      return rows;
    }
    const [zone = "", address = ""] = server.split("=");
    progress(`iperf3 to ${server} for ${options.iperfSeconds} s`);
    try {
      const run = { seconds: options.iperfSeconds, streams: options.iperfStreams, signal };
      const throughput = await measureThroughput(address, run);
      rows.push(throughputRow(targetOf({ address, zone }, targets), throughput, baseline));
    } catch (error) {
      if (signal.aborted) {
        return rows;
      }
      rows.push(missingRow("iperf3", server, Verdict.Fail, textOf(error)));
    }
  }
  return rows;
}

function targetOf({ address, zone }: Member, { fromZone }: Targets, name?: string): Target {
  const where = zone === undefined || zone === "" ? address : `${zone} ${address}`;
  return {
    name: name === undefined ? where : `${name} ${where}`,
    path: pathTo(splitAddress(address).host, zone === "" ? undefined : zone, fromZone, ownAddresses()),
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
