/** The zones of a region: their letters and what AWS calls them in every account. In the sandbox's account `a` is the first. */
const zoneNumbers: Readonly<Record<string, { readonly code: string; readonly zones: readonly number[] }>> = {
  "us-east-1": { code: "use1", zones: [1, 2, 3, 4, 5, 6] },
  "us-east-2": { code: "use2", zones: [1, 2, 3] },
  "us-west-1": { code: "usw1", zones: [1, 3] },
  "us-west-2": { code: "usw2", zones: [1, 2, 3, 4] },
  "eu-west-1": { code: "euw1", zones: [1, 2, 3] },
  "eu-central-1": { code: "euc1", zones: [2, 3, 1] },
  "ap-southeast-1": { code: "apse1", zones: [1, 2, 3] },
  "ap-northeast-1": { code: "apne1", zones: [4, 1, 2] },
};

/** An Availability Zone. */
export interface Zone {
  /** As this account calls it: `us-east-1a`. */
  readonly name: string;
  /** As AWS calls it in every account: `use1-az1`. */
  readonly zoneId: string;
}

/** The Availability Zones of a region; three where the sandbox knows nothing about it. */
export function zonesOf(region: string): Zone[] {
  const known = zoneNumbers[region] ?? { code: shortCode(region), zones: [1, 2, 3] };
  return known.zones.map((zone, index) => ({
    name: `${region}${String.fromCharCode("a".charCodeAt(0) + index)}`,
    zoneId: `${known.code}-az${zone}`,
  }));
}

/** `aws`, `aws-cn` or `aws-us-gov`. */
export function partitionOf(region: string): string {
  return region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

function shortCode(region: string): string {
  const [area = "", ...rest] = region.split("-");
  return (
    area +
    rest
      .map((part) =>
        /^\d$/.test(part) ? part : part.replace(/(north|south|east|west|central)/g, (word) => word.charAt(0)),
      )
      .join("")
  );
}

/** Hosted zone IDs of Network Load Balancers, as AWS publishes them for Route 53 alias records. */
export const nlbZoneIds: Readonly<Record<string, string>> = {
  "us-east-1": "Z26RNL4JYFTOTI",
  "us-east-2": "ZLMOA37VPKANP",
  "us-west-1": "Z24FKFUX50B4VW",
  "us-west-2": "Z18D5FSROUN65G",
  "eu-west-1": "Z2IFOLAFXWLO4F",
};

/** The same for Application Load Balancers. */
export const albZoneIds: Readonly<Record<string, string>> = {
  "us-east-1": "Z35SXDOTRQ7X7K",
  "us-east-2": "Z3AADJGX6KTTL2",
  "us-west-1": "Z368ELLRRE2KJ0",
  "us-west-2": "Z1H1FL5HABSF5",
  "eu-west-1": "Z32O12XQLNTSW2",
};
