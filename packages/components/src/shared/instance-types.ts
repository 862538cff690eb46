import data from "./instance-types.json" with { type: "json" };
import { PlanRefusedError, refuse } from "./refusal.ts";

/** An accelerator of an instance type. */
export interface InstanceGpu {
  /** NVIDIA's name, such as `L40S`. */
  name: string;
  /** How many of them the instance has. */
  count: number;
  /** Memory of all of them together, MiB. */
  memoryMib: number;
}

/**
 * What EC2 says about an instance type: DescribeInstanceTypes and DescribeInstanceTypeOfferings, as carried by moto
 * 5.2.5 (October 2026). The price is the public Linux on-demand one in us-east-1 of 2026-07-20.
 */
export interface InstanceType {
  /** Such as `g6e.2xlarge`. */
  type: string;
  /** `x86_64`, `arm64`. */
  arch: string[];
  vcpu: number;
  memoryMib: number;
  /** Gbit/s that the instance can always count on; most types burst to `networkPeakGbps` for minutes only. */
  networkBaselineGbps: number;
  networkPeakGbps: number;
  /** Network interfaces at most; each one that is attached holds up to `ipv4PerEni` addresses. */
  enis: number;
  /** IPv4 addresses on one interface, its primary one included. */
  ipv4PerEni: number;
  /** Interfaces that speak EFA; 0 where the type has none (correction E16). */
  efaInterfaces: number;
  /** Whether a single flow may pass 10 Gbit/s (correction E33). */
  enaExpress: boolean;
  /** EBS bandwidth that the instance can always count on, Mbit/s. */
  ebsBaselineMbps: number;
  ebsBaselineIops: number;
  /** The same bandwidth in MB/s, to compare with a volume's throughput (correction E28). */
  ebsBaselineMBps: number;
  gpu?: InstanceGpu;
  nitroEnclaves: boolean;
  nitroTpm: boolean;
  /** Strategies of placement groups that admit the type. */
  placement: string[];
  instanceStoreGb?: number;
  /** USD an hour, Linux, on-demand, us-east-1, 2026-07-20; missing where it was not known. */
  onDemandUsdPerHourUsEast1?: number;
  /** Availability Zone IDs that offer the type, by region. */
  azIds: Record<string, string[]>;
}

const byName = new Map<string, InstanceType>((data as InstanceType[]).map((entry) => [entry.type, entry]));

/** Every type that is known, in alphabetical order. */
export function instanceTypes(): InstanceType[] {
  return [...byName.values()];
}

/**
 * The figures of an instance type.
 *
 * @param name such as `r6i.4xlarge`
 * @param path where the name was given, for the message
 * @throws PlanRefusedError when the type is not in the table; the message offers the nearest names.
 */
export function instanceType(name: string, path = "instanceType"): InstanceType {
  const found = byName.get(name);
  if (found === undefined) {
    refuse({
      path,
      value: name,
      reason: `is not one of the ${byName.size} instance types whose figures are known`,
      mend: `Did you mean ${nearest(name).join(", ")}?`,
    });
  }
  return found;
}

/** Whether the type is offered in the zone, such as `use1-az1`; false too for a region that the table does not know. */
export function offeredIn(type: InstanceType, region: string, zoneId: string): boolean {
  return type.azIds[region]?.includes(zoneId) ?? false;
}

/**
 * Checks that a type is offered in every zone a fleet is spread over.
 *
 * @param path where the type was given, for the message
 * @returns the type's figures
 * @throws PlanRefusedError when it is unknown, or naming the zones that lack it and those that have it.
 */
export function instanceTypeInZones(
  name: string,
  region: string,
  zoneIds: string[],
  path = "instanceType",
): InstanceType {
  const type = instanceType(name, path);
  const missing = zoneIds.filter((zoneId) => !offeredIn(type, region, zoneId));
  if (missing.length > 0) {
    const offered = type.azIds[region] ?? [];
    throw new PlanRefusedError([
      {
        path,
        value: name,
        reason: `is not offered in ${missing.join(", ")}`,
        mend:
          offered.length > 0
            ? `In ${region} it is offered in ${offered.join(", ")}: choose among those zones or another type.`
            : `It is not offered in ${region}: choose another type.`,
      },
    ]);
  }
  return type;
}

/** The three names that begin and end most like the one given. */
function nearest(name: string): string[] {
  return [...byName.keys()]
    .map((known) => ({ known, likeness: commonStart(name, known) + commonStart(reversed(name), reversed(known)) }))
    .sort((one, other) => other.likeness - one.likeness || one.known.localeCompare(other.known))
    .slice(0, 3)
    .map(({ known }) => known);
}

function commonStart(one: string, other: string): number {
  const limit = Math.min(one.length, other.length);
  let length = 0;
  while (length < limit && one[length] === other[length]) {
    length++;
  }
  return length;
}

function reversed(text: string): string {
  return [...text].reverse().join("");
}
