import * as pulumi from "@pulumi/pulumi";
import { planned } from "../shared/planned.ts";
import { baseTags } from "../shared/tags.ts";
import type { TenantEndpointArgs } from "./args.ts";
import { interfaceEndpoint } from "./endpoints.ts";
import { failoverDns } from "./failover-dns.ts";
import { type TargetHealth, targetHealth } from "./health.ts";
import type { Scope } from "./scope.ts";
import { tenantEndpointPlan } from "./tenant-endpoint-plan.ts";
import { transitGateways } from "./transit-gateway.ts";

const type = "mrgc:index:TenantEndpoint";

/**
 * The consumer's side of PrivateLink: endpoints to one or several regional services, and one name that answers with a
 * healthy one.
 *
 * ```ts
 * const inference = new TenantEndpoint("inference", {
 *   vpcs: [{ region: "us-east-1", zoneIds, vpcId, vpcCidrBlock: "10.34.0.0/16", privateSubnetIds }],
 *   services: [onboarding["us-east-1"], onboarding["us-west-2"]],
 *   dnsName: "inference.acme.internal",
 * });
 * ```
 *
 * Connections must be kept alive at least every 350 s, or the endpoint forgets them (`endpointIdleTimeoutSeconds`); use the
 * name for each new connection, never an address. An endpoint in three zones costs 21.90 USD a month and 0.01 USD a GB;
 * the health checks of a network about 5 USD a month and 1.10 USD for each region it reaches (AWS price lists of
 * us-east-1, 2026).
 */
export class TenantEndpoint extends pulumi.ComponentResource {
  /** Ids of the endpoints: by region, or `<region>-to-<service's region>` across regions. */
  readonly endpointIds: pulumi.Output<Record<string, string>>;
  /** Regional DNS names of the endpoints, by the same keys. */
  readonly endpointDnsNames: pulumi.Output<Record<string, string>>;
  /** What applications connect to: `dnsName`, or the only endpoint's own name; empty when there are several and no name. */
  readonly dnsName: pulumi.Output<string>;
  /** Alarms of what each network reaches, by the network's region, for composite alarms there. */
  readonly alarmArns: pulumi.Output<Record<string, string[]>>;

  constructor(name: string, args: TenantEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const plan = planned(type, name, () => tenantEndpointPlan(args));
    const scope: Scope = {
      name,
      plan,
      networks: new Map(args.vpcs.map((vpc) => [vpc.region, vpc])),
      endpoints: new Map(),
      tags: baseTags("tenant-endpoint", args.tags),
      parent: this,
    };
    const services = new Map(args.services.map((service) => [service.serviceRegion, service]));
    for (const endpoint of plan.endpoints) {
      const [vpc, service] = [scope.networks.get(endpoint.vpcRegion), services.get(endpoint.serviceRegion)];
      if (vpc !== undefined && service !== undefined) {
        scope.endpoints.set(
          endpoint.key,
          interfaceEndpoint(scope, endpoint, vpc, service, args.connectionTopicArns?.[vpc.region]),
        );
      }
    }
    if (plan.peerings.length > 0) {
      transitGateways(scope);
    }
    const alarms: Record<string, pulumi.Output<string>[]> = {};
    for (const vpcPlan of plan.vpcs) {
      const vpc = scope.networks.get(vpcPlan.region);
      if (vpc !== undefined && vpcPlan.zone !== undefined) {
        const actions = args.alarmActionArns?.[vpc.region] ?? [];
        // One region needs no watching: its records have nowhere else to lead.
        const health: Map<string, TargetHealth> =
          vpcPlan.targets.length < 2 ? new Map() : targetHealth(scope, vpcPlan, vpc, actions);
        alarms[vpc.region] = [...health.values()].map(({ alarmArn }) => alarmArn);
        failoverDns(scope, vpcPlan.zone, vpc, health);
      }
    }
    const created = [...scope.endpoints];
    this.endpointIds = pulumi.output(Object.fromEntries(created.map(([key, { endpoint }]) => [key, endpoint.id])));
    this.endpointDnsNames = pulumi.output(Object.fromEntries(created.map(([key, { dnsName }]) => [key, dnsName])));
    const [only] = created.length === 1 ? created : [];
    this.dnsName = pulumi.output(args.dnsName ?? only?.[1].dnsName ?? "");
    this.alarmArns = pulumi.output(alarms);
    this.registerOutputs({
      endpointIds: this.endpointIds,
      endpointDnsNames: this.endpointDnsNames,
      dnsName: this.dnsName,
      alarmArns: this.alarmArns,
    });
  }
}
