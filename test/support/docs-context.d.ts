import type * as mrgc from "@mrgc/components";

/** What the documentation's snippets take as given; a snippet's own declarations win. */
declare global {
  const network: mrgc.Network;
  const tenants: mrgc.Tenant[];
  const services: mrgc.TenantService[];
  const cluster: mrgc.RegionalGpuCluster;
  const gpu: mrgc.RegionalGpuCluster;
  const privateLink: mrgc.PrivateLinkService;
  const endpoint: mrgc.TenantEndpoint;
  const hotTier: mrgc.HotTierRedis;
  const proxies: mrgc.ProxyFleet;
  const metadata: mrgc.MetadataPostgres;
  const endpoint: mrgc.TenantEndpoint;
  const certificateArn: string;
  const certificateSecretArn: string;
  const publicZone: { zoneId: string };
  const certificate: { arn: string };
  const measuredImage: string;
  const nlbArn: string;
  const nlbDnsName: string;
  const nlbZoneId: string;
  const nlbSecurityGroupId: string;
  const vpcId: string;
  const vpcCidrBlock: string;
  const zoneIds: string[];
  const privateSubnetIds: string[];
}
