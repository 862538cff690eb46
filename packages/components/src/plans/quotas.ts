/** A quota of AWS: an account's limit in a region, or a limit that nobody can raise. */
export interface Quota {
  /** Stable key, such as `standard-vcpu`. */
  key: string;
  /** What is counted, in words. */
  name: string;
  /** Service code of Service Quotas; none for limits that Service Quotas does not know. */
  serviceCode?: string;
  /** Quota code of Service Quotas, such as `L-1216C47A`. */
  quotaCode?: string;
  /** AWS' default; `undefined` where it was not known. */
  defaultValue?: number;
  /** Whether AWS' default was seen in documentation. Others come from a third party's table and may have changed. */
  verified: boolean;
}

const quota = (
  key: string,
  name: string,
  serviceCode: string | undefined,
  quotaCode: string | undefined,
  defaultValue: number | undefined,
  verified = true,
): Quota => ({ key, name, serviceCode, quotaCode, defaultValue, verified });

/**
 * The quotas that a region can meet, with the defaults of a new account (part C of the corrections: gruntwork's quota
 * module of January 2026 and AWS documentation). An account's own values are read with `requireQuotas`.
 */
export const quotas: Quota[] = [
  quota("standard-vcpu", "On-Demand Standard vCPU", "ec2", "L-1216C47A", 5),
  quota("gpu-vcpu", "On-Demand G and VT vCPU", "ec2", "L-DB2E81BA", 0, false),
  quota("standard-spot-vcpu", "Standard Spot vCPU", "ec2", "L-34B43A08", 5),
  quota("gpu-spot-vcpu", "G and VT Spot vCPU", "ec2", "L-3819A6DF", 0),
  quota("vpcs", "VPCs", "vpc", "L-F678F1CE", 5),
  quota("subnets-per-vpc", "Subnets per VPC", "vpc", "L-407747CB", 200),
  quota("interface-endpoints", "Interface endpoints per VPC", "vpc", "L-29B6F2EB", 50),
  quota("gateway-endpoints", "Gateway endpoints", "vpc", "L-1B52E74A", 20),
  quota("network-interfaces", "Network interfaces", "vpc", "L-DF5E4CA3", 5000),
  quota("network-address-usage", "Network Address Usage of a VPC", "vpc", "L-BB24F6E5", 64_000),
  quota("elastic-ips", "Elastic IPs", "ec2", "L-0263D0A3", 5, false),
  quota("nat-gateways-per-zone", "NAT gateways per zone", "vpc", "L-FE5A380F", 5),
  quota("internet-gateways", "Internet gateways", "vpc", "L-A4707A72", 5),
  quota("groups-per-interface", "Security groups per network interface", "vpc", "L-2AFB9258", 5),
  quota("rules-per-group", "Inbound rules per security group", "vpc", "L-0EA8095F", 60),
  quota("security-groups", "Security groups", "vpc", "L-E79EC296", 2500),
  quota("routes-per-table", "Routes per route table", "vpc", "L-93826ACB", 50, false),
  quota("network-load-balancers", "Network Load Balancers", "elasticloadbalancing", "L-69A177A2", 50),
  quota("application-load-balancers", "Application Load Balancers", "elasticloadbalancing", "L-53DA6B97", 50),
  quota("target-groups", "Target groups", "elasticloadbalancing", "L-B22855CB", 3000),
  quota("targets-per-nlb", "Targets per Network Load Balancer", "elasticloadbalancing", "L-EEF1AD04", 3000),
  quota(
    "targets-per-nlb-zone",
    "Targets per zone of a Network Load Balancer",
    "elasticloadbalancing",
    "L-B211E961",
    500,
  ),
  quota(
    "targets-per-nlb-cross-zone",
    "Targets per Network Load Balancer with cross-zone on",
    undefined,
    undefined,
    500,
  ),
  quota("targets-per-target-group", "Targets per target group", "elasticloadbalancing", "L-A0D0B863", 1000),
  quota("targets-per-alb", "Targets per Application Load Balancer", "elasticloadbalancing", "L-7E6692B2", 1000),
  quota("listeners-per-nlb", "Listeners per Network Load Balancer", "elasticloadbalancing", "L-57A373D6", 50),
  quota(
    "nlb-interfaces-per-vpc",
    "Network Load Balancer interfaces per VPC",
    "elasticloadbalancing",
    "L-23568085",
    1200,
  ),
  quota("certificates-per-nlb", "Certificates per Network Load Balancer", "elasticloadbalancing", "L-52964454", 25),
  quota("auto-scaling-groups", "Auto Scaling groups", "autoscaling", "L-CDE20ADC", 500),
  quota("policies-per-auto-scaling-group", "Scaling policies per Auto Scaling group", undefined, undefined, 50),
  quota("hooks-per-auto-scaling-group", "Lifecycle hooks per Auto Scaling group", undefined, undefined, 50),
  quota("target-groups-per-auto-scaling-group", "Target groups per Auto Scaling group", undefined, undefined, 50),
  quota("placement-groups", "Placement groups", undefined, undefined, 500),
  quota("partitions-per-zone", "Partitions per zone of a partition placement group", undefined, undefined, 7),
  quota("spread-per-zone", "Instances per zone of a spread placement group", undefined, undefined, 7),
  quota("gp3-tib", "gp3 storage, TiB", "ebs", "L-7A658B76", 50),
  quota("eks-clusters", "EKS clusters", "eks", "L-1194D53C", 100),
  quota("node-groups", "Managed node groups per cluster", "eks", "L-6D54EA21", 30),
  quota("nodes-per-node-group", "Nodes per managed node group", "eks", "L-BD136A63", 450),
  quota("fargate-vcpu", "Fargate On-Demand vCPU", "fargate", "L-3032A538", undefined, false),
  quota("transit-gateways", "Transit gateways", "ec2", "L-A2478D36", 5),
  quota("transit-gateway-attachments", "Attachments per transit gateway", "ec2", "L-E0233F82", 5000),
  quota("transit-gateway-peerings", "Peering attachments per transit gateway", "ec2", "L-A1B5A36F", 50),
  quota("database-instances", "RDS instances", "rds", "L-7B6409FD", 40),
  quota("database-replicas", "RDS read replicas per primary", "rds", "L-5BC124EF", 15, false),
  quota("kms-requests", "KMS symmetric requests a second", "kms", "L-6E3AF000", undefined, false),
];

/** The quota with a key. */
export function quotaOf(key: string): Quota {
  const found = quotas.find((entry) => entry.key === key);
  if (found === undefined) {
    throw new Error(`no quota has the key ${key}`);
  }
  return found;
}
