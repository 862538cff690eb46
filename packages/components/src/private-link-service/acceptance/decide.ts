/** Namespace of what the function measures. Here, because programs that make its alarms must not load its AWS clients. */
export const metricNamespace = "Mrgc/PrivateLink";

/** A consumer's endpoint that is, or wants to be, connected to the service. */
export interface Connection {
  endpointId: string;
  /** Account that owns the endpoint. */
  accountId: string;
  /** Region of the endpoint, which differs from the service's when it connects across regions. */
  region: string;
  /** As EC2 tells it, such as `pendingAcceptance`. */
  state: string;
  /** Milliseconds since 1970. */
  requestedAt: number;
}

/** A tenant as the registry writes it into the ledger. */
export interface TenantRecord {
  name: string;
  accountId: string;
  endpointRegions: string[];
  /** Availability Zone IDs of the tenant's subnets; empty when the tenant did not say. */
  zoneIds: string[];
  endpointQuota: number;
  contact: string;
}

/** The endpoint service that decides. */
export interface ServiceFacts {
  serviceId: string;
  region: string;
  /** Availability Zone IDs of its load balancers. */
  zoneIds: string[];
}

/** What becomes of a request. */
export const Verdict = { Accept: "accept", Reject: "reject" } as const;
/** One of `Verdict`. */
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** A verdict and its reason, in the words that the tenant reads. */
export interface Decision {
  verdict: Verdict;
  /** Short and stable, for filters and metrics. */
  code: string;
  reason: string;
}

/** How far a decision has come. */
export const Phase = { Decided: "decided", Applied: "applied", Reported: "reported" } as const;
/** One of `Phase`. */
export type Phase = (typeof Phase)[keyof typeof Phase];

/** What was decided about one endpoint. Written once; only its phase moves on. */
export interface DecisionRecord extends Decision {
  endpointId: string;
  accountId: string;
  tenant: string;
  phase: Phase;
  /** Milliseconds since 1970. */
  decidedAt: number;
  requestedAt: number;
  /** Seconds since 1970 after which DynamoDB forgets it; set when the endpoint is gone. */
  expiresAt?: number;
}

/**
 * Judges a request by everything but the quota, which only the ledger can judge: two requests may come at once.
 *
 * A request does not tell the consumer's zones. EC2 itself refuses an endpoint in a zone that the service lacks; what the
 * registry states is checked here as well, because a service may lose a zone after the plan was made.
 */
export function decide(request: Connection, tenant: TenantRecord | undefined, service: ServiceFacts): Decision {
  if (tenant === undefined) {
    return reject(
      "unknown-account",
      `Account ${request.accountId} is not in the tenant registry of ${service.region}.`,
    );
  }
  if (!tenant.endpointRegions.includes(request.region)) {
    return reject(
      "region-not-registered",
      `Tenant ${tenant.name} has its endpoints in ${tenant.endpointRegions.join(", ")}; this one is in ${request.region}.`,
    );
  }
  const crossRegion = request.region !== service.region;
  if (!crossRegion && tenant.zoneIds.length > 0 && !tenant.zoneIds.some((zone) => service.zoneIds.includes(zone))) {
    return reject(
      "no-common-zone",
      `Tenant ${tenant.name} is in ${tenant.zoneIds.join(", ")}, the service in ${service.zoneIds.join(", ")}.`,
    );
  }
  return { verdict: Verdict.Accept, code: "registered", reason: `Tenant ${tenant.name} is registered.` };
}

/** The verdict on a request that would exceed the tenant's quota. */
export function overQuota(tenant: TenantRecord): Decision {
  return reject(
    "quota-exhausted",
    `Tenant ${tenant.name} already has its ${tenant.endpointQuota} endpoints. Delete one, or have the quota raised.`,
  );
}

/** The verdict on requests of a tenant that is being removed. */
export function leaving(accountId: string): Decision {
  return reject("leaving", `Account ${accountId} is being removed from the registry.`);
}

function reject(code: string, reason: string): Decision {
  return { verdict: Verdict.Reject, code, reason };
}
