import * as aws from "@pulumi/aws";
import * as mrgc from "@mrgc/components";
import { sharedArgs } from "./component-args.ts";
import { planOutput } from "./plan-output.ts";
import { interfaceEndpoints, regionPlanArgs, traces } from "./region-plan.ts";
import type { RegionSettings } from "./settings.ts";
import { toldOf } from "./watch-settings.ts";

/** One region: network, GPU cluster, its endpoint service, hot tier, proxies, metadata and what watches them. Nothing of it is shared with another region. */
export async function regionStack(settings: RegionSettings): Promise<Record<string, unknown>> {
  const planArgs = regionPlanArgs(settings);
  const plan = mrgc.regionPlan(planArgs);
  const shared = sharedArgs(settings);
  const tags = { Environment: settings.environment };
  const provider = new aws.Provider("aws", { region: settings.region as aws.Region });
  await mrgc.checkQuotas(plan.capacity, { readApplied: settings.enforceQuotas, provider });

  const network = new mrgc.Network(
    "mrgc-network",
    {
      region: settings.region,
      cidrBlock: settings.network.cidrBlock,
      zoneIds: settings.network.zoneIds,
      fleets: mrgc.fleetMaxima(planArgs),
      interfaceEndpoints: interfaceEndpoints(settings),
      tags,
    },
    { provider },
  );
  const gpu = new mrgc.RegionalGpuCluster(
    "mrgc-gpu",
    {
      network,
      tenants: settings.tenants,
      instanceTypes: settings.gpu.instanceTypes,
      minPerZone: settings.gpu.minPerZone,
      onDemandMaxPerZone: settings.gpu.maxPerZone,
      certificateSecretArn: settings.gpu.certificateSecretArn,
      modelImage: settings.gpu.modelImage,
      dcgmExporterImage: settings.gpu.dcgmExporterImage,
      traceSamplingPercent: settings.watch?.traceSamplingPercent,
      attestation: {
        mode: mrgc.AttestationMode.Enclave,
        measurements: settings.gpu.measurements,
        enclaveImageUri: settings.gpu.enclaveImageUri,
      },
      tags,
    },
    { provider },
  );
  const privateLink = new mrgc.PrivateLinkService(
    "mrgc-private-link",
    {
      network,
      nlbArns: [gpu.nlbArn],
      tenants: settings.tenants,
      supportedRegions: settings.supportedRegions,
      // A name for each region: with one for all, nothing could fail over.
      privateDnsName: `${settings.region}.${settings.serviceDomain}`,
      privateDnsZoneId: settings.publicZoneId,
      tags,
    },
    { provider },
  );
  const hotTier = new mrgc.HotTierRedis(
    "mrgc-hot-tier",
    {
      network,
      ...shared.hotTier,
      exporterArtifact: settings.hotTier.exporterArtifact,
      tags,
    },
    { provider },
  );
  const proxies = new mrgc.ProxyFleet(
    "mrgc-proxies",
    {
      network,
      instanceType: settings.proxies.instanceType,
      ...shared.proxies,
      desiredNodes: settings.proxies.desiredNodes,
      hotTier: {
        endpoint: hotTier.endpoint,
        port: hotTier.port,
        clientSecurityGroupId: hotTier.clientSecurityGroupId,
        authSecretArn: hotTier.authSecretArn,
        keyArn: hotTier.keyArn,
        certificateAuthorityPem: hotTier.certificateAuthorityPem,
      },
      certificateArn: settings.proxies.certificateArn,
      certificateSecretArn: settings.proxies.certificateSecretArn,
      tags,
    },
    { provider },
  );
  const metadata = new mrgc.MetadataPostgres(
    "mrgc-metadata",
    { network, ...shared.metadata, clientSecurityGroupIds: { proxies: proxies.securityGroupId }, tags },
    { provider },
  );
  const watch = new mrgc.Observability(
    `mrgc-watch-${settings.region}`,
    {
      network,
      natGatewayIds: network.natGatewayIds,
      partAlarmArns: {
        "private-link": privateLink.alarmArns,
        gpu: gpu.alarmArns,
        "hot-tier": hotTier.troubleAlarmArns,
        proxies: proxies.alarmArns,
        metadata: metadata.alarmArns,
      },
      // Not all that begins with mrgc-: the front door's alarms are in a region too, and have their own chat.
      alarmNamePrefixes: ["gpu", "hot-tier", "metadata", "private-link", "proxies", `watch-${settings.region}`].map(
        (part) => `mrgc-${part}-`,
      ),
      ...toldOf(settings),
      eksClusterArn: proxies.clusterArn,
      collector: collectorOf(settings, { gpu, hotTier, metadata }),
      traces: traces(settings.watch?.traceSamplingPercent),
      tags,
    },
    { provider },
  );
  return {
    region: settings.region,
    plan: planOutput(plan),
    vpcId: network.vpcId,
    vpcCidrBlock: settings.network.cidrBlock,
    nlbArn: gpu.nlbArn,
    nlbDnsName: gpu.nlbDnsName,
    nlbZoneId: gpu.nlbZoneId,
    nlbSecurityGroupId: gpu.nlbSecurityGroupId,
    endpointServiceName: privateLink.serviceName,
    privateDnsProof: privateLink.privateDnsProof,
    onboarding: privateLink.onboarding,
    hotTierEndpoint: hotTier.endpoint,
    hotTierSecretArn: hotTier.authSecretArn,
    proxyClusterName: proxies.clusterName,
    metadataEndpoint: metadata.writerEndpoint,
    pagerTopicArn: watch.pagerTopicArn,
    pageAlarmNames: watch.pageAlarmNames,
  };
}

/** What the collector reads, where an image for it is configured. */
function collectorOf(
  { watch, hotTier: { exporterArtifact } }: RegionSettings,
  parts: { gpu: mrgc.RegionalGpuCluster; hotTier: mrgc.HotTierRedis; metadata: mrgc.MetadataPostgres },
): mrgc.CollectorArgs | undefined {
  const { gpu, hotTier, metadata } = parts;
  return watch?.collectorImage === undefined
    ? undefined
    : {
        image: watch.collectorImage,
        // Nodes without exporters would be targets that never answer.
        ...(exporterArtifact === undefined
          ? {}
          : { hotTier: { clusterName: hotTier.clusterName, securityGroupId: hotTier.securityGroupId } }),
        gpu: {
          clusterName: gpu.metricCluster,
          hostSecurityGroupId: gpu.gpuSecurityGroupId,
          routerSecurityGroupId: gpu.routerSecurityGroupId,
          namespaceName: gpu.namespaceName,
        },
        ...(watch.database === undefined
          ? {}
          : {
              database: {
                ...watch.database,
                endpoint: metadata.writerEndpoint,
                databaseName: metadata.databaseName,
                securityGroupId: metadata.securityGroupId,
              },
            }),
      };
}
