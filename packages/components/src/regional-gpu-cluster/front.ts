import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { balancerName } from "../building-blocks/balancer-name.ts";
import { privateBucketAndPolicy } from "../building-blocks/private-bucket.ts";
import { egressRule, ingressRule, securityGroup } from "../building-blocks/security-group.ts";
import type { NetworkPlacement } from "../network/placement.ts";
import { named, type Tags } from "../shared/tags.ts";
import type { GpuClusterPlan } from "./gpu-cluster-plan.ts";
import { routerHealthCheck } from "./health-checks.ts";
import { routerPorts } from "./router-plan.ts";

export interface FrontSpec {
  network: NetworkPlacement;
  listenerCertificateArn?: pulumi.Input<string>;
  deletionProtection: boolean;
  accessLogKeyArn: pulumi.Input<string>;
  logRetentionDays: number;
  deleteAccessLogsOnDestroy: boolean;
  /** Group of the router's tasks. */
  routerGroup: aws.ec2.SecurityGroup;
  tags: Tags;
}

export interface Front {
  loadBalancer: aws.lb.LoadBalancer;
  securityGroup: aws.ec2.SecurityGroup;
  /** Target groups by listener: the tasks' ports are `routerPorts`. */
  targetGroups: { tls: aws.lb.TargetGroup; health: aws.lb.TargetGroup };
  listeners: aws.lb.Listener[];
}

/** TLS 1.3 and 1.2 with forward secrecy and post-quantum key exchange, as AWS recommends for new listeners. */
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/**
 * The load balancer that PrivateLink leads to. It has a security group from its creation, because none can be added later,
 * and enforces it on PrivateLink traffic, which is judged by the client's own address (correction E1).
 */
export function createFront(name: string, plan: GpuClusterPlan, spec: FrontSpec, parent: pulumi.Resource): Front {
  const nlbName = `${name}-nlb`;
  const group = securityGroup(
    nlbName,
    {
      description: "Tenants to the load balancer",
      vpcId: spec.network.vpcId,
      ingress: Object.fromEntries(
        plan.tenantRules.map((rule) => [
          rule.key,
          { description: rule.description, fromPort: rule.port, peer: { cidrIpv4: rule.cidrIpv4 } },
        ]),
      ),
      egress: {},
      tags: spec.tags,
    },
    parent,
  );
  for (const [key, port] of [
    ["tls", routerPorts.tls],
    ["health", routerPorts.health],
  ] as const) {
    const description = key === "tls" ? "Requests from the load balancer" : "Health of the router";
    egressRule(
      `${nlbName}-out-${key}`,
      group,
      { description, fromPort: port, peer: { securityGroupId: spec.routerGroup.id } },
      spec.tags,
    );
    ingressRule(
      `${name}-router-in-${key}`,
      spec.routerGroup,
      { description, fromPort: port, peer: { securityGroupId: group.id } },
      spec.tags,
    );
  }
  const logs = accessLogBucket(name, spec, plan.region, parent);
  const loadBalancer = new aws.lb.LoadBalancer(
    nlbName,
    {
      name: plan.loadBalancerName,
      loadBalancerType: "network",
      internal: true,
      ipAddressType: "ipv4",
      subnets: spec.network.privateSubnetIds,
      securityGroups: [group.id],
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "on",
      enableCrossZoneLoadBalancing: true,
      enableDeletionProtection: spec.deletionProtection,
      accessLogs: { bucket: logs.bucket.bucket, enabled: true },
      tags: { ...named(nlbName, spec.tags), Name: plan.loadBalancerName },
    },
    // AWS tries to write the first log at once.
    { parent, dependsOn: logs.policy },
  );
  const terminates = spec.listenerCertificateArn !== undefined;
  const tls = targetGroup(
    `${nlbName}-tls`,
    terminates ? "TLS" : "TCP",
    routerPorts.tls,
    plan.router.requestTimeoutSeconds,
    spec,
    parent,
  );
  const health = targetGroup(
    `${nlbName}-health`,
    "TCP",
    routerPorts.health,
    plan.router.requestTimeoutSeconds,
    spec,
    parent,
  );
  const forward = (target: aws.lb.TargetGroup) => [{ type: "forward", targetGroupArn: target.arn }];
  const inference = new aws.lb.Listener(
    `${nlbName}-443`,
    {
      loadBalancerArn: loadBalancer.arn,
      port: 443,
      ...(terminates
        ? {
            protocol: "TLS",
            certificateArn: spec.listenerCertificateArn,
            sslPolicy: tlsPolicy,
            alpnPolicy: "HTTP2Preferred",
          }
        : { protocol: "TCP" }),
      defaultActions: forward(tls),
      tags: named(`${nlbName}-443`, spec.tags),
    },
    { parent: loadBalancer },
  );
  const probe = new aws.lb.Listener(
    `${nlbName}-8080`,
    {
      loadBalancerArn: loadBalancer.arn,
      port: 8080,
      protocol: "TCP",
      defaultActions: forward(health),
      tags: named(`${nlbName}-8080`, spec.tags),
    },
    { parent: loadBalancer },
  );
  return { loadBalancer, securityGroup: group, targetGroups: { tls, health }, listeners: [inference, probe] };
}

/** Router tasks behind one port, checked by what each says of itself; proxy protocol v2 carries the tenant's endpoint (E7). */
function targetGroup(
  name: string,
  protocol: "TLS" | "TCP",
  port: number,
  requestTimeoutSeconds: number,
  spec: FrontSpec,
  parent: pulumi.Resource,
): aws.lb.TargetGroup {
  return new aws.lb.TargetGroup(
    name,
    {
      ...balancerName(name),
      vpcId: spec.network.vpcId,
      targetType: "ip",
      protocol,
      port,
      proxyProtocolV2: true,
      preserveClientIp: "false",
      // ECS stops a leaving task only after this: its requests end first.
      deregistrationDelay: requestTimeoutSeconds,
      connectionTermination: true,
      healthCheck: {
        protocol: "HTTP",
        port: String(routerPorts.health),
        path: "/live",
        matcher: "200",
        interval: routerHealthCheck.intervalSeconds,
        timeout: routerHealthCheck.timeoutSeconds,
        healthyThreshold: routerHealthCheck.changes,
        unhealthyThreshold: routerHealthCheck.changes,
      },
      tags: named(name, spec.tags),
    },
    { parent },
  );
}

function accessLogBucket(
  name: string,
  spec: FrontSpec,
  region: string,
  parent: pulumi.Resource,
): { bucket: aws.s3.Bucket; policy: aws.s3.BucketPolicy } {
  const identity = aws.getCallerIdentityOutput({}, { parent });
  const partition = aws.getPartitionOutput({}, { parent });
  const fromThisAccount = {
    StringEquals: { "aws:SourceAccount": identity.accountId },
    ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:${partition.partition}:logs:${region}:${identity.accountId}:*` },
  };
  const principals = { Service: "delivery.logs.amazonaws.com" };
  return privateBucketAndPolicy(
    `${name}-nlb-logs`,
    {
      kmsKeyArn: spec.accessLogKeyArn,
      expireAfterDays: spec.logRetentionDays,
      forceDestroy: spec.deleteAccessLogsOnDestroy,
      statements: (bucketArn) => [
        {
          sid: "LoadBalancerChecksBucket",
          principals,
          actions: ["s3:GetBucketAcl"],
          resources: [bucketArn],
          conditions: fromThisAccount,
        },
        {
          sid: "LoadBalancerWritesLogs",
          principals,
          actions: ["s3:PutObject"],
          resources: [pulumi.interpolate`${bucketArn}/AWSLogs/${identity.accountId}/*`],
          conditions: {
            ...fromThisAccount,
            StringEquals: { ...fromThisAccount.StringEquals, "s3:x-amz-acl": "bucket-owner-full-control" },
          },
        },
      ],
      tags: spec.tags,
    },
    parent,
  );
}
