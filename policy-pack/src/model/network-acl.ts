import type { Report, ResourceUnderTest } from "../rule.ts";
import { T } from "../tokens.ts";
import { isInternet, parseCidr, publicPart, type Range, subtract } from "./cidr.ts";
import { type Field, type Unknown, UNKNOWN } from "./field.ts";
import { includesPort, type Ports, portsOf } from "./ports.ts";

/** One entry of a network ACL. Entries are judged by number, the first that matches decides. */
export interface AclEntry {
  readonly field: Field;
  readonly egress: boolean;
  readonly number: number;
  readonly allows: boolean;
  readonly ports: Ports;
  readonly ranges: readonly Range[];
}

/** The entries of a network ACL or of a rule resource, or `UNKNOWN` where a part that decides is not known. */
export function aclEntries(
  type: string,
  props: Field,
): (AclEntry | { readonly field: Field; readonly unknown: true })[] {
  if ((T.networkAclRule as readonly string[]).includes(type)) {
    return [readEntry(props, props.at("egress").flag(), props.at("ruleNumber"), props.at("ruleAction"))];
  }
  return [
    ...props
      .at("ingress")
      .items()
      .map((item) => readEntry(item, false, item.at("ruleNo"), item.at("action"))),
    ...props
      .at("egress")
      .items()
      .map((item) => readEntry(item, true, item.at("ruleNo"), item.at("action"))),
  ];
}

function readEntry(
  field: Field,
  egress: boolean | Unknown | undefined,
  number: Field,
  action: Field,
): AclEntry | { field: Field; unknown: true } {
  const rule = number.number();
  const verb = action.text();
  const ports = portsOf(field.at("protocol"), field.at("fromPort"), field.at("toPort"));
  const cidrs = [field.at("cidrBlock").text(), field.at("ipv6CidrBlock").text()];
  if (
    field.isUnknown ||
    egress === UNKNOWN ||
    rule === UNKNOWN ||
    verb === UNKNOWN ||
    ports === UNKNOWN ||
    cidrs.includes(UNKNOWN)
  ) {
    return { field, unknown: true };
  }
  const ranges = cidrs.flatMap((text) => (typeof text === "string" ? (parseCidr(text) ?? []) : []));
  return {
    field,
    egress: egress === true,
    number: rule ?? 0,
    allows: (verb ?? "allow").toLowerCase() === "allow",
    ports,
    ranges,
  };
}

/** The entry that lets the internet in to a TCP port, after the denials before it. */
export function openEntry(entries: readonly AclEntry[], port: number): AclEntry | undefined {
  let denied: Range[] = [];
  for (const entry of entries.filter(({ egress }) => !egress).sort((a, b) => a.number - b.number)) {
    if (!includesPort(entry.ports, port)) {
      continue;
    }
    if (!entry.allows) {
      denied = [...denied, ...entry.ranges];
    } else if (isInternet(subtract(publicPart(entry.ranges), denied))) {
      return entry;
    }
  }
  return undefined;
}

/** Reports the entries of a network ACL, or a rule resource, that let the internet in to any of the TCP ports. */
export function reportOpenAcl(
  { type, props }: Pick<ResourceUnderTest, "type" | "props">,
  report: Report,
  ports: readonly number[],
  what: string,
): void {
  const entries = aclEntries(type, props);
  const known = entries.filter((entry): entry is AclEntry => !("unknown" in entry));
  const open = ports.map((port) => openEntry(known, port)).find((entry) => entry !== undefined);
  if (open !== undefined) {
    report.broken(open.field, `lets ${what} in from the internet`);
  }
  for (const { field } of entries.filter((entry) => "unknown" in entry)) {
    report.cannotTell(field, "has a part that is not known before `up`");
  }
}
