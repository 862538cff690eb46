/**
 * The AWS services that workloads without a way to the internet call, as the names of their interface endpoints. The
 * source documents name six and count seven; a private EKS or ECS also needs the registry, STS, EKS, load balancing,
 * scaling and KMS (correction E22).
 */
export const defaultInterfaceEndpoints: readonly string[] = [
  "ec2",
  "logs",
  "monitoring",
  "secretsmanager",
  "ssm",
  "ssmmessages",
  "ec2messages",
  "ecr.api",
  "ecr.dkr",
  "sts",
  "eks",
  "elasticloadbalancing",
  "autoscaling",
  "kms",
];
