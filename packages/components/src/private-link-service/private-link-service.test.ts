import fc from "fast-check";
import { expect, test } from "vitest";
import { recorded, valueOf, type Recording } from "../testing/recorded.ts";
import { aRegistry, aTenant } from "../tenants/generated.ts";
import { tenantRules } from "../tenants/tenant-rules-plan.ts";
import type { Tenant } from "../tenants/tenant.ts";
import type { PrivateLinkServiceArgs } from "./args.ts";
import { privateLinkServicePlan } from "./private-link-service-plan.ts";
import { PrivateLinkService } from "./private-link-service.ts";

const acme: Tenant = {
  name: "acme",
  accountId: "111122223333",
  cidrBlocks: ["10.34.0.0/16"],
  regions: ["us-east-1"],
  contact: "net@acme.example",
};
const base: PrivateLinkServiceArgs = {
  network: {
    region: "us-east-1",
    zoneIds: ["use1-az1", "use1-az2", "use1-az4"],
    vpcId: "vpc-1",
    vpcCidrBlock: "10.66.0.0/18",
    publicSubnetIds: [],
    privateSubnetIds: [],
    dataSubnetIds: [],
  },
  nlbArns: ["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/mrgc-nlb-use1/1"],
  tenants: [acme],
};
const supportedRegions = ["us-east-2", "us-west-2"];
const proof = { name: "_6e86v84tqg", type: "TXT", value: "vpce:l6p0ERxlTt45jevFwOCp", state: "pendingVerification" };

function service(args: Partial<PrivateLinkServiceArgs> = {}): Promise<Recording<PrivateLinkService>> {
  return recorded(() => new PrivateLinkService("inference", { ...base, ...args }), {
    outputs: {
      "aws:ec2/vpcEndpointService:VpcEndpointService": () => ({
        serviceName: "com.amazonaws.vpce.us-east-1.vpce-svc-1",
        privateDnsNameConfigurations: [proof],
      }),
    },
  });
}

test("what it creates, by name: a rename is a replacement in somebody's production", async () => {
  expect((await service()).identities()).toEqual([
    "aws:cloudwatch/eventRule:EventRule::inference-sweep",
    "aws:cloudwatch/eventTarget:EventTarget::inference-sweep-target",
    "aws:cloudwatch/logGroup:LogGroup::inference-acceptance-log",
    "aws:cloudwatch/metricAlarm:MetricAlarm::inference-acceptance-errors",
    "aws:cloudwatch/metricAlarm:MetricAlarm::inference-acceptance-silent",
    "aws:cloudwatch/metricAlarm:MetricAlarm::inference-dead-letters",
    "aws:cloudwatch/metricAlarm:MetricAlarm::inference-resets-use1-az1",
    "aws:cloudwatch/metricAlarm:MetricAlarm::inference-resets-use1-az2",
    "aws:cloudwatch/metricAlarm:MetricAlarm::inference-resets-use1-az4",
    "aws:cloudwatch/metricAlarm:MetricAlarm::inference-slow-acceptance",
    "aws:cloudwatch/metricAlarm:MetricAlarm::inference-tenant-acme-quota",
    "aws:cloudwatch/metricAlarm:MetricAlarm::inference-tenant-acme-rejected",
    "aws:dynamodb/table:Table::inference-ledger",
    "aws:dynamodb/tableItem:TableItem::inference-tenant-acme-registration",
    "aws:ec2/vpcEndpointConnectionNotification:VpcEndpointConnectionNotification::inference-notification",
    "aws:ec2/vpcEndpointService:VpcEndpointService::inference-service",
    "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple::inference-tenant-acme-account",
    "aws:iam/role:Role::inference-acceptance-role",
    "aws:iam/rolePolicy:RolePolicy::inference-acceptance-rights",
    "aws:kms/alias:Alias::inference-key-alias",
    "aws:kms/key:Key::inference-key",
    "aws:lambda/eventSourceMapping:EventSourceMapping::inference-acceptance-events",
    "aws:lambda/function:Function::inference-acceptance",
    "aws:lambda/invocation:Invocation::inference-tenant-acme-admission",
    "aws:lambda/permission:Permission::inference-sweep-permission",
    "aws:sns/topic:Topic::inference-events",
    "aws:sns/topic:Topic::inference-reports",
    "aws:sns/topicPolicy:TopicPolicy::inference-events-policy",
    "aws:sns/topicPolicy:TopicPolicy::inference-reports-policy",
    "aws:sns/topicSubscription:TopicSubscription::inference-queue-subscription",
    "aws:sns/topicSubscription:TopicSubscription::inference-tenant-acme-contact",
    "aws:sqs/queue:Queue::inference-dead-letters",
    "aws:sqs/queue:Queue::inference-queue",
    "aws:sqs/queuePolicy:QueuePolicy::inference-queue-policy",
    "mrgc:index:PrivateLinkService::inference",
  ]);
});

test("a service asks before it accepts, of the registry's principals and of the regions given", async () => {
  const { find } = await service({ supportedRegions: ["us-west-2"] });
  expect(find("inference-service").inputs).toMatchObject({
    acceptanceRequired: true,
    networkLoadBalancerArns: base.nlbArns,
    supportedRegions: ["us-east-1", "us-west-2"],
    supportedIpAddressTypes: ["ipv4"],
  });
  expect(find("inference-tenant-acme-account").inputs.principalArn).toBe("arn:aws:iam::111122223333:root");
});

test("alarms speak of the metrics' real dimensions", async () => {
  const { find } = await service();
  expect(find("inference-resets-use1-az2").inputs).toMatchObject({
    namespace: "AWS/PrivateLinkServices",
    metricName: "RstPacketsSent",
    dimensions: { Az: "us-east-1a", "Service Id": "inference-service-id" },
    threshold: 100,
  });
  expect(find("inference-tenant-acme-quota").inputs).toMatchObject({
    dimensions: { "Service Id": "inference-service-id", Tenant: "acme" },
    tags: { Tenant: "acme", Name: "inference-tenant-acme-quota" },
  });
});

test("a private name is proven before the service is given out", async () => {
  const name = "us-east-1.inference.example.com";
  const { find, result } = await service({ privateDnsName: name, privateDnsZoneId: "Z1" });
  const record = find("inference-private-dns-proof");
  expect(record.inputs).toMatchObject({
    zoneId: "Z1",
    name: `_6e86v84tqg.${name}`,
    type: "TXT",
    records: ["vpce:l6p0ERxlTt45jevFwOCp"],
  });
  const verification = find("inference-private-dns-verification");
  expect(verification.inputs.waitForVerification).toBe(true);
  expect(verification.dependencies).toContain(record.urn);
  expect(await valueOf(result.serviceName)).toBe("com.amazonaws.vpce.us-east-1.vpce-svc-1");
  expect((await valueOf(result.onboarding)).acme?.privateDnsName).toBe(name);
});

test("a name proven by somebody else is only waited for once the record is said to stand", async () => {
  const name = "*.inference.example.com";
  const pending = await service({ privateDnsName: name });
  expect(pending.ofType("aws:vpc/endpointServicePrivateDnsVerification:EndpointServicePrivateDnsVerification")).toEqual(
    [],
  );
  expect(await valueOf(pending.result.privateDnsProof)).toBe(
    "_6e86v84tqg.inference.example.com TXT vpce:l6p0ERxlTt45jevFwOCp",
  );
  const proven = await service({ privateDnsName: name, privateDnsProvenElsewhere: true });
  expect(proven.find("inference-private-dns-verification").inputs.serviceId).toBe("inference-service-id");
});

test("a tenant's removal rejects its connections first and takes its principal last", async () => {
  const { find, resources } = await service();
  const admission = find("inference-tenant-acme-admission");
  const registration = find("inference-tenant-acme-registration");
  const principal = find("inference-tenant-acme-account");
  expect(admission.inputs.lifecycleScope).toBe("CRUD");
  expect(admission.dependencies).toContain(registration.urn);
  expect(registration.dependencies).toContain(principal.urn);
  // The function still has its rights when it is asked to reject.
  const reachable = dependenciesOf(admission.urn, resources);
  expect(reachable).toContain(find("inference-acceptance-rights").urn);
  expect(reachable).toContain(find("inference-ledger").urn);
});

test("wrong arguments are refused by path", () => {
  const refusal = (args: Partial<PrivateLinkServiceArgs>) => {
    try {
      privateLinkServicePlan({ ...base, ...args });
      return "accepted";
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(refusal({ nlbArns: [] })).toContain("nlbArns:");
  expect(refusal({ privateDnsName: "Not A Name" })).toContain("privateDnsName:");
  expect(refusal({ privateDnsZoneId: "Z1" })).toContain("no name to prove");
  expect(refusal({ tenants: [{ ...acme, endpointRegions: ["eu-west-1"] }] })).toContain(
    "tenants[0].endpointRegions: The service of us-east-1 can be reached from us-east-1.",
  );
  expect(refusal({ tenants: [{ ...acme, zoneIds: ["use1-az5", "usw2-az1"] }] })).toContain("tenants[0].zoneIds");
  expect(refusal({ tenants: [{ ...acme, principals: ["*"] }] })).toContain("tenants[0].principals");
});

/** A registry, and the same one in another order with one tenant changed or removed. */
const aChange = fc.tuple(aRegistry(), aTenant(), fc.nat(), fc.boolean()).map(([tenants, other, pick, remove]) => {
  const index = pick % tenants.length;
  const victim = tenants[index]!;
  // The changed tenant keeps its name, and its account is one that no other has.
  const changed = { ...other, name: victim.name, accountId: victim.accountId, principals: undefined };
  const next = remove ? tenants.toSpliced(index, 1) : tenants.toSpliced(index, 1, changed);
  return { before: tenants, after: next.toReversed(), victim };
});

test("a registry's change changes nothing planned for another tenant, nor for the service", () => {
  fc.assert(
    fc.property(aChange, ({ before, after, victim }) => {
      const planOf = (tenants: Tenant[]) => {
        const { tenants: planned, ...rest } = privateLinkServicePlan({ ...base, tenants, supportedRegions });
        return {
          rest,
          others: new Map(planned.filter(({ name }) => name !== victim.name).map((each) => [each.name, each])),
        };
      };
      expect(planOf(after)).toEqual(planOf(before));
    }),
    { numRuns: 1000 },
  );
});

test("a registry's change touches the changed tenant's resources and no other", async () => {
  await fc.assert(
    fc.asyncProperty(aChange, async (change) => {
      const [before, after] = [await inputsByName(change.before), await inputsByName(change.after)];
      const touched = [...new Set([...before.keys(), ...after.keys()])].filter(
        (name) => before.get(name) !== after.get(name),
      );
      expect(touched.filter((name) => !name.includes(`::inference-tenant-${change.victim.name}-`))).toEqual([]);
    }),
    { numRuns: 8 },
  );
}, 240_000);

test("a registry's change touches no load balancer rule that another tenant needs", () => {
  fc.assert(
    fc.property(aRegistry(), fc.nat(), (tenants, pick) => {
      const rest = tenants.toSpliced(pick % tenants.length, 1);
      const options = { rulesPerSecurityGroup: 1000 };
      const all = new Map(tenantRules(tenants, "us-east-1", options).map((rule) => [rule.key, rule]));
      for (const rule of tenantRules(rest.toReversed(), "us-east-1", options)) {
        expect(all.get(rule.key)).toEqual(rule);
      }
    }),
  );
});

/** Every resource's inputs as text, by type and name. */
async function inputsByName(tenants: Tenant[]): Promise<Map<string, string>> {
  const { resources } = await service({ tenants, supportedRegions });
  return new Map(resources.map(({ type, name, inputs }) => [`${type}::${name}`, JSON.stringify(inputs)]));
}

function dependenciesOf(urn: string, resources: Recording<unknown>["resources"]): Set<string> {
  const found = new Set<string>();
  const visit = (current: string): void => {
    for (const next of resources.find((resource) => resource.urn === current)?.dependencies ?? []) {
      if (!found.has(next)) {
        found.add(next);
        visit(next);
      }
    }
  };
  visit(urn);
  return found;
}
