import { refuseAll } from "../shared/refusal.ts";
import { tenantsOf } from "./registry-plan.ts";
import type { Tenant } from "./tenant.ts";

/** Ports that tenants reach: inference over TLS, and the plain health endpoint (requirements R31 and R34). */
export const tenantPorts: readonly number[] = [443, 8080];

/** Inbound rules an AWS security group holds before a quota increase (quota L-0EA8095F). */
export const defaultRulesPerSecurityGroup = 60;

/** One inbound rule of the load balancer's security group. */
export interface TenantRule {
  /** Part of the rule's logical name, made of range and port, such as `10-34-0-0-16-443`. */
  readonly key: string;
  readonly description: string;
  readonly cidrIpv4: string;
  readonly port: number;
}

/** What may differ from the defaults of the rules. */
export interface TenantRuleOptions {
  /** Default: 443 and 8080. */
  readonly ports?: readonly number[];
  /** Inbound rules the group may hold, where AWS has raised the quota. Default: 60. */
  readonly rulesPerSecurityGroup?: number;
}

/**
 * The inbound rules that the registry asks of a region's load balancer: one per range and port.
 *
 * A rule belongs to its range and not to a tenant: two tenants may well use the same private range, AWS refuses the same
 * rule twice, and a rule that named its tenants would change when one of them comes or goes. It therefore tells nothing
 * about who is calling: the endpoint's acceptance and proxy protocol v2 do.
 *
 * @throws PlanRefusedError for a wrong registry, or for more rules than the group holds
 */
export function tenantRules(tenants: readonly Tenant[], region: string, options: TenantRuleOptions = {}): TenantRule[] {
  const ports = options.ports ?? tenantPorts;
  const ranges = [...new Set(tenantsOf(region, tenants).flatMap((tenant) => tenant.cidrBlocks))].sort();
  const rules = ranges.flatMap((cidrIpv4) =>
    ports.map((port) => ({
      key: `${cidrIpv4.replace(/[./]/g, "-")}-${port}`,
      description: `Tenants in ${cidrIpv4} to port ${port}`,
      cidrIpv4,
      port,
    })),
  );
  const most = options.rulesPerSecurityGroup ?? defaultRulesPerSecurityGroup;
  refuseAll(
    rules.length <= most
      ? []
      : [
          {
            path: "tenants",
            value: rules.length,
            reason: `The tenants of ${region} have ${ranges.length} ranges; with ${ports.length} ports each they need ${rules.length} rules, and a security group holds ${most} (quota L-0EA8095F).`,
            mend: "Join neighbouring ranges, or have the quota raised and say so.",
          },
        ],
  );
  return rules;
}
