import { Routing } from "../tenant-endpoint/args.ts";
import type { PlannedZone } from "../tenant-endpoint/dns-plan.ts";
import { tenantEndpointPlan } from "../tenant-endpoint/tenant-endpoint-plan.ts";
import { runDrill, type ClientKind, type DrillResult } from "./drill.ts";
import { ServicePath, type Fault } from "./service-path.ts";
import { defaultTimings, type Timings } from "./timings.ts";

const regions = ["us-east-1", "us-east-2", "us-west-2"];
const codes = ["use1", "use2", "usw2"];
const zones = (index: number) => [1, 2, 3].map((zone) => `${codes[index]}-az${zone}`);

/** When the fault begins and ends, and how long the tenant is watched; seconds. */
const faultFrom = 30;
const faultUntil = 630;
const watched = 900;

/** A fault, and the private zone of the tenant that goes through it. */
export interface Drill {
  title: string;
  fault: Fault;
  zone: PlannedZone;
}

const never = () => false;
const home = regions[0] ?? "";

/** The drills of `docs/drills.md`. */
export const drills = {
  az: {
    title: "One zone of the service fails: interface, load balancer node and targets",
    fault: fault({
      cutsInterface: (region, zone) => region === home && zone === 0,
      stopsTargets: (region, zone) => region === home && zone === 0,
    }),
    zone: tenantZone(regions),
  },
  region: {
    title: "The whole service of the tenant's own region fails",
    fault: fault({ cutsInterface: never, stopsTargets: (region) => region === home }),
    zone: tenantZone(regions),
  },
  subnet: {
    title: "One endpoint subnet is switched off on purpose",
    fault: fault({
      cutsInterface: (region, zone) => region === home && zone === 0,
      stopsTargets: never,
      planned: true,
    }),
    zone: tenantZone(regions),
  },
  "region-without-failover": {
    title: "The same region's failure for a tenant whose name leads to one region only",
    fault: fault({ cutsInterface: never, stopsTargets: (region) => region === home }),
    zone: tenantZone([home]),
  },
} satisfies Record<string, Drill>;

/** Name of a drill. */
export type DrillName = keyof typeof drills;

/** Clients as they come. */
export const clientKinds: ClientKind[] = [
  { name: "tries every address", triesNextAddress: true, connectTimeout: 1, requestTimeout: 5 },
  { name: "tries one address", triesNextAddress: false, connectTimeout: 3, requestTimeout: 5 },
];

/** How many clients and runs a drill has. */
export interface DrillSize {
  clients: number;
  runs: number;
}

/** Runs one drill for each kind of client. */
export function measure(
  name: DrillName,
  size: DrillSize = { clients: 200, runs: 20 },
  timings: Timings = defaultTimings,
): { kind: ClientKind; result: DrillResult }[] {
  const drill: Drill = drills[name];
  const path = new ServicePath(drill.fault, timings, drill.zone);
  const seeds = Array.from({ length: size.runs }, (_, index) => index + 1);
  return clientKinds.map((kind) => ({
    kind,
    result: runDrill(path, drill.fault, kind, {
      clients: size.clients,
      seconds: watched,
      seeds,
      dnsTtl: timings.dnsTtl,
    }),
  }));
}

function fault(what: Pick<Fault, "cutsInterface" | "stopsTargets" | "planned">): Fault {
  return { from: faultFrom, until: faultUntil, ...what };
}

/** The zone that `TenantEndpoint` plans for a tenant in the first region. */
function tenantZone(reached: string[]): PlannedZone {
  const plan = tenantEndpointPlan({
    vpcs: [{ region: home, zoneIds: zones(0) }],
    services: reached.map((serviceRegion) => ({
      serviceRegion,
      zoneIds: zones(regions.indexOf(serviceRegion)),
      endpointRegions: regions,
    })),
    dnsName: "inference.acme.internal",
    routing: reached.length > 1 ? Routing.Failover : undefined,
  });
  return plan.vpcs[0]?.zone ?? { name: "inference.acme.internal", records: [] };
}
