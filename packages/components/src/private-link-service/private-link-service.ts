import * as pulumi from "@pulumi/pulumi";
import { planned } from "../shared/planned.ts";
import { baseTags } from "../shared/tags.ts";
import { acceptanceFunction } from "./acceptance-function.ts";
import { serviceAlarms } from "./alarms.ts";
import type { PrivateLinkServiceArgs } from "./args.ts";
import { endpointService } from "./endpoint-service.ts";
import { keysAndTopics } from "./keys-and-topics.ts";
import { privateLinkServicePlan, type PlannedTenant } from "./private-link-service-plan.ts";
import { tenantResources } from "./tenants.ts";

const type = "mrgc:index:PrivateLinkService";

/** What a tenant needs to know to connect. */
export interface TenantOnboarding {
  /** Name of the endpoint service. */
  serviceName: string;
  /** Region of the service; `serviceRegion` of an endpoint elsewhere. */
  serviceRegion: string;
  /** Availability Zone IDs to choose subnets by. */
  zoneIds: string[];
  /** Regions where the tenant's endpoints are accepted. */
  endpointRegions: string[];
  /** Most endpoints that are accepted. */
  endpointQuota: number;
  /** Name to resolve, where the tenant wants one and the service has one. */
  privateDnsName?: string;
}

/**
 * The provider's side of PrivateLink in one region: an endpoint service for the registry's tenants alone, which answers
 * their requests by itself within seconds.
 *
 * ```ts
 * const service = new PrivateLinkService("inference", {
 *   network,
 *   nlbArns: [cluster.nlbArn],
 *   tenants: [{ name: "acme", accountId: "111122223333", cidrBlocks: ["10.34.0.0/16"],
 *               regions: ["us-east-1"], contact: "net@acme.example" }],
 * });
 * ```
 *
 * Adding a tenant touches nothing of another. Removing one first rejects its connections, then forgets it, then takes its
 * principal away. Costs about 5 USD a month (key, alarms, a function that looks once a minute) and 0.20 USD a tenant
 * (two alarms), AWS price lists of us-east-1, 2026; tenants pay for their endpoints.
 */
export class PrivateLinkService extends pulumi.ComponentResource {
  /** Id of the endpoint service, such as `vpce-svc-0123456789abcdef0`. */
  readonly serviceId: pulumi.Output<string>;
  /** What tenants put into their endpoints. Known once the private name is proven, where there is one to prove here. */
  readonly serviceName: pulumi.Output<string>;
  /** Availability Zone IDs where the service can be reached; tenants match their subnets against them. */
  readonly zoneIds: pulumi.Output<string[]>;
  /** Name under which tenants' networks resolve the service; empty without one. */
  readonly privateDnsName: pulumi.Output<string>;
  /** The record that proves the private name, as `name TXT value`; empty without a private name. */
  readonly privateDnsProof: pulumi.Output<string>;
  /** Topic of decisions and alarms. */
  readonly reportTopicArn: pulumi.Output<string>;
  /** Alarms of the service and its acceptance; those of tenants are for their contacts. */
  readonly alarmArns: pulumi.Output<string[]>;
  /** What to tell each tenant, by its name. */
  readonly onboarding: pulumi.Output<Record<string, TenantOnboarding>>;

  constructor(name: string, args: PrivateLinkServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const plan = planned(type, name, () => privateLinkServicePlan(args));
    const tags = baseTags("private-link-service", args.tags);
    const { service, serviceName, proof } = endpointService(name, plan, args, tags, this);
    const topics = keysAndTopics(name, plan.region, service.arn, tags, this);
    const acceptance = acceptanceFunction(name, plan, args, service, topics, tags, this);
    for (const tenant of plan.tenants) {
      tenantResources(name, tenant, service, acceptance, topics, tags, this);
    }
    const actions = [topics.reports.arn, ...(args.alarmActionArns ?? [])];
    const alarms = serviceAlarms(name, plan, service, acceptance, actions, tags, this);

    this.serviceId = service.id;
    this.serviceName = serviceName;
    this.zoneIds = pulumi.output(plan.zoneIds);
    this.privateDnsName = pulumi.output(plan.privateDns?.name ?? "");
    this.privateDnsProof =
      proof === undefined ? pulumi.output("") : pulumi.interpolate`${proof.name} ${proof.type} ${proof.value}`;
    this.reportTopicArn = topics.reports.arn;
    this.alarmArns = pulumi.all(alarms.map(({ arn }) => arn));
    this.onboarding = serviceName.apply((known) =>
      Object.fromEntries(plan.tenants.map((tenant) => [tenant.name, onboarding(tenant, known, plan)])),
    );
    this.registerOutputs({
      serviceId: this.serviceId,
      serviceName: this.serviceName,
      zoneIds: this.zoneIds,
      privateDnsName: this.privateDnsName,
      privateDnsProof: this.privateDnsProof,
      reportTopicArn: this.reportTopicArn,
      alarmArns: this.alarmArns,
      onboarding: this.onboarding,
    });
  }
}

function onboarding(
  tenant: PlannedTenant,
  serviceName: string,
  plan: { region: string; zoneIds: string[] },
): TenantOnboarding {
  return {
    serviceName,
    serviceRegion: plan.region,
    zoneIds: plan.zoneIds,
    endpointRegions: tenant.record.endpointRegions,
    endpointQuota: tenant.record.endpointQuota,
    ...(tenant.privateDnsName === undefined ? {} : { privateDnsName: tenant.privateDnsName }),
  };
}
