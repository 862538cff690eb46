import * as aws from "@pulumi/aws";
import * as mrgc from "@mrgc/components";
import * as pulumi from "@pulumi/pulumi";

const services = new pulumi.Config().requireObject<mrgc.TenantService[]>("services");

const tags = { Project: "acme-chat", Environment: "production", Component: "chat", ManagedBy: "pulumi" };

/** One of the team's own networks: private subnets in three zones, with no way to the internet. */
function network(region: string, cidrBlock: string, zoneIds: string[]): mrgc.TenantVpc {
  const vpc = new aws.ec2.Vpc(`acme-${region}`, {
    cidrBlock,
    enableDnsHostnames: true,
    enableDnsSupport: true,
    region,
    tags: { ...tags, Name: `acme-${region}` },
  });
  const prefix = cidrBlock.split(".").slice(0, 2).join(".");
  const privateSubnetIds = zoneIds.map(
    (zoneId, index) =>
      new aws.ec2.Subnet(`acme-${zoneId}`, {
        vpcId: vpc.id,
        cidrBlock: `${prefix}.${10 + index}.0/24`,
        availabilityZoneId: zoneId,
        region,
        tags: { ...tags, Name: `acme-${zoneId}` },
      }).id,
  );
  return { region, zoneIds, vpcId: vpc.id, vpcCidrBlock: cidrBlock, privateSubnetIds };
}

const inference = new mrgc.TenantEndpoint("inference", {
  vpcs: [
    network("us-east-1", "10.34.0.0/16", ["use1-az1", "use1-az2", "use1-az4"]),
    network("us-west-2", "10.35.0.0/16", ["usw2-az1", "usw2-az2", "usw2-az3"]),
  ],
  services,
  dnsName: "inference.acme.internal",
  routing: mrgc.Routing.Failover,
  tags: { Project: tags.Project, Environment: tags.Environment },
});

/** What the team's applications connect to, from either region. */
export const url = pulumi.interpolate`https://${inference.dnsName}`;
export const endpoints = inference.endpointIds;
