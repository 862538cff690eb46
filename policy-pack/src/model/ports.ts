import { type Field, type Unknown, UNKNOWN } from "./field.ts";

/** Ports of one protocol, both ends included. */
export interface Ports {
  /** `tcp`, `udp`, another protocol's name or number, or `all`. */
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
}

const names: Readonly<Record<string, string>> = {
  "-1": "all",
  all: "all",
  any: "all",
  "6": "tcp",
  "17": "udp",
  "1": "icmp",
  "58": "icmpv6",
};

/** The common name of a protocol written as a name or a number. */
export function protocolName(text: string): string {
  const lower = text.trim().toLowerCase();
  return names[lower] ?? lower;
}

/**
 * The ports that a rule speaks of. `all` protocols mean all ports whatever is written beside them, 0 to 0 is how Terraform's
 * users write "all", and -1 is how EC2 does.
 */
export function portsOf(protocolField: Field, fromField: Field, toField: Field): Ports | Unknown {
  const protocolText = protocolField.text();
  if (protocolText === UNKNOWN) {
    return UNKNOWN;
  }
  const protocol = protocolName(protocolText ?? "-1");
  if (protocol === "all") {
    return { protocol, from: 0, to: 65535 };
  }
  const from = fromField.number();
  const to = toField.number();
  if (from === UNKNOWN || to === UNKNOWN) {
    return UNKNOWN;
  }
  const first = from ?? to ?? 0;
  const last = to ?? from ?? 65535;
  const everything = (first <= 0 && last <= 0) || first === -1 || last === -1;
  return everything ? { protocol, from: 0, to: 65535 } : { protocol, from: first, to: last };
}

/** Whether the ports include one, over TCP unless another protocol is asked for. */
export function includesPort(ports: Ports, port: number, protocol = "tcp"): boolean {
  return (ports.protocol === "all" || ports.protocol === protocol) && ports.from <= port && port <= ports.to;
}

/** Whether the rule leaves no port out. */
export function isEveryPort(ports: Ports): boolean {
  return ports.from <= 1 && ports.to >= 65535;
}
