/**
 * Type tokens that mean the same AWS resource. @pulumi/policy compares tokens exactly, @pulumi/aws has several for one
 * thing (`lb`, `alb`, and older modules), and a rule that forgets one can be walked around.
 */
const loadBalancerModules = ["lb", "alb", "elasticloadbalancingv2", "applicationloadbalancing"];

export const T = {
  subnet: ["aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet"],
  instance: ["aws:ec2/instance:Instance", "aws:ec2/spotInstanceRequest:SpotInstanceRequest"],
  launchTemplate: ["aws:ec2/launchTemplate:LaunchTemplate"],
  launchConfiguration: ["aws:ec2/launchConfiguration:LaunchConfiguration"],
  autoScalingGroup: ["aws:autoscaling/group:Group"],
  ebsVolume: ["aws:ebs/volume:Volume"],
  loadBalancer: loadBalancerModules.map((module) => `aws:${module}/loadBalancer:LoadBalancer`),
  classicLoadBalancer: ["aws:elb/loadBalancer:LoadBalancer", "aws:elasticloadbalancing/loadBalancer:LoadBalancer"],
  listener: loadBalancerModules.map((module) => `aws:${module}/listener:Listener`),
  targetGroup: loadBalancerModules.map((module) => `aws:${module}/targetGroup:TargetGroup`),
  eksCluster: ["aws:eks/cluster:Cluster"],
  rdsInstance: ["aws:rds/instance:Instance"],
  rdsCluster: ["aws:rds/cluster:Cluster"],
  rdsClusterInstance: ["aws:rds/clusterInstance:ClusterInstance"],
  ecsService: ["aws:ecs/service:Service"],
  bucket: ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"],
  bucketAcl: ["aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2"],
  bucketPolicy: ["aws:s3/bucketPolicy:BucketPolicy"],
  bucketPublicAccessBlock: ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"],
  kmsKey: ["aws:kms/key:Key", "aws:kms/externalKey:ExternalKey", "aws:kms/replicaKey:ReplicaKey"],
  kmsAlias: ["aws:kms/alias:Alias"],
  secret: ["aws:secretsmanager/secret:Secret"],
  logGroup: ["aws:cloudwatch/logGroup:LogGroup"],
  endpointService: ["aws:ec2/vpcEndpointService:VpcEndpointService"],
  endpointServiceAllowedPrincipal: [
    "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple",
    "aws:ec2/vpcEndpointServiceAllowedPrincipal:VpcEndpointServiceAllowedPrincipal",
  ],
  securityGroup: ["aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"],
  securityGroupRule: ["aws:ec2/securityGroupRule:SecurityGroupRule"],
  securityGroupIngressRule: ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"],
  securityGroupEgressRule: ["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"],
} as const satisfies Record<string, readonly string[]>;

/** What a key's ARN or id can come from. */
export const keySources = [...T.kmsKey, ...T.kmsAlias];
