import {
  canonical,
  type CidrRange,
  contains,
  firstFree,
  formatCidr,
  isAligned,
  largestPrefix,
  overlaps,
  parseCidr,
  parsed,
  privateRanges,
  smallestPrefix,
} from "../shared/cidr.ts";
import type { Problem } from "../shared/refusal.ts";
import { regionCode } from "../shared/regions.ts";
import type { AddressPlanArgs } from "./address-plan.ts";
import { describeSubnet, type SubnetBlock, SubnetTier } from "./subnets.ts";
import { smallestVpcPrefix } from "./zone-slots.ts";

const podSpace = parsed("100.64.0.0/10");
const zonePattern = /^[a-z]{3,5}\d-(az|[a-z0-9-]+-az)\d+$/;

/** Zones of another region: their IDs begin with another code. */
export function foreignZoneProblems(region: string, zoneIds: string[]): Problem[] {
  const code = regionCode(region);
  return zoneIds.flatMap((zoneId, index) =>
    !zonePattern.test(zoneId) || zoneId.startsWith(`${code}-`)
      ? []
      : [
          {
            path: `zoneIds[${index}]`,
            value: zoneId,
            reason: `is no zone of ${region}, whose zones are called ${code}-az1 and so on`,
            mend: "Give zones of the region, or another region.",
          },
        ],
  );
}

/** What is wrong with the ranges themselves, whatever the fleets are. */
export function checkRanges(args: AddressPlanArgs, maxZones: number): Problem[] {
  const zones = [...zoneProblems(args.zoneIds), ...slotProblems(maxZones)];
  const vpc = parseCidr(args.vpcCidrBlock);
  if (vpc === undefined) {
    return [...zones, notACidr("vpcCidrBlock", args.vpcCidrBlock)];
  }
  const own = zones.length > 0 ? [] : vpcProblems(args, vpc, maxZones);
  return [...zones, ...own, ...connectedProblems(args, vpc), ...subnetProblems(args, vpc)];
}

function zoneProblems(zoneIds: string[]): Problem[] {
  const problems = zoneIds.flatMap((zoneId, index): Problem[] => {
    const path = `zoneIds[${index}]`;
    if (!zonePattern.test(zoneId)) {
      return [
        {
          path,
          value: zoneId,
          reason: "is not an Availability Zone ID",
          mend: "Give the ID, such as use1-az1: a name like us-east-1a means another zone in another account.",
        },
      ];
    }
    return zoneIds.indexOf(zoneId) === index
      ? []
      : [{ path, value: zoneId, reason: "is listed twice", mend: "List each zone once." }];
  });
  if (zoneIds.length === 0) {
    problems.push({ path: "zoneIds", value: zoneIds, reason: "is empty", mend: "List the zones, such as use1-az1." });
  }
  return problems;
}

function slotProblems(maxZones: number): Problem[] {
  return [2, 4, 8].includes(maxZones)
    ? []
    : [
        {
          path: "maxZones",
          value: maxZones,
          reason: "must be 2, 4 or 8",
          mend: "4 suits every region with up to 4 zones.",
        },
      ];
}

function vpcProblems(args: AddressPlanArgs, vpc: CidrRange, maxZones: number): Problem[] {
  const path = "vpcCidrBlock";
  const value = args.vpcCidrBlock;
  if (!isAligned(vpc)) {
    return [
      {
        path,
        value,
        reason: `does not begin where a /${vpc.prefix} may begin`,
        mend: `EC2 would silently take ${formatCidr(canonical(vpc))}: write that, or ${formatCidr(nextAligned(vpc))}.`,
      },
    ];
  }
  if (!privateRanges.some((range) => contains(range, vpc))) {
    return [
      {
        path,
        value,
        reason: `is not within ${privateRanges.map(formatCidr).join(", ")}`,
        mend: "Choose a private range, such as 10.66.0.0/18.",
      },
    ];
  }
  const narrowest = smallestVpcPrefix(maxZones);
  if (vpc.prefix < largestPrefix || vpc.prefix > narrowest) {
    const prefix = vpc.prefix < largestPrefix ? largestPrefix : narrowest;
    return [
      {
        path,
        value,
        reason:
          vpc.prefix < largestPrefix
            ? `is wider than the /${largestPrefix} that AWS allows`
            : `is too small: with room for ${maxZones} zones its smallest subnets would be narrower than the /${smallestPrefix} that AWS allows`,
        mend: `The nearest range that fits is ${formatCidr(canonical({ first: vpc.first, prefix }))}.`,
      },
    ];
  }
  return [];
}

function connectedProblems(args: AddressPlanArgs, vpc: CidrRange): Problem[] {
  const connected = args.connectedRanges ?? [];
  const ranges = connected.map((range) => parseCidr(range.cidrBlock)).filter((range) => range !== undefined);
  return connected.flatMap((range, index): Problem[] => {
    const path = `connectedRanges[${index}].cidrBlock`;
    const other = parseCidr(range.cidrBlock);
    if (other === undefined) {
      return [notACidr(path, range.cidrBlock)];
    }
    if (!overlaps(vpc, other)) {
      return [];
    }
    const home = privateRanges.find((candidate) => contains(candidate, vpc));
    const free = home && firstFree(home, [...ranges, vpc], vpc.prefix);
    const after = home && firstFree({ first: vpc.first, prefix: home.prefix }, ranges, vpc.prefix);
    const fits = after !== undefined && home !== undefined && contains(home, after) ? after : free;
    return [
      {
        path: "vpcCidrBlock",
        value: args.vpcCidrBlock,
        reason: `overlaps ${range.cidrBlock} of ${range.name}, which it is to be connected to`,
        mend:
          fits === undefined ? "No range of its size is free." : `The nearest range that fits is ${formatCidr(fits)}.`,
      },
    ];
  });
}

/** What is wrong with the pods' range; nothing when they have none. */
export function podRangeProblems(args: AddressPlanArgs, vpc: CidrRange): Problem[] {
  const path = "podCidrBlock";
  const value = args.podCidrBlock;
  if (value === undefined) {
    return [];
  }
  const range = parseCidr(value);
  if (range === undefined) {
    return [notACidr(path, value)];
  }
  if (!isAligned(range) || !contains(podSpace, range) || range.prefix < largestPrefix || overlaps(range, vpc)) {
    return [
      {
        path,
        value,
        reason: `must be an aligned block of ${formatCidr(podSpace)}, /${largestPrefix} or narrower, apart from the VPC's own range`,
        mend: "The whole of 100.64.0.0/16 suits 1,000 nodes; give each connected region another /16.",
      },
    ];
  }
  return (args.connectedRanges ?? []).flatMap((other, index): Problem[] => {
    const connected = parseCidr(other.cidrBlock);
    return connected === undefined || !overlaps(range, connected)
      ? []
      : [
          {
            path,
            value,
            reason: `overlaps ${other.cidrBlock} of ${other.name} (connectedRanges[${index}])`,
            mend: "Give each connected region another /16 of 100.64.0.0/10.",
          },
        ];
  });
}

function subnetProblems(args: AddressPlanArgs, vpc: CidrRange): Problem[] {
  const given = args.subnets ?? [];
  const read = given.map((subnet) => parseCidr(subnet.cidrBlock));
  const ranges = read.map((range) => (range === undefined ? undefined : canonical(range)));
  return given.flatMap((subnet, index): Problem[] => {
    const path = `subnets[${index}].cidrBlock`;
    const raw = read[index];
    const range = ranges[index];
    if (raw === undefined || range === undefined) {
      return [notACidr(path, subnet.cidrBlock)];
    }
    const parent = subnet.tier === SubnetTier.Pod ? podSpace : vpc;
    const others = ranges.filter((other, place) => place !== index && other !== undefined) as CidrRange[];
    const free = firstFree(parent, others, range.prefix);
    const mend = free === undefined ? "No block of its size is free." : `${formatCidr(free)} is free.`;
    const problem = (reason: string): Problem => ({ path, value: subnet.cidrBlock, reason, mend });
    const silently = isAligned(raw) ? "" : `, which EC2 silently makes ${formatCidr(range)},`;
    return [
      ...(isAligned(raw)
        ? []
        : [problem(`does not begin where a /${raw.prefix} may begin: EC2 would silently take ${formatCidr(range)}`)]),
      ...(contains(parent, range) ? [] : [problem(`is outside of ${formatCidr(parent)}`)]),
      ...(range.prefix > smallestPrefix || range.prefix < largestPrefix
        ? [problem(`must be /${largestPrefix} to /${smallestPrefix}`)]
        : []),
      ...given.slice(0, index).flatMap((earlier, place) => {
        const other = ranges[place];
        return other !== undefined && overlaps(range, other)
          ? [problem(`${describeSubnet(subnet)}${silently} overlaps ${describeSubnet(earlier)}`)]
          : [];
      }),
      ...orderProblems(args, subnet, path),
    ];
  });
}

/** Subnets are numbered by the place of their zone, so that a zone that changes its place is replaced. */
function orderProblems(args: AddressPlanArgs, subnet: SubnetBlock, path: string): Problem[] {
  const given = [...new Set((args.subnets ?? []).map((entry) => entry.zoneId))];
  const before = given.filter((zoneId) => args.zoneIds.includes(zoneId));
  const place = before.indexOf(subnet.zoneId);
  const firstOfZone = (args.subnets ?? []).find((entry) => entry.zoneId === subnet.zoneId) === subnet;
  if (!firstOfZone || place === -1 || args.zoneIds[place] === subnet.zoneId) {
    return [];
  }
  return [
    {
      path: path.replace(".cidrBlock", ".zoneId"),
      value: subnet.zoneId,
      reason: `was zone ${place + 1} and is now zone ${args.zoneIds.indexOf(subnet.zoneId) + 1}: every subnet of it would be replaced`,
      mend: `List the zones as before, new ones at the end: ${[...before, ...args.zoneIds.filter((zoneId) => !before.includes(zoneId))].join(", ")}.`,
    },
  ];
}

function nextAligned(range: CidrRange): CidrRange {
  const aligned = canonical(range);
  return { first: aligned.first + 2 ** (32 - range.prefix), prefix: range.prefix };
}

function notACidr(path: string, value: string): Problem {
  return { path, value, reason: "is not an IPv4 range", mend: "Write it like 10.66.0.0/18." };
}
