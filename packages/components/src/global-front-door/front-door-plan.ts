import { parseCidr } from "../shared/cidr.ts";
import { refuseAll, type Problem } from "../shared/refusal.ts";
import { TlsEnd } from "./args.ts";

/** The plain part of a `FrontDoorRegion`. */
export interface RegionInputs {
  readonly region: string;
  readonly nlbSecurityGroupId?: unknown;
  readonly vpcCidrBlock?: unknown;
  readonly healthAlarmName?: unknown;
  readonly trafficDialPercent?: number;
}

/** The plain part of `GlobalFrontDoorArgs`. */
export interface FrontDoorInputs {
  readonly regions: readonly RegionInputs[];
  readonly domainName?: string;
  readonly hostedZoneId?: unknown;
  readonly internalDomainName?: string;
  readonly internalZoneId?: unknown;
  readonly tlsEnd?: TlsEnd;
  readonly preserveClientAddress?: boolean;
  readonly publicClientCidrs?: readonly string[];
}

/** What `GlobalFrontDoor` creates. */
export interface FrontDoorPlan {
  readonly preserveClientAddress: boolean;
  readonly regions: { readonly region: string; readonly trafficDialPercent: number }[];
  /** Ranges admitted to the load balancers when client addresses are kept. */
  readonly clientCidrs: string[];
}

/** @throws PlanRefusedError naming each argument that cannot work */
export function frontDoorPlan(inputs: FrontDoorInputs): FrontDoorPlan {
  refuseAll([...regionProblems(inputs.regions), ...nameProblems(inputs), ...addressProblems(inputs)]);
  return {
    preserveClientAddress: inputs.preserveClientAddress ?? false,
    regions: inputs.regions.map(({ region, trafficDialPercent }) => ({
      region,
      trafficDialPercent: trafficDialPercent ?? 100,
    })),
    clientCidrs: [...new Set(inputs.publicClientCidrs ?? [])].sort(),
  };
}

function regionProblems(regions: readonly RegionInputs[]): Problem[] {
  const problems: Problem[] = [];
  if (regions.length === 0) {
    problems.push({
      path: "regions",
      value: [],
      reason: "A front door leads to at least one region.",
      mend: "Pass the regional stacks' outputs.",
    });
  }
  regions.forEach(({ region, trafficDialPercent = 100 }, index) => {
    if (regions.findIndex((other) => other.region === region) !== index) {
      problems.push({
        path: `regions[${index}].region`,
        value: region,
        reason: "An accelerator has one endpoint group a region.",
        mend: "List each region once.",
      });
    }
    if (!(trafficDialPercent >= 0 && trafficDialPercent <= 100)) {
      problems.push({
        path: `regions[${index}].trafficDialPercent`,
        value: trafficDialPercent,
        reason: "A dial goes from 0 to 100 percent.",
        mend: "Leave it out for 100.",
      });
    }
  });
  if (regions.length > 0 && regions.every(({ trafficDialPercent }) => trafficDialPercent === 0)) {
    problems.push({
      path: "regions",
      value: 0,
      reason: "With every dial at 0 the accelerator answers nobody.",
      mend: "Leave at least one region at 100.",
    });
  }
  return problems;
}

function nameProblems(inputs: FrontDoorInputs): Problem[] {
  const pairs = [
    ["domainName", inputs.domainName, "hostedZoneId", inputs.hostedZoneId],
    ["internalDomainName", inputs.internalDomainName, "internalZoneId", inputs.internalZoneId],
  ] as const;
  return pairs.flatMap(([nameField, name, zoneField, zone]) =>
    (name === undefined) === (zone === undefined)
      ? []
      : {
          path: name === undefined ? nameField : zoneField,
          value: undefined,
          reason: `A record needs both its name and its zone; only ${name === undefined ? zoneField : nameField} is given.`,
          mend: `Give ${nameField} and ${zoneField}, or neither.`,
        },
  );
}

function addressProblems(inputs: FrontDoorInputs): Problem[] {
  const problems: Problem[] = [];
  const preserve = inputs.preserveClientAddress ?? false;
  if (preserve && (inputs.tlsEnd ?? TlsEnd.LoadBalancer) === TlsEnd.LoadBalancer) {
    problems.push({
      path: "preserveClientAddress",
      value: true,
      reason: "Global Accelerator cannot keep client addresses in front of a load balancer's TLS listener (E3).",
      mend: "End TLS at the router (tlsEnd: router, and the cluster's listener TCP), or leave it out.",
    });
  }
  if (preserve && (inputs.publicClientCidrs ?? []).length === 0) {
    problems.push({
      path: "publicClientCidrs",
      value: inputs.publicClientCidrs,
      reason: "With kept addresses the load balancers' security groups judge the clients' own, and admit none.",
      mend: "List the ranges of the public tenants; 0.0.0.0/0 if everybody may come as far as the router.",
    });
  }
  if (!preserve && inputs.publicClientCidrs !== undefined) {
    problems.push({
      path: "publicClientCidrs",
      value: inputs.publicClientCidrs,
      reason: "Without kept addresses every client looks like the accelerator, and a range would admit nobody.",
      mend: "Leave it out, or keep addresses with preserveClientAddress.",
    });
  }
  for (const [index, cidr] of (inputs.publicClientCidrs ?? []).entries()) {
    if (parseCidr(cidr) === undefined) {
      problems.push({
        path: `publicClientCidrs[${index}]`,
        value: cidr,
        reason: "A range is an IPv4 address and a prefix length.",
        mend: "Write it as 203.0.113.0/24.",
      });
    }
  }
  inputs.regions.forEach(({ nlbSecurityGroupId, vpcCidrBlock }, index) => {
    if (!preserve && nlbSecurityGroupId !== undefined && vpcCidrBlock === undefined) {
      problems.push({
        path: `regions[${index}].vpcCidrBlock`,
        value: undefined,
        reason: "The accelerator's traffic comes from interfaces in the VPC, and its range is not known.",
        mend: "Pass the network's vpcCidrBlock.",
      });
    }
  });
  return problems;
}
