import * as aws from "@pulumi/aws";
import * as mrgc from "@mrgc/components";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const certificates = config.requireObject<Record<string, string>>("certificates");
const enclavePcr0 = config.require("enclavePcr0");
const registry = "123456789012.dkr.ecr";
const tags = { Environment: "development" };

/** Whoever may use the service. The list is the registry of both regions. */
const tenants: mrgc.Tenant[] = [
  {
    name: "acme",
    accountId: "111122223333",
    cidrBlocks: ["10.34.0.0/16"],
    regions: ["us-east-1", "us-west-2"],
    endpointRegions: ["us-east-1"],
    contact: "network@acme.example",
  },
];

/** One region of the service: its network, GPU hosts behind routers and load balancer, and the endpoint service. */
function service(region: string, cidrBlock: string, zoneIds: string[], supportedRegions: string[]): mrgc.TenantService {
  const provider = new aws.Provider(region, { region: region as aws.Region });
  const network = new mrgc.Network(
    `network-${region}`,
    { region, cidrBlock, zoneIds, fleets: { gpuInstances: 12, routerTasks: 12 }, tags },
    { provider },
  );
  const cluster = new mrgc.RegionalGpuCluster(
    `gpu-${region}`,
    {
      network,
      tenants,
      certificateSecretArn: certificates[region] ?? "",
      modelImage: `${registry}.${region}.amazonaws.com/model:1`,
      dcgmExporterImage: `${registry}.${region}.amazonaws.com/nvidia/dcgm-exporter:4.4.1`,
      attestation: {
        mode: mrgc.AttestationMode.Enclave,
        measurements: { current: { PCR0: enclavePcr0 } },
        enclaveImageUri: `s3://acme-images-${region}/enclave.eif`,
      },
      tags,
    },
    { provider },
  );
  const privateLink = new mrgc.PrivateLinkService(
    `link-${region}`,
    { network, nlbArns: [cluster.nlbArn], tenants, supportedRegions, tags },
    { provider },
  );
  return { serviceRegion: region, serviceName: privateLink.serviceName, zoneIds, endpointRegions: ["us-east-1"] };
}

const services = [
  service("us-east-1", "10.66.0.0/18", ["use1-az1", "use1-az2", "use1-az4"], []),
  service("us-west-2", "10.66.128.0/18", ["usw2-az1", "usw2-az2", "usw2-az3"], ["us-east-1"]),
];

// The tenant's side. In life it is a program of the tenant's own, in another account: see the example `tenant-endpoint`.
const vpc = new aws.ec2.Vpc("acme", {
  cidrBlock: "10.34.0.0/16",
  enableDnsHostnames: true,
  enableDnsSupport: true,
  region: "us-east-1",
  tags: { Name: "acme" },
});
const zoneIds = ["use1-az1", "use1-az2", "use1-az4"];
const privateSubnetIds = zoneIds.map(
  (zoneId, index) =>
    new aws.ec2.Subnet(`acme-${zoneId}`, {
      vpcId: vpc.id,
      cidrBlock: `10.34.${10 + index}.0/24`,
      availabilityZoneId: zoneId,
      region: "us-east-1",
      tags: { Name: `acme-${zoneId}` },
    }).id,
);
const inference = new mrgc.TenantEndpoint("inference", {
  vpcs: [{ region: "us-east-1", zoneIds, vpcId: vpc.id, vpcCidrBlock: "10.34.0.0/16", privateSubnetIds }],
  services,
  dnsName: "inference.acme.internal",
  tags,
});

/** What the tenant's applications connect to; answers with the other region when the near one does not. */
export const url = pulumi.interpolate`https://${inference.dnsName}`;
export const endpoints = inference.endpointIds;
