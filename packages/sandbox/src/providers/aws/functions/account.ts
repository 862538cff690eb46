import { createHash } from "node:crypto";
import { isObject } from "../../../engine/values.ts";
import { account, number, text, texts } from "../behaviour.ts";
import { partitionOf, zonesOf } from "../regions.ts";
import { filterValues } from "./catalogue.ts";
import type { AwsFunction } from "./index.ts";

/** Default quotas by code (part C of the corrections). */
const quotas: Readonly<Record<string, { readonly name: string; readonly value: number }>> = {
  "L-1216C47A": { name: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", value: 5 },
  "L-DB2E81BA": { name: "Running On-Demand G and VT instances", value: 0 },
  "L-34B43A08": { name: "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", value: 5 },
  "L-3819A6DF": { name: "All G and VT Spot Instance Requests", value: 0 },
  "L-F678F1CE": { name: "VPCs per Region", value: 5 },
  "L-407747CB": { name: "Subnets per VPC", value: 200 },
  "L-29B6F2EB": { name: "Interface VPC endpoints per VPC", value: 50 },
  "L-1B52E74A": { name: "Gateway VPC endpoints per Region", value: 20 },
  "L-DF5E4CA3": { name: "Network interfaces per Region", value: 5000 },
  "L-BB24F6E5": { name: "Network Address Usage", value: 64_000 },
  "L-0263D0A3": { name: "EC2-VPC Elastic IPs", value: 5 },
  "L-FE5A380F": { name: "NAT gateways per Availability Zone", value: 5 },
  "L-A4707A72": { name: "Internet gateways per Region", value: 5 },
  "L-2AFB9258": { name: "Security groups per network interface", value: 5 },
  "L-0EA8095F": { name: "Inbound or outbound rules per security group", value: 60 },
  "L-E79EC296": { name: "VPC security groups per Region", value: 2500 },
  "L-93826ACB": { name: "Routes per route table", value: 50 },
  "L-69A177A2": { name: "Network Load Balancers per Region", value: 50 },
  "L-53DA6B97": { name: "Application Load Balancers per Region", value: 50 },
  "L-B22855CB": { name: "Target Groups per Region", value: 3000 },
  "L-EEF1AD04": { name: "Targets per Network Load Balancer", value: 3000 },
  "L-B211E961": { name: "Targets per Availability Zone per Network Load Balancer", value: 500 },
  "L-A0D0B863": { name: "Targets per Target Group per Region", value: 1000 },
  "L-7E6692B2": { name: "Targets per Application Load Balancer", value: 1000 },
  "L-57A373D6": { name: "Listeners per Network Load Balancer", value: 50 },
  "L-23568085": { name: "Network Load Balancer ENIs per VPC", value: 1200 },
  "L-52964454": { name: "Certificates per Network Load Balancer", value: 25 },
  "L-CDE20ADC": { name: "Auto Scaling groups per region", value: 500 },
  "L-7A658B76": { name: "Storage for General Purpose SSD (gp3) volumes, in TiB", value: 50 },
  "L-1194D53C": { name: "Clusters", value: 100 },
  "L-6D54EA21": { name: "Managed node groups per cluster", value: 30 },
  "L-BD136A63": { name: "Nodes per managed node group", value: 450 },
  "L-3032A538": { name: "Fargate On-Demand vCPU resource count", value: 6 },
  "L-A2478D36": { name: "Transit gateways per account", value: 5 },
  "L-E0233F82": { name: "Attachments per transit gateway", value: 5000 },
  "L-A1B5A36F": { name: "Peering attachments per transit gateway", value: 50 },
  "L-7B6409FD": { name: "DB instances", value: 40 },
  "L-5BC124EF": { name: "Read replicas per primary", value: 15 },
  "L-6E3AF000": { name: "Cryptographic operations (symmetric) request rate", value: 10_000 },
};

/** Applied quotas that a run sets: `MRGC_SANDBOX_QUOTAS='{"L-1216C47A": 2000}'`. */
function override(code: string): number | undefined {
  const parsed: unknown = JSON.parse(process.env.MRGC_SANDBOX_QUOTAS ?? "{}");
  return isObject(parsed as never) ? number((parsed as Record<string, number>)[code]) : undefined;
}

const availabilityZones: AwsFunction = ({ region, args }) => {
  const excluded = new Set([...texts(args.excludeNames), ...texts(args.excludeZoneIds)]);
  const wanted = (name: string, value: string): boolean => {
    const values = filterValues(args.filters, name);
    return values.length === 0 || values.includes(value);
  };
  const zones = zonesOf(region).filter(
    ({ name, zoneId }) =>
      !excluded.has(name) && !excluded.has(zoneId) && wanted("zone-id", zoneId) && wanted("zone-name", name),
  );
  return { names: zones.map(({ name }) => name), zoneIds: zones.map(({ zoneId }) => zoneId), groupNames: [region] };
};

const serviceQuota: AwsFunction = ({ region, args }) => {
  const code =
    text(args.quotaCode) ?? Object.keys(quotas).find((each) => quotas[each]?.name === text(args.quotaName)) ?? "";
  const quota = quotas[code];
  const serviceCode = text(args.serviceCode) ?? "";
  if (!quota)
    throw new Error(
      `reading Service Quotas Service Quota (${serviceCode}/${code}): NoSuchResourceException: the quota does not exist`,
    );
  return {
    quotaCode: code,
    quotaName: quota.name,
    value: override(code) ?? quota.value,
    defaultValue: quota.value,
    adjustable: true,
    globalQuota: false,
    serviceName: serviceCode,
    usageMetrics: [],
    arn: `arn:${partitionOf(region)}:servicequotas:${region}:${account}:${serviceCode}/${code}`,
  };
};

/** Who, where, and how much of it. */
export const accountFunctions: Record<string, AwsFunction> = {
  "aws:index/getAvailabilityZones:getAvailabilityZones": availabilityZones,
  "aws:index/getAvailabilityZone:getAvailabilityZone": ({ region, args }) => {
    const zone = zonesOf(region).find(({ name, zoneId }) => name === text(args.name) || zoneId === text(args.zoneId));
    if (!zone)
      throw new Error(
        `no matching EC2 Availability Zone found in ${region}: ${text(args.name) ?? text(args.zoneId) ?? ""}`,
      );
    return {
      ...zone,
      groupName: region,
      networkBorderGroup: region,
      optInStatus: "opt-in-not-required",
      nameSuffix: zone.name.slice(region.length),
      state: "available",
      zoneType: "availability-zone",
      parentZoneId: "",
      parentZoneName: "",
      groupLongName: region,
    };
  },
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    id: account,
    accountId: account,
    arn: `arn:aws:iam::${account}:user/sandbox`,
    userId: "AIDASANDBOX",
  }),
  "aws:index/getRegion:getRegion": ({ region }) => ({
    name: region,
    region,
    description: region,
    endpoint: `ec2.${region}.amazonaws.com`,
  }),
  "aws:index/getRegions:getRegions": () => ({
    names: ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-central-1"],
  }),
  "aws:index/getPartition:getPartition": ({ region }) => {
    const partition = partitionOf(region);
    const dnsSuffix = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
    return { id: partition, partition, dnsSuffix, reverseDnsPrefix: dnsSuffix.split(".").reverse().join(".") };
  },
  "aws:index/getServicePrincipal:getServicePrincipal": ({ region, args }) => {
    const service = text(args.serviceName) ?? "";
    return {
      name: `${service}.amazonaws.com`,
      serviceName: service,
      suffix: "amazonaws.com",
      id: `${service}.${region}.amazonaws.com`,
    };
  },
  "aws:index/getDefaultTags:getDefaultTags": ({ config }) => ({
    tags: isObject(config.defaultTags) ? (config.defaultTags.tags ?? {}) : {},
  }),
  "aws:servicequotas/getServiceQuota:getServiceQuota": serviceQuota,
  "aws:elb/getServiceAccount:getServiceAccount": ({ region }) => {
    const accounts: Record<string, string> = {
      "us-east-1": "127311923021",
      "us-east-2": "033677994240",
      "us-west-1": "027434742980",
      "us-west-2": "797873946194",
      "eu-west-1": "156460612806",
    };
    const id = accounts[region];
    if (!id) throw new Error(`Unknown region for ELB service accounts: ${region}`);
    return { id, arn: `arn:aws:iam::${id}:root` };
  },
  "aws:secretsmanager/getRandomPassword:getRandomPassword": ({ args }) => {
    const length = number(args.passwordLength) ?? 32;
    let password = "";
    while (password.length < length) password += createHash("sha256").update(`sandbox${password}`).digest("base64url");
    return { randomPassword: password.slice(0, length) };
  },
};
