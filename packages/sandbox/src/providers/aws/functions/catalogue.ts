import { readFileSync } from "node:fs";
import { digest } from "../../../cloud/cloud.ts";
import { isObject, type PropertyMap, type PropertyValue } from "../../../engine/values.ts";
import { account, text, texts } from "../behaviour.ts";
import { partitionOf, zonesOf } from "../regions.ts";
import type { AwsFunction } from "./index.ts";

interface InstanceType {
  readonly type: string;
  readonly arch: readonly string[];
  readonly vcpu: number;
  readonly memoryMib: number;
  readonly enis: number;
  readonly ipv4PerEni: number;
  readonly efaInterfaces: number;
  readonly enaExpress: boolean;
  readonly ebsBaselineMbps: number;
  readonly ebsBaselineIops: number;
  readonly ebsBaselineMBps: number;
  readonly nitroEnclaves: boolean;
  readonly nitroTpm: boolean;
  readonly placement: readonly string[];
  readonly azIds: Readonly<Record<string, readonly string[]>>;
}

let instanceTypes: ReadonlyMap<string, InstanceType> | undefined;

/** The instance types that the components' table knows: the same data that plans are made from. */
function catalogue(): ReadonlyMap<string, InstanceType> {
  if (!instanceTypes) {
    const file = new URL("../../../../../components/src/shared/instance-types.json", import.meta.url);
    instanceTypes = new Map(
      (JSON.parse(readFileSync(file, "utf8")) as InstanceType[]).map((each) => [each.type, each]),
    );
  }
  return instanceTypes;
}

/** The values of the filter called `name`. */
export function filterValues(filters: PropertyValue | undefined, name: string): string[] {
  if (!Array.isArray(filters)) return [];
  return filters.flatMap((filter) => (isObject(filter) && filter.name === name ? texts(filter.values) : []));
}

const instanceTypeOfferings: AwsFunction = ({ region, args }) => {
  const locationType = text(args.locationType) ?? "region";
  const wanted = new Set(filterValues(args.filters, "instance-type"));
  const places = new Set(filterValues(args.filters, "location"));
  const rows = [...catalogue().values()]
    .filter(({ type }) => wanted.size === 0 || wanted.has(type))
    .flatMap(({ type, azIds }) => {
      const ids = azIds[region] ?? [];
      if (locationType === "availability-zone-id") return ids.map((location) => ({ type, location }));
      if (locationType === "region") return ids.length > 0 ? [{ type, location: region }] : [];
      return zonesOf(region)
        .filter(({ zoneId }) => ids.includes(zoneId))
        .map(({ name }) => ({ type, location: name }));
    })
    .filter(({ location }) => places.size === 0 || places.has(location));
  return {
    locationType,
    instanceTypes: rows.map(({ type }) => type),
    locations: rows.map(({ location }) => location),
    locationTypes: rows.map(() => locationType),
  };
};

const instanceType: AwsFunction = ({ args }) => {
  const name = text(args.instanceType) ?? "";
  const found = catalogue().get(name);
  if (!found)
    throw new Error(
      `reading EC2 Instance Type (${name}): InvalidInstanceType: the sandbox's table (instance-types.json) does not have it`,
    );
  return {
    id: name,
    defaultVcpus: found.vcpu,
    memorySize: found.memoryMib,
    maximumNetworkInterfaces: found.enis,
    maximumIpv4AddressesPerInterface: found.ipv4PerEni,
    efaSupported: found.efaInterfaces > 0,
    efaMaximumInterfaces: found.efaInterfaces,
    enaSrdSupported: found.enaExpress,
    ebsPerformanceBaselineBandwidth: found.ebsBaselineMbps,
    ebsPerformanceBaselineIops: found.ebsBaselineIops,
    ebsPerformanceBaselineThroughput: found.ebsBaselineMBps,
    nitroEnclavesSupport: found.nitroEnclaves ? "supported" : "unsupported",
    nitroTpmSupport: found.nitroTpm ? "supported" : "unsupported",
    supportedArchitectures: [...found.arch],
    supportedPlacementStrategies: [...found.placement],
    bareMetal: name.endsWith(".metal"),
    currentGeneration: true,
    gpuses: [],
  };
};

const amiId = (seed: string): string => `ami-${digest(seed, 17)}`;

const ami: AwsFunction = ({ region, args }) => {
  const name = filterValues(args.filters, "name")[0] ?? text(args.nameRegex) ?? "image";
  const architecture = filterValues(args.filters, "architecture")[0] ?? (/arm64/.test(name) ? "arm64" : "x86_64");
  const imageId = amiId(`${region}${name}${architecture}`);
  return {
    id: imageId,
    imageId,
    name: name.replaceAll("*", "2026.1"),
    architecture,
    arn: `arn:${partitionOf(region)}:ec2:${region}::image/${imageId}`,
    ownerId: texts(args.owners)[0] ?? account,
    rootDeviceName: "/dev/xvda",
    rootDeviceType: "ebs",
    virtualizationType: "hvm",
    state: "available",
    creationDate: "2026-01-01T00:00:00.000Z",
    blockDeviceMappings: [],
    productCodes: [],
    public: true,
    tags: {},
  };
};

const publicPath =
  /^\/aws\/service\/(ami-amazon-linux-latest|eks\/optimized-ami|ecs\/optimized-ami|bottlerocket|canonical|deeplearning|debian|ami-windows-latest)\//;

function parameterValue(region: string, name: string): string {
  if (!publicPath.test(name)) {
    throw new Error(
      `reading SSM Parameter (${name}): ParameterNotFound: neither this stack nor the list of public AMI parameters has it`,
    );
  }
  const id = amiId(`${region}${name}`);
  // The parent of .../image_id, as of ECS, holds a document that names the image.
  return /\/recommended$/.test(name) && /\/ecs\//.test(name)
    ? JSON.stringify({ image_id: id, image_name: name.split("/").at(-2), os: "Linux" })
    : id;
}

const parameter: AwsFunction = ({ region, args, cloud }) => {
  const name = text(args.name) ?? "";
  const own = cloud.named("aws:ssm/parameter:Parameter", name, region);
  const value = own ? (text(own.inputs.value) ?? "") : parameterValue(region, name);
  return {
    id: name,
    arn: `arn:${partitionOf(region)}:ssm:${region}::parameter${name}`,
    name,
    type: text(own?.inputs.type) ?? "String",
    value,
    insecureValue: value,
    version: 1,
  };
};

const addonVersions: Readonly<Record<string, string>> = {
  "vpc-cni": "v1.21.1",
  coredns: "v1.13.1",
  "kube-proxy": "v1.36.0",
  "aws-ebs-csi-driver": "v1.54.0",
  "aws-efs-csi-driver": "v2.2.0",
  "eks-pod-identity-agent": "v1.3.10",
  "metrics-server": "v0.8.0",
  "amazon-cloudwatch-observability": "v4.7.0",
  "aws-guardduty-agent": "v1.12.1",
  "eks-node-monitoring-agent": "v1.5.0",
  "snapshot-controller": "v8.3.0",
  "cert-manager": "v1.19.1",
  "aws-secrets-store-csi-driver-provider": "v3.1.3",
  "external-dns": "v0.20.0",
};

const addonVersion: AwsFunction = ({ args }) => {
  const addonName = text(args.addonName) ?? "";
  const base = addonVersions[addonName];
  if (!base)
    throw new Error(
      `reading EKS Add-On version (${addonName}): no versions found; the sandbox knows ${Object.keys(addonVersions).join(", ")}`,
    );
  const version = addonName === "kube-proxy" ? `v${text(args.kubernetesVersion) ?? "1.36"}.0` : base;
  return { id: addonName, version: `${version}-eksbuild.1` };
};

const postgresVersions: Readonly<Record<string, string>> = { "18": "18.6", "17": "17.10", "16": "16.14" };

function engineVersion(args: PropertyMap): string {
  const wanted =
    text(args.version) ??
    text(args.engineVersion) ??
    texts(args.preferredVersions)[0] ??
    texts(args.preferredEngineVersions)[0];
  if (wanted === undefined) return postgresVersions["18"] ?? "";
  return postgresVersions[wanted] ?? wanted;
}

const orderableDatabase: AwsFunction = ({ region, args }) => ({
  engineVersion: engineVersion(args),
  instanceClass: text(args.instanceClass) ?? texts(args.preferredInstanceClasses)[0] ?? "db.r6i.large",
  availabilityZones: zonesOf(region)
    .slice(0, 3)
    .map(({ name }) => name),
  availabilityZoneGroup: region,
  licenseModel: "postgresql-license",
  storageType: text(args.storageType) ?? "gp3",
  minIopsPerDbInstance: 12_000,
  maxIopsPerDbInstance: 64_000,
  minIopsPerGib: 0,
  maxIopsPerGib: 500,
  minStorageSize: 20,
  maxStorageSize: 65_536,
  multiAzCapable: true,
  outpostCapable: false,
  supportedEngineModes: ["provisioned"],
  supportedNetworkTypes: ["IPV4", "DUAL"],
});

/** What can be bought or started: instance types, images, versions. */
export const catalogueFunctions: Record<string, AwsFunction> = {
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": instanceTypeOfferings,
  "aws:ec2/getInstanceTypes:getInstanceTypes": ({ args }) => ({
    instanceTypes: [...catalogue().keys()].filter((type) => {
      const wanted = filterValues(args.filters, "instance-type");
      return wanted.length === 0 || wanted.includes(type);
    }),
  }),
  "aws:ec2/getInstanceType:getInstanceType": instanceType,
  "aws:ec2/getAmi:getAmi": ami,
  "aws:ssm/getParameter:getParameter": parameter,
  "aws:eks/getAddonVersion:getAddonVersion": addonVersion,
  "aws:rds/getOrderableDbInstance:getOrderableDbInstance": orderableDatabase,
  "aws:rds/getEngineVersion:getEngineVersion": ({ args }) => {
    const version = engineVersion(args);
    return {
      version,
      versionActual: version,
      parameterGroupFamily: `${text(args.engine) ?? "postgres"}${version.split(".")[0] ?? ""}`,
      engineDescription: text(args.engine) ?? "",
      versionDescription: version,
      status: "available",
      defaultCharacterSet: "UTF8",
      exportableLogTypes: ["postgresql", "upgrade"],
      supportedCharacterSets: [],
      supportedFeatureNames: [],
      supportedModes: ["provisioned"],
      supportedTimezones: [],
      validMajorTargets: [],
      validMinorTargets: [],
      validUpgradeTargets: [],
      supportsCertificateRotationWithoutRestart: true,
      supportsGlobalDatabases: false,
      supportsIntegrations: true,
      supportsLimitlessDatabase: false,
      supportsLocalWriteForwarding: false,
      supportsLogExportsToCloudwatch: true,
      supportsParallelQuery: false,
      supportsReadReplica: true,
    };
  },
};
