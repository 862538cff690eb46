import { BlockList, isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { Path } from "./expectations.ts";

/** A subnet of the region, as the stack's output `plan.subnets` tells it. */
export interface Subnet {
  readonly zoneId: string;
  /** Such as `10.66.16.0/22`. */
  readonly cidrBlock: string;
}

/** Zone ID of an IPv4 address: that of the subnet it lies in. */
export function zoneOfAddress(address: string, subnets: readonly Subnet[]): string | undefined {
  return subnets.find(({ cidrBlock }) => contains(cidrBlock, address))?.zoneId;
}

/** Zone ID of a machine by its own addresses; undefined when none lies in a subnet, or when they lie in several zones. */
export function ownZone(addresses: readonly string[], subnets: readonly Subnet[]): string | undefined {
  const zones = new Set(
    addresses.map((address) => zoneOfAddress(address, subnets)).filter((zone) => zone !== undefined),
  );
  return zones.size === 1 ? [...zones][0] : undefined;
}

/** Whether a host is this machine by an address that every machine has. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || contains("127.0.0.0/8", host);
}

/** Addresses of this machine's own interfaces. */
export function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}

/**
 * The path from one zone to an address in another.
 *
 * @param own addresses of this machine: what is sent to them leaves it as little as what is sent to 127.0.0.1
 */
export function pathTo(
  host: string,
  zone: string | undefined,
  fromZone: string | undefined,
  own: readonly string[],
): Path {
  if (isLoopback(host) || own.includes(host)) {
    return Path.Loopback;
  }
  if (zone === undefined || fromZone === undefined) {
    return Path.Unknown;
  }
  return zone === fromZone ? Path.OwnZone : Path.AnotherZone;
}

/** `host` and `port` of `host:port`. @throws Error when it is not like that. */
export function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const match = /^(.+):(\d{1,5})$/.exec(address);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port < 1 || port > 65_535) {
    throw new Error(`${address}: has to be host:port, such as 10.66.1.5:6379.`);
  }
  return { host: match[1].replace(/^\[(.*)\]$/, "$1"), port };
}

function contains(cidrBlock: string, address: string): boolean {
  if (isIP(address) !== 4) {
    return false;
  }
  const [network = "", bits] = cidrBlock.split("/");
  const list = new BlockList();
  list.addSubnet(network, Number(bits), "ipv4");
  return list.check(address, "ipv4");
}
