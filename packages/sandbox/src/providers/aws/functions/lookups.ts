import { digest, type CloudObject } from "../../../cloud/cloud.ts";
import { isObject, type PropertyMap } from "../../../engine/values.ts";
import { account, text } from "../behaviour.ts";
import { partitionOf, zonesOf } from "../regions.ts";
import { filterValues } from "./catalogue.ts";
import type { AwsFunction, FunctionScene } from "./index.ts";

/** Whether an object carries all the tags that the call asks for. */
function hasTags(object: CloudObject, tags: unknown): boolean {
  if (!isObject(tags as PropertyMap)) return true;
  const own = isObject(object.outputs.tagsAll) ? object.outputs.tagsAll : {};
  return Object.entries(tags as PropertyMap).every(([key, value]) => own[key] === value);
}

function stackObjects({ cloud, region, args }: FunctionScene, type: string): CloudObject[] {
  return cloud
    .ofType(type, region)
    .filter((object) => (text(args.id) === undefined || object.id === text(args.id)) && hasTags(object, args.tags));
}

function defaultVpc(region: string): PropertyMap {
  const id = `vpc-${digest(`${region}default`, 17)}`;
  return {
    id,
    cidrBlock: "172.31.0.0/16",
    default: true,
    arn: `arn:aws:ec2:${region}:${account}:vpc/${id}`,
    enableDnsHostnames: true,
    enableDnsSupport: true,
    instanceTenancy: "default",
    mainRouteTableId: `rtb-${digest(`${region}default`, 17)}`,
    ownerId: account,
    state: "available",
    tags: {},
    cidrBlockAssociations: [],
    dhcpOptionsId: "dopt-default",
  };
}

const vpc: AwsFunction = (scene) => {
  if (scene.args.default === true) return defaultVpc(scene.region);
  const [found, ...others] = stackObjects(scene, "aws:ec2/vpc:Vpc");
  if (!found || others.length > 0)
    throw new Error(`reading EC2 VPC: ${found ? "more than one matches" : "no matching EC2 VPC found"}; give its id`);
  return {
    ...found.outputs,
    id: found.id,
    default: false,
    state: "available",
    cidrBlockAssociations: [],
    tags: found.outputs.tagsAll ?? {},
  };
};

const subnets: AwsFunction = (scene) => {
  const vpcIds = filterValues(scene.args.filters, "vpc-id");
  const found = stackObjects(scene, "aws:ec2/subnet:Subnet").filter(
    (subnet) => vpcIds.length === 0 || vpcIds.includes(text(subnet.inputs.vpcId) ?? ""),
  );
  return { ids: found.map(({ id }) => id) };
};

function one(type: string, what: string): AwsFunction {
  return (scene) => {
    const [found] = stackObjects(scene, type);
    if (!found) throw new Error(`reading ${what}: no matching ${what} found in this stack`);
    return { ...found.outputs, id: found.id };
  };
}

const prefixListName: AwsFunction = ({ region, args }) => {
  const name =
    text(args.name) ??
    text(args.prefixListId) ??
    text(args.id) ??
    filterValues(args.filters, "prefix-list-name")[0] ??
    "";
  const id = name.startsWith("pl-") ? name : `pl-${digest(`${region}${name}`, 8)}`;
  return {
    id,
    name,
    arn: `arn:${partitionOf(region)}:ec2:${region}:aws:prefix-list/${id}`,
    addressFamily: "IPv4",
    entries: [],
    cidrBlocks: ["52.216.0.0/15", "3.5.0.0/19"],
    maxEntries: 55,
    ownerId: "AWS",
    version: 1,
    tags: {},
  };
};

const endpointService: AwsFunction = (scene) => {
  const { region, args } = scene;
  const serviceName = text(args.serviceName) ?? `com.amazonaws.${region}.${text(args.service) ?? ""}`;
  const own = scene.cloud
    .ofType("aws:ec2/vpcEndpointService:VpcEndpointService")
    .find(({ outputs }) => outputs.serviceName === serviceName);
  if (!own && !serviceName.startsWith("com.amazonaws."))
    throw new Error(`reading EC2 VPC Endpoint Service: no matching service ${serviceName} found`);
  const gateway = /\.(s3|dynamodb)$/.test(serviceName) && text(args.serviceType) !== "Interface";
  const serviceId = own?.id ?? `vpce-svc-${digest(serviceName, 17)}`;
  return {
    id: serviceId,
    serviceId,
    serviceName,
    arn: `arn:${partitionOf(region)}:ec2:${region}:${account}:vpc-endpoint-service/${serviceId}`,
    serviceType: gateway ? "Gateway" : "Interface",
    acceptanceRequired: own?.inputs.acceptanceRequired === true,
    availabilityZones: zonesOf(region).map(({ name }) => name),
    baseEndpointDnsNames: [`${serviceName.split(".").at(-1) ?? ""}.${region}.vpce.amazonaws.com`],
    managesVpcEndpoints: false,
    owner: own ? account : "amazon",
    privateDnsName:
      text(own?.inputs.privateDnsName) ??
      (gateway ? "" : `${serviceName.split(".").at(-1) ?? ""}.${region}.amazonaws.com`),
    privateDnsNames: [],
    serviceRegion: region,
    supportedIpAddressTypes: ["ipv4"],
    tags: {},
    vpcEndpointPolicySupported: !own,
  };
};

const key: AwsFunction = ({ region, args, cloud }) => {
  const keyId = text(args.keyId) ?? "";
  const target = cloud.named("aws:kms/alias:Alias", keyId, region)?.inputs.targetKeyId;
  const id = text(target) ?? keyId.split("/").at(-1) ?? keyId;
  const own = cloud.get("aws:kms/key:Key", id);
  return {
    id: own?.id ?? id,
    arn:
      own?.outputs.arn ?? `arn:${partitionOf(region)}:kms:${region}:${account}:key/${digest(`${region}${keyId}`, 32)}`,
    awsAccountId: account,
    customerMasterKeySpec: "SYMMETRIC_DEFAULT",
    keySpec: "SYMMETRIC_DEFAULT",
    keyManager: own ? "CUSTOMER" : "AWS",
    keyState: "Enabled",
    keyUsage: "ENCRYPT_DECRYPT",
    enabled: true,
    multiRegion: own?.inputs.multiRegion === true,
    origin: "AWS_KMS",
    creationDate: "2026-01-01T00:00:00Z",
    description: text(own?.inputs.description) ?? "",
  };
};

const zone: AwsFunction = ({ args, cloud }) => {
  const name = (text(args.name) ?? "").replace(/\.$/, "");
  const own = cloud
    .ofType("aws:route53/zone:Zone")
    .find((each) => each.id === text(args.zoneId) || (name !== "" && text(each.inputs.name) === name));
  const zoneId = own?.id ?? text(args.zoneId) ?? `Z${digest(name, 20).toUpperCase()}`;
  return {
    id: zoneId,
    zoneId,
    name: text(own?.inputs.name) ?? name,
    arn: `arn:aws:route53:::hostedzone/${zoneId}`,
    nameServers: own?.outputs.nameServers ?? ["ns-1.awsdns-01.com", "ns-513.awsdns-02.net"],
    primaryNameServer: "ns-1.awsdns-01.com",
    privateZone: args.privateZone ?? false,
    resourceRecordSetCount: 2,
    callerReference: "",
    comment: "",
    tags: {},
  };
};

const internetGateway: AwsFunction = ({ region, args, cloud }) => {
  const vpcId = filterValues(args.filters, "attachment.vpc-id")[0] ?? "";
  const own = cloud
    .ofType("aws:ec2/internetGateway:InternetGateway", region)
    .find(({ id, inputs }) => id === text(args.internetGatewayId) || text(inputs.vpcId) === vpcId);
  // A network of this stack without one has none; what other stacks have is not known here, and taken to be there.
  if (!own && cloud.get("aws:ec2/vpc:Vpc", vpcId))
    throw new Error("reading EC2 Internet Gateway: no matching EC2 Internet Gateway found");
  const id = own?.id ?? `igw-${digest(vpcId, 17)}`;
  return {
    id,
    internetGatewayId: id,
    arn: `arn:${partitionOf(region)}:ec2:${region}:${account}:internet-gateway/${id}`,
    attachments: [{ state: "available", vpcId }],
    ownerId: account,
    tags: {},
  };
};

/** Things that exist: this stack's own, and AWS's in every region. */
export const lookupFunctions: Record<string, AwsFunction> = {
  "aws:ec2/getVpc:getVpc": vpc,
  "aws:ec2/getSubnets:getSubnets": subnets,
  "aws:ec2/getSubnet:getSubnet": one("aws:ec2/subnet:Subnet", "EC2 Subnet"),
  "aws:ec2/getInternetGateway:getInternetGateway": internetGateway,
  "aws:ec2/getSecurityGroup:getSecurityGroup": one("aws:ec2/securityGroup:SecurityGroup", "EC2 Security Group"),
  "aws:ec2/getManagedPrefixList:getManagedPrefixList": prefixListName,
  "aws:ec2/getPrefixList:getPrefixList": prefixListName,
  "aws:ec2/getVpcEndpointService:getVpcEndpointService": endpointService,
  "aws:kms/getKey:getKey": key,
  "aws:kms/getAlias:getAlias": (scene) => {
    const name = text(scene.args.name) ?? "";
    const { arn, id } = key({ ...scene, args: { keyId: name } });
    return {
      id: arn ?? "",
      arn: `arn:${partitionOf(scene.region)}:kms:${scene.region}:${account}:${name}`,
      name,
      targetKeyArn: arn ?? "",
      targetKeyId: id ?? "",
    };
  },
  "aws:route53/getZone:getZone": zone,
  "aws:eks/getCluster:getCluster": (scene) => {
    const name = text(scene.args.name) ?? "";
    const found = scene.cloud.named("aws:eks/cluster:Cluster", name, scene.region);
    if (!found) throw new Error(`reading EKS Cluster (${name}): couldn't find resource`);
    return { ...found.outputs, id: name, name };
  },
  "aws:eks/getClusterAuth:getClusterAuth": ({ args }) => ({
    id: args.name ?? "",
    token: `k8s-aws-v1.${digest(text(args.name) ?? "", 40)}`,
  }),
  "aws:autoscaling/getGroup:getGroup": (scene) => {
    const name = text(scene.args.name) ?? "";
    const found = scene.cloud.named("aws:autoscaling/group:Group", name, scene.region);
    if (!found) throw new Error(`reading Auto Scaling Group (${name}): couldn't find resource`);
    return { ...found.outputs, id: name, name };
  },
};
