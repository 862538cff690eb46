import { describe, expect, it } from "vitest";
import { GlobalFrontDoor } from "../packages/components/src/global-front-door/global-front-door.ts";
import * as hotTier from "../packages/components/src/hot-tier-redis/fixtures.ts";
import { HotTierRedis } from "../packages/components/src/hot-tier-redis/hot-tier-redis.ts";
import { MetadataPostgres } from "../packages/components/src/metadata-postgres/metadata-postgres.ts";
import { Network } from "../packages/components/src/network/network.ts";
import { Observability } from "../packages/components/src/observability/observability.ts";
import { PrivateLinkService } from "../packages/components/src/private-link-service/private-link-service.ts";
import * as proxies from "../packages/components/src/proxy-fleet/fixtures.ts";
import { ProxyFleet } from "../packages/components/src/proxy-fleet/proxy-fleet.ts";
import * as gpu from "../packages/components/src/regional-gpu-cluster/fixtures.ts";
import { RegionalGpuCluster } from "../packages/components/src/regional-gpu-cluster/regional-gpu-cluster.ts";
import { TenantEndpoint } from "../packages/components/src/tenant-endpoint/tenant-endpoint.ts";
import { type Answers, recorded } from "../packages/components/src/testing/recorded.ts";
import { componentTables, type Documented } from "../scripts/argument-tables.ts";

type Arguments = Record<string, unknown>;

interface Subject {
  /** Makes the component with arguments of any shape. */
  create: (args: Arguments) => unknown;
  /** The least that it takes. */
  least: Arguments;
  answers: Answers;
  /** Arguments of an interface that is not the component's own, in their place. */
  inside?: Record<string, (values: Arguments) => Arguments>;
  /** What has to be said too for an argument to matter. */
  beside?: Record<string, Arguments>;
  /** Another value than the default, where the nearest one changes nothing. */
  other?: Record<string, unknown>;
  /** Arguments that change outputs only. */
  unseen?: string[];
}

const region = { region: "us-east-1", nlbArn: "arn:nlb", nlbDnsName: "nlb.example", nlbZoneId: "Z1" };
const services = ["us-east-1", "us-west-2"].map((serviceRegion) => ({
  serviceRegion,
  serviceName: `com.amazonaws.vpce.${serviceRegion}.vpce-svc-1`,
  zoneIds: [1, 2, 3].map((zone) => `${serviceRegion === "us-east-1" ? "use1" : "usw2"}-az${zone}`),
  endpointRegions: ["us-east-1", "us-west-2"],
}));

const subjects: Record<string, Subject> = {
  GlobalFrontDoor: {
    create: (args) => new GlobalFrontDoor("subject", args as never),
    least: { regions: [region] },
    inside: { FrontDoorRegion: (values) => ({ regions: [{ ...region, ...values }] }) },
    // Whoever keeps client addresses has to say who ends TLS.
    beside: { tlsEnd: { preserveClientAddress: true }, preserveClientAddress: { tlsEnd: "router" } },
    answers: {
      outputs: {
        "aws:globalaccelerator/accelerator:Accelerator": () => ({
          dnsName: "a.example",
          ipSets: [{ ipAddresses: [] }],
        }),
      },
    },
  },
  HotTierRedis: {
    create: (args) => new HotTierRedis("subject", args as never),
    least: { ...hotTier.testArgs() },
    answers: hotTier.testAnswers,
  },
  MetadataPostgres: {
    create: (args) => new MetadataPostgres("subject", args as never),
    least: { network: hotTier.testArgs().network },
    inside: { DatabaseRoleArgs: (values) => ({ roles: [{ name: "app", ...values }] }) },
    answers: {
      region: "us-west-2",
      outputs: {
        "aws:rds/instance:Instance": (name) => ({ identifier: name, masterUserSecrets: [{ secretArn: "arn:secret" }] }),
        "aws:rds/cluster:Cluster": (name) => ({
          clusterIdentifier: name,
          masterUserSecrets: [{ secretArn: "arn:secret" }],
        }),
      },
    },
  },
  Network: {
    create: (args) => new Network("subject", args as never),
    least: { region: "us-east-1", zoneIds: ["use1-az1", "use1-az2", "use1-az4"], cidrBlock: "10.66.0.0/18" },
    answers: {},
    inside: { FleetMaxima: (values) => ({ fleets: values }) },
    beside: {
      podCidrBlock: { fleets: { proxyNodes: 1000 } },
      proxyInstanceType: { proxyNodes: 300 },
      systemNodes: { proxyNodes: 300 },
      allowReplacement: {
        fleets: { cacheNodes: 100 },
        subnets: [{ tier: "data", zoneId: "use1-az1", cidrBlock: "10.66.63.0/28" }],
      },
    },
    other: {
      podCidrBlock: "100.65.0.0/16",
      proxyInstanceType: "c6i.metal",
      ...Object.fromEntries(
        ["cacheNodes", "proxyNodes", "systemNodes", "gpuInstances", "routerTasks", "databaseInstances"].map((fleet) => [
          fleet,
          9999,
        ]),
      ),
      interfaceEndpoints: 999,
      otherAddressesPerZone: 9999,
    },
  },
  Observability: {
    create: (args) => new Observability("subject", args as never),
    least: { network: gpu.clusterArgs.network },
    answers: gpu.clusterAnswers,
    inside: {
      CollectorArgs: (values) => ({
        collector: {
          image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/prom/prometheus:v3.5.0",
          hotTier: { clusterName: "hot-tier", securityGroupId: "sg-1" },
          ...values,
        },
      }),
    },
  },
  PrivateLinkService: {
    create: (args) => new PrivateLinkService("subject", args as never),
    least: { network: gpu.clusterArgs.network, nlbArns: ["arn:nlb"], tenants: gpu.clusterArgs.tenants },
    answers: {},
    inside: { Tenant: (values) => ({ tenants: [{ ...gpu.clusterArgs.tenants[0], ...values }] }) },
    unseen: ["privateDns"],
  },
  ProxyFleet: {
    create: (args) => new ProxyFleet("subject", args as never),
    least: { ...proxies.testArgs(), kubernetesVersion: undefined },
    answers: proxies.testAnswers,
  },
  RegionalGpuCluster: {
    create: (args) => new RegionalGpuCluster("subject", args as never),
    least: { ...gpu.clusterArgs },
    answers: gpu.clusterAnswers,
    inside: { GpuRequirements: (values) => ({ gpuRequirements: values }) },
    other: { rulesPerSecurityGroup: 1, minGpus: 8 },
  },
  TenantEndpoint: {
    create: (args) => new TenantEndpoint("subject", args as never),
    least: {
      vpcs: [
        {
          region: "us-east-1",
          zoneIds: ["use1-az1", "use1-az2", "use1-az3"],
          vpcId: "vpc-1",
          vpcCidrBlock: "10.34.0.0/16",
          privateSubnetIds: ["subnet-1", "subnet-2", "subnet-3"],
        },
      ],
      services: services.map((service) => ({ ...service, privateDnsName: `${service.serviceRegion}.example.com` })),
      dnsName: "inference.acme.internal",
    },
    answers: {
      outputs: {
        "aws:ec2/vpcEndpoint:VpcEndpoint": (name) => ({ dnsEntries: [{ dnsName: name, hostedZoneId: "Z7" }] }),
      },
    },
  },
};

/** The value that a comment gives as default, when it gives one: text, a number, a truth value or a list. */
function literalOf({ default: stated, type }: Documented, members: readonly Documented[]): unknown {
  const text = /^(?:`([^`]+)`|(true|false|-?\d+(?:\.\d+)?)(?=[\s,;]|$))/.exec(stated ?? "");
  const value = text?.[1] ?? text?.[2];
  if (value === undefined || members.some(({ name }) => name === value)) {
    return undefined;
  }
  if (value.startsWith("[")) {
    return JSON.parse(value);
  }
  const one = type === "`number`" ? Number(value) : type === "`boolean`" ? value === "true" : value;
  return type.endsWith("[]`") ? [one] : one;
}

/** A value of the same kind that is not the default. */
function otherThan(value: unknown, { type }: Documented): unknown {
  const values = [...type.matchAll(/`"([^"]+)"`/g)].map((match) => match[1]);
  switch (typeof value) {
    case "boolean":
      return !value;
    case "number":
      return value + 1;
    case "string":
      return values.find((candidate) => candidate !== value) ?? `${value}x`;
    default:
      return [];
  }
}

/** Everything that a component registers below itself, or the reason why it does not. */
async function outcome({ create, answers }: Subject, args: Arguments): Promise<unknown> {
  try {
    const { resources } = await recorded(() => create(args), answers);
    return resources
      .filter(({ type }) => !type.startsWith("mrgc:"))
      .map(({ urn, type, name, inputs, ignoreChanges }) => ({ urn, type, name, inputs, ignoreChanges }))
      .sort((one, another) => (one.urn < another.urn ? -1 : 1));
  } catch (error) {
    return `refused: ${(error as Error).message}`;
  }
}

const tables = componentTables();

describe("what the comments call a default", () => {
  it("is said of every argument that can be left out", () => {
    const silent = tables.flatMap(({ interfaces }) =>
      interfaces.flatMap(({ name, members }) =>
        members
          .filter((member) => member.default === undefined && !member.required)
          .map((member) => `${name}.${member.name}`),
      ),
    );
    expect(silent).toEqual([]);
  });

  // A component is made once for each of its arguments: seconds alone, a minute beside the other tests.
  it.each(tables)(
    "is what happens when nothing is said: $component",
    async ({ component, interfaces }) => {
      const subject = subjects[component]!;
      for (const [index, { name, members }] of interfaces.entries()) {
        const stated = members.flatMap((member) => {
          const value = literalOf(member, members);
          return value === undefined ? [] : [{ name: member.name, value, other: otherThan(value, member) }];
        });
        if (stated.length === 0) {
          continue;
        }
        const place = index === 0 ? (values: Arguments) => values : subject.inside?.[name];
        expect(place, `say in this file where ${name} stands in the arguments of ${component}`).toBeDefined();
        const run = (values: Arguments, beside = {}) =>
          outcome(subject, { ...subject.least, ...place?.({ ...beside, ...values }) });

        const nothing = await run({});
        expect(nothing, `the least that ${component} takes`).toBeInstanceOf(Array);
        const plain = stated.filter((entry) => subject.beside?.[entry.name] === undefined);
        expect(await run(Object.fromEntries(plain.map((entry) => [entry.name, entry.value])))).toEqual(nothing);
        for (const argument of stated.filter((entry) => !subject.unseen?.includes(entry.name))) {
          const beside = subject.beside?.[argument.name];
          const without = beside === undefined ? nothing : await run({}, beside);
          if (beside !== undefined) {
            expect(await run({ [argument.name]: argument.value }, beside), argument.name).toEqual(without);
          }
          const other = subject.other?.[argument.name] ?? argument.other;
          const changed = await run({ [argument.name]: other }, beside);
          expect(changed, `${name}.${argument.name}: ${JSON.stringify(other)} has to matter`).not.toEqual(without);
        }
      }
    },
    300_000,
  );
});
