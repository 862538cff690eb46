import type { PlannedZone } from "../tenant-endpoint/dns-plan.ts";
import type { Timings } from "./timings.ts";

/** A zone of a region's endpoint: the tenant's interface, the load balancer's node, and the targets there. */
export interface Address {
  region: string;
  zone: number;
}

/** What a fault takes away, and when (seconds). */
export interface Fault {
  from: number;
  until: number;
  /** Whether it takes this zone's interface away from the tenant. */
  cutsInterface(region: string, zone: number): boolean;
  /** Whether it takes this zone's targets down. */
  stopsTargets(region: string, zone: number): boolean;
  /** Seconds until health checks and probes notice that anything is wrong: `Infinity` when they never do. Default: 0. */
  seenAfter?: number;
  /** Whether AWS itself makes the change, and so takes the zone out of the name at once. */
  planned?: boolean;
}

const zonesPerRegion = [0, 1, 2];

/** The provider's regions, the tenant's endpoints and the private zone, as they are at any second of a drill. */
export class ServicePath {
  private readonly fault: Fault;
  private readonly timings: Timings;
  private readonly zone: PlannedZone;

  constructor(fault: Fault, timings: Timings, zone: PlannedZone) {
    this.fault = fault;
    this.timings = timings;
    this.zone = zone;
  }

  /** The addresses that the private zone answers with. */
  resolve(now: number): Address[] {
    const region = this.regionOf(this.zone.name, now);
    const published = zonesPerRegion.filter((zone) => !this.leftName(region, zone, now));
    return (published.length > 0 ? published : zonesPerRegion).map((zone) => ({ region, zone }));
  }

  /** The zone whose target a new connection gets: the load balancer spreads over the zones that it holds healthy. */
  targetFor({ region }: Address, now: number, random: () => number): number {
    const { nlbCheckInterval, nlbCheckFailures } = this.timings;
    const noticed = nlbCheckInterval * nlbCheckFailures;
    const { seenAfter = 0 } = this.fault;
    const held = zonesPerRegion.filter(
      (zone) => !(this.fault.stopsTargets(region, zone) && this.during(now, seenAfter + noticed, noticed)),
    );
    // A load balancer with no healthy target spreads over all of them.
    const choice = held.length > 0 ? held : zonesPerRegion;
    return choice[Math.floor(random() * choice.length)] ?? 0;
  }

  /** Whether a request on this way is answered. */
  answers({ region, zone }: Address, targetZone: number, now: number): boolean {
    const broken = this.fault.cutsInterface(region, zone) || this.fault.stopsTargets(region, targetZone);
    return !(broken && this.during(now, 0, 0));
  }

  /** Route 53's choice: follows the chain of failovers by what the health checks say; with none healthy, the first. */
  private regionOf(name: string, now: number): string {
    const records = this.zone.records.filter((record) => record.name === name);
    const inOrder = [...records].sort((a, b) => order(a.routing.kind) - order(b.routing.kind));
    for (const record of inOrder) {
      if (record.chainName !== undefined) {
        return this.regionOf(record.chainName, now);
      }
      if (record.target !== undefined && this.heldHealthy(record.target.serviceRegion, now)) {
        return record.target.serviceRegion;
      }
    }
    return records.find(({ target }) => target !== undefined)?.target?.serviceRegion ?? "";
  }

  /** The probe tries every published address, so that a region is lost to it only when all zones are. */
  private heldHealthy(region: string, now: number): boolean {
    const { probeNotices, probeRecovers, alarmDelay } = this.timings;
    const lost = zonesPerRegion.every(
      (zone) => this.fault.cutsInterface(region, zone) || this.fault.stopsTargets(region, zone),
    );
    const { seenAfter = 0 } = this.fault;
    const noticed = seenAfter + probeNotices + alarmDelay;
    return !(lost && this.during(now, noticed, probeRecovers + alarmDelay));
  }

  private leftName(region: string, zone: number, now: number): boolean {
    const { zoneLeavesName, zoneJoinsName } = this.timings;
    const delay = this.fault.planned === true ? 0 : zoneLeavesName;
    return this.fault.cutsInterface(region, zone) && this.during(now, delay, zoneJoinsName);
  }

  /** Whether the fault is seen by somebody who notices its beginning and its end so much later. */
  private during(now: number, beginsLater: number, endsLater: number): boolean {
    return now >= this.fault.from + beginsLater && now < this.fault.until + endsLater;
  }
}

function order(kind: string): number {
  return ["simple", "primary", "latency", "secondary"].indexOf(kind);
}
