import { refuseAll } from "../shared/refusal.ts";
import { Routing } from "./args.ts";
import type { PlannedEndpoint, PlannedTarget } from "./tenant-endpoint-plan.ts";

/** How Route 53 chooses between records of one name. */
export interface RecordRouting {
  readonly kind: "simple" | "primary" | "secondary" | "latency";
  /** Told apart from the other records of the name by this. */
  readonly setIdentifier?: string;
  /** For latency: the region that the record stands for. */
  readonly region?: string;
}

/** One alias record of the private zone. */
export interface PlannedRecord {
  /** Part of the logical name. */
  readonly key: string;
  readonly name: string;
  readonly routing: RecordRouting;
  /** The target that answers; left out when the record leads to `chainName`. */
  readonly target?: PlannedTarget;
  /** The next name of a failover chain, in the same zone. */
  readonly chainName?: string;
}

/** A private zone and its records, for one network. */
export interface PlannedZone {
  readonly name: string;
  readonly records: PlannedRecord[];
}

/**
 * The records that turn one name to a healthy region. Route 53's failover knows two records only, so three regions are
 * a chain of names.
 *
 * @throws PlanRefusedError when the private DNS of one of the network's endpoints would answer in the records' place
 */
export function dnsPlan(
  name: string,
  routing: Routing,
  targets: PlannedTarget[],
  endpointsInVpc: PlannedEndpoint[],
): PlannedZone {
  const records =
    routing === Routing.Latency && targets.length > 1 ? latency(name, targets) : chain(name, name, targets, 0);
  const zone = { name, records };
  const privateNames = endpointsInVpc.flatMap(({ privateDnsName, key }) =>
    privateDnsName === undefined ? [] : { privateDnsName, key },
  );
  refuseAll([
    ...privateNames.flatMap(({ privateDnsName, key }) => {
      const shadowed = records.find((record) => shadows(privateDnsName, record.name, name));
      return shadowed === undefined
        ? []
        : {
            path: "dnsName",
            value: name,
            reason: `The endpoint ${key} brings a private zone ${zoneOf(privateDnsName)} of its own into the network, which answers for ${shadowed.name} before the record does: the name would stay on that region when it fails.`,
            mend: "Choose a dnsName outside of the service's private names, or leave privateDns out.",
          };
    }),
    ...privateNames.flatMap(({ privateDnsName, key }, index) => {
      const other = privateNames
        .slice(0, index)
        .find((earlier) => zoneOf(earlier.privateDnsName) === zoneOf(privateDnsName));
      return other === undefined
        ? []
        : {
            path: "privateDns",
            value: true,
            reason: `The endpoints ${other.key} and ${key} of one network have the same private name ${privateDnsName}; AWS gives it to one, and it cannot fail over to the other.`,
            mend: "Have the provider use a name for each region, or leave privateDns out and use dnsName.",
          };
    }),
  ]);
  return zone;
}

/**
 * Whether an endpoint's private DNS answers in a record's place: Route 53 takes the zone with the longest matching name,
 * and an endpoint's zone, though nobody sees it, is one.
 */
export function shadows(privateDnsName: string, recordName: string, zoneName: string): boolean {
  const hidden = zoneOf(privateDnsName);
  return within(recordName, hidden) && within(hidden, zoneName);
}

/** An endpoint's zone for a wildcard name is the name without the wildcard. */
function zoneOf(privateDnsName: string): string {
  return privateDnsName.replace(/^\*\./, "");
}

function within(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

function latency(name: string, targets: PlannedTarget[]): PlannedRecord[] {
  return targets.map((target) => ({
    key: target.serviceRegion,
    name,
    routing: { kind: "latency", setIdentifier: target.serviceRegion, region: target.serviceRegion },
    target,
  }));
}

function chain(apex: string, name: string, targets: PlannedTarget[], depth: number): PlannedRecord[] {
  const [first, ...rest] = targets;
  if (first === undefined) {
    return [];
  }
  if (rest.length === 0) {
    return [{ key: first.serviceRegion, name, routing: { kind: "simple" }, target: first }];
  }
  const primary: PlannedRecord = {
    key: first.serviceRegion,
    name,
    routing: { kind: "primary", setIdentifier: first.serviceRegion },
    target: first,
  };
  const [second] = rest;
  if (rest.length === 1 && second !== undefined) {
    return [
      primary,
      {
        key: second.serviceRegion,
        name,
        routing: { kind: "secondary", setIdentifier: second.serviceRegion },
        target: second,
      },
    ];
  }
  const chainName = `backup-${depth + 1}.${apex}`;
  return [
    primary,
    {
      key: `backup-${depth + 1}`,
      name,
      routing: { kind: "secondary", setIdentifier: `backup-${depth + 1}` },
      chainName,
    },
    ...chain(apex, chainName, rest, depth + 1),
  ];
}
