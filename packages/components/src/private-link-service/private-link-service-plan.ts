import { createHash } from "node:crypto";
import { logRetentionProblems } from "../shared/log-retention.ts";
import { refuseAll, type Problem } from "../shared/refusal.ts";
import { tenantsOf, type RegisteredTenant } from "../tenants/registry-plan.ts";
import type { Tenant } from "../tenants/tenant.ts";
import type { TenantRecord } from "./acceptance/decide.ts";
import type { IpAddressType } from "./args.ts";

/** The plain part of `PrivateLinkServiceArgs`. */
export interface PrivateLinkServiceInputs {
  readonly network: { readonly region: string; readonly zoneIds: readonly string[] };
  readonly nlbArns: readonly unknown[];
  readonly tenants: readonly Tenant[];
  readonly supportedRegions?: readonly string[];
  readonly ipAddressTypes?: readonly IpAddressType[];
  readonly privateDnsName?: string;
  readonly privateDnsZoneId?: unknown;
  readonly privateDnsProvenElsewhere?: boolean;
  readonly resetsPerMinuteAlarm?: number;
  readonly logRetentionDays?: number;
}

/** A principal that may create endpoints. */
export interface PlannedPrincipal {
  /** Part of the logical name: a digest of the ARN when it is not the whole account. */
  readonly key: string;
  readonly arn: string;
}

/** One tenant of the region. Everything in it follows from that tenant alone. */
export interface PlannedTenant {
  /** The tenant's name; part of logical names. */
  readonly name: string;
  readonly principals: PlannedPrincipal[];
  /** The tenant's entry in the ledger, which the acceptance function reads. */
  readonly record: TenantRecord;
  /** The name that the tenant resolves; left out when the tenant or the service does without. */
  readonly privateDnsName?: string;
}

/** Who puts the record that proves the private name. */
export const DnsProof = { Managed: "managed", Elsewhere: "elsewhere", Pending: "pending" } as const;
/** One of `DnsProof`. */
export type DnsProof = (typeof DnsProof)[keyof typeof DnsProof];

/** What `PrivateLinkService` creates. */
export interface PrivateLinkServicePlan {
  readonly region: string;
  readonly zoneIds: string[];
  readonly supportedRegions: string[];
  readonly ipAddressTypes: IpAddressType[];
  readonly privateDns?: { readonly name: string; readonly proof: DnsProof };
  readonly resetsPerMinuteAlarm: number;
  readonly tenants: PlannedTenant[];
}

const domainName = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** @throws PlanRefusedError naming each wrong argument */
export function privateLinkServicePlan(inputs: PrivateLinkServiceInputs): PrivateLinkServicePlan {
  const { region, zoneIds } = inputs.network;
  const supportedRegions = [...new Set([region, ...(inputs.supportedRegions ?? [])])].sort();
  const tenants = tenantsOf(region, inputs.tenants);
  refuseAll([
    ...argumentProblems(inputs),
    ...logRetentionProblems(inputs.logRetentionDays),
    ...tenants.flatMap((tenant) => tenantProblems(tenant, inputs, region, supportedRegions)),
  ]);
  const { privateDnsName } = inputs;
  return {
    region,
    zoneIds: [...zoneIds],
    supportedRegions,
    ipAddressTypes: [...(inputs.ipAddressTypes ?? ["ipv4" as const])],
    resetsPerMinuteAlarm: inputs.resetsPerMinuteAlarm ?? 100,
    ...(privateDnsName === undefined ? {} : { privateDns: { name: privateDnsName, proof: proofOf(inputs) } }),
    tenants: tenants.map((tenant) => plannedTenant(tenant, privateDnsName)),
  };
}

function plannedTenant(tenant: RegisteredTenant, privateDnsName: string | undefined): PlannedTenant {
  return {
    name: tenant.name,
    principals: tenant.principals.map((arn) => ({ key: principalKey(arn), arn })),
    record: {
      name: tenant.name,
      accountId: tenant.accountId,
      endpointRegions: [...tenant.endpointRegions],
      zoneIds: [...tenant.zoneIds],
      endpointQuota: tenant.endpointQuota,
      contact: tenant.contact,
    },
    ...(tenant.privateDns && privateDnsName !== undefined ? { privateDnsName } : {}),
  };
}

function principalKey(arn: string): string {
  return arn.endsWith(":root") ? "account" : `principal-${createHash("sha256").update(arn).digest("hex").slice(0, 8)}`;
}

function proofOf(inputs: PrivateLinkServiceInputs): DnsProof {
  if (inputs.privateDnsZoneId !== undefined) {
    return DnsProof.Managed;
  }
  return inputs.privateDnsProvenElsewhere === true ? DnsProof.Elsewhere : DnsProof.Pending;
}

function argumentProblems(inputs: PrivateLinkServiceInputs): Problem[] {
  const problems: Problem[] = [];
  if (inputs.nlbArns.length === 0) {
    problems.push({
      path: "nlbArns",
      value: inputs.nlbArns,
      reason: "An endpoint service stands on at least one Network Load Balancer.",
      mend: "Pass the regional cluster's nlbArn.",
    });
  }
  const name = inputs.privateDnsName;
  if (name !== undefined && !domainName.test(name)) {
    problems.push({
      path: "privateDnsName",
      value: name,
      reason: "The name is a domain name in lower case, with or without a leading `*.`.",
      mend: "Write one of a domain that you own, such as `us-east-1.inference.example.com`.",
    });
  }
  if (name === undefined && (inputs.privateDnsZoneId !== undefined || inputs.privateDnsProvenElsewhere === true)) {
    problems.push({
      path: "privateDnsName",
      value: name,
      reason: "A proof of ownership was asked for, but no name to prove.",
      mend: "Name it, or leave privateDnsZoneId and privateDnsProvenElsewhere out.",
    });
  }
  return problems;
}

function tenantProblems(
  tenant: RegisteredTenant,
  inputs: PrivateLinkServiceInputs,
  region: string,
  supportedRegions: string[],
): Problem[] {
  const path = `tenants[${inputs.tenants.findIndex(({ name }) => name === tenant.name)}]`;
  const problems: Problem[] = [];
  const foreign = tenant.endpointRegions.filter((endpoint) => !supportedRegions.includes(endpoint));
  // A tenant of three regions has an endpoint in each; only one that says where its endpoints are means them all.
  if (
    inputs.tenants.some(({ name, endpointRegions }) => name === tenant.name && endpointRegions !== undefined) &&
    foreign.length > 0
  ) {
    problems.push({
      path: `${path}.endpointRegions`,
      value: foreign,
      reason: `The service of ${region} can be reached from ${supportedRegions.join(", ")}.`,
      mend: "Add the regions to supportedRegions, or take them from the tenant.",
    });
  }
  const { zoneIds } = inputs.network;
  const here = tenant.endpointRegions.includes(region);
  // Zones of other regions say nothing about this one.
  const known = tenant.zoneIds.filter((zone) => sameRegion(zone, zoneIds));
  if (here && known.length > 0 && !known.some((zone) => zoneIds.includes(zone))) {
    problems.push({
      path: `${path}.zoneIds`,
      value: tenant.zoneIds,
      reason: `The service of ${region} is in ${zoneIds.join(", ")}, and an endpoint can only be made in a common zone.`,
      mend: "Give the tenant or the service a subnet in a common zone, or let the tenant connect from another region.",
    });
  }
  return problems;
}

function sameRegion(zone: string, zones: readonly string[]): boolean {
  const code = zone.split("-")[0];
  return zones.some((other) => other.split("-")[0] === code);
}
