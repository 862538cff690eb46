import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as mrgc from "@mrgc/components";
import * as pulumi from "@pulumi/pulumi";

/** Which components, by class name and with commas; and whether this program loads the library or the engine asks the plugin. */
const { COMPONENTS = "", THROUGH = "library" } = process.env;

const region = "us-east-1";
const zoneIds = ["use1-az1", "use1-az2", "use1-az4"];
const subnetIds = (tier: string): string[] => zoneIds.map((_, index) => `subnet-${tier}000000000000000${index}`);
/** A network that the team already has. */
const network: mrgc.NetworkPlacement = {
  region,
  zoneIds,
  vpcId: "vpc-0123456789abcdef0",
  vpcCidrBlock: "10.40.0.0/18",
  publicSubnetIds: subnetIds("a"),
  privateSubnetIds: subnetIds("b"),
  dataSubnetIds: subnetIds("c"),
};
const tenants: mrgc.Tenant[] = [
  {
    name: "acme",
    accountId: "111122223333",
    cidrBlocks: ["10.34.0.0/16"],
    regions: [region],
    contact: "a@acme.example",
  },
];
const account = `${region}:123456789012`;
const nlbArn = `arn:aws:elasticloadbalancing:${account}:loadbalancer/net/gpu/0123456789abcdef`;
const secretArn = `arn:aws:secretsmanager:${account}:secret:proxies-AbCdEf`;

const args = {
  Network: { region, zoneIds, cidrBlock: "10.66.0.0/18" } satisfies mrgc.NetworkArgs,
  HotTierRedis: { network, shards: 6, maxShards: 20 } satisfies mrgc.HotTierRedisArgs,
  MetadataPostgres: { network } satisfies mrgc.MetadataPostgresArgs,
  ProxyFleet: {
    network,
    hotTier: {
      endpoint: "cache.example.internal",
      port: 6379,
      clientSecurityGroupId: "sg-0123456789abcdef0",
      authSecretArn: secretArn,
      keyArn: `arn:aws:kms:${account}:key/01234567-89ab-cdef-0123-456789abcdef`,
      certificateAuthorityPem: "-----BEGIN CERTIFICATE-----",
    },
    certificateArn: `arn:aws:acm:${account}:certificate/01234567-89ab-cdef-0123-456789abcdef`,
    certificateSecretArn: secretArn,
  } satisfies mrgc.ProxyFleetArgs,
  RegionalGpuCluster: {
    network,
    tenants,
    certificateSecretArn: secretArn,
    modelImage: `123456789012.dkr.ecr.${region}.amazonaws.com/model:1`,
    dcgmExporterImage: `123456789012.dkr.ecr.${region}.amazonaws.com/nvidia/dcgm-exporter:4.4.1`,
    attestation: {
      mode: mrgc.AttestationMode.Enclave,
      measurements: { current: { PCR0: "ab".repeat(48) } },
      enclaveImageUri: "s3://acme-images/enclave.eif",
    },
  } satisfies mrgc.RegionalGpuClusterArgs,
  PrivateLinkService: { network, nlbArns: [nlbArn], tenants } satisfies mrgc.PrivateLinkServiceArgs,
  TenantEndpoint: {
    vpcs: [network],
    services: [
      { serviceRegion: region, serviceName: "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0", zoneIds },
    ],
    dnsName: "inference.acme.internal",
  } satisfies mrgc.TenantEndpointArgs,
  GlobalFrontDoor: {
    regions: [{ region, nlbArn, nlbDnsName: "gpu.elb.us-east-1.amazonaws.com", nlbZoneId: "Z26RNL4JYFTOTI" }],
  } satisfies mrgc.GlobalFrontDoorArgs,
  Observability: { network } satisfies mrgc.ObservabilityArgs,
};
type Component = keyof typeof args;

const library: Record<Component, new (name: string, args: never) => pulumi.ComponentResource> = mrgc;

const schemaFile = join(
  dirname(createRequire(import.meta.url).resolve("@mrgc/components/package.json")),
  "plugin/schema.json",
);

/** What an SDK generated from the package's schema registers, in whatever language. */
function asOtherLanguagesDo(component: Component, name: string): pulumi.ComponentResource {
  const type = `mrgc:index:${component}`;
  const { resources } = JSON.parse(readFileSync(schemaFile, "utf8")) as {
    resources: Record<string, { properties: object }>;
  };
  const outputs = Object.fromEntries(Object.keys(resources[type]?.properties ?? {}).map((key) => [key, undefined]));
  return new pulumi.ComponentResource(type, name, { ...outputs, ...args[component] }, {}, true);
}

const outputsOf = (component: object): object =>
  Object.fromEntries(Object.entries(component).filter(([key]) => !key.startsWith("__")));

export const outputs = Object.fromEntries(
  (COMPONENTS.split(",") as Component[]).map((component) => {
    const name = component.toLowerCase();
    const created =
      THROUGH === "plugin"
        ? asOtherLanguagesDo(component, name)
        : new library[component](name, args[component] as never);
    return [component, outputsOf(created)];
  }),
);
