import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { balancerName } from "../building-blocks/balancer-name.ts";
import { privateBucketAndPolicy } from "../building-blocks/private-bucket.ts";
import { egressRule, ingressRule, securityGroup, type RuleSpec } from "../building-blocks/security-group.ts";
import type { NetworkPlacement } from "../network/placement.ts";
import { named, type Tags } from "../shared/tags.ts";
import { ClientTls } from "./args.ts";
import { healthCheckCount, healthCheckTimeoutSeconds } from "./drain-plan.ts";
import { proxyPorts } from "./envoy-config.ts";
import type { ProxyFleetPlan } from "./proxy-fleet-plan.ts";

/** What the two load balancers need. */
export interface FrontSpec {
  network: NetworkPlacement;
  certificateArn: pulumi.Input<string>;
  nodeSecurityGroup: aws.ec2.SecurityGroup;
  /** Key of the access logs. */
  kmsKeyArn: pulumi.Input<string>;
  deletionProtection: boolean;
  logRetentionDays: number | undefined;
  tags: Tags;
}

/** Where clients and administrators come in. */
export interface Front {
  requests: aws.lb.LoadBalancer;
  admin: aws.lb.LoadBalancer;
  requestTargets: aws.lb.TargetGroup;
  adminTargets: aws.lb.TargetGroup;
  listeners: aws.lb.Listener[];
}

/** TLS 1.3 and 1.2 with forward secrecy and post-quantum key exchange, as AWS recommends for new listeners. */
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/**
 * The network load balancer for requests and the application load balancer for administration, both internal and both
 * Pulumi's own: the cluster's controller only joins pods to their target groups.
 */
export function createFront(name: string, plan: ProxyFleetPlan, spec: FrontSpec, parent: pulumi.Resource): Front {
  const logs = accessLogBucket(name, spec, parent);
  const common = {
    internal: true,
    subnets: spec.network.privateSubnetIds,
    enableDeletionProtection: spec.deletionProtection,
  };
  const requests = new aws.lb.LoadBalancer(
    `${name}-nlb`,
    {
      ...common,
      ...balancerName(`${name}-nlb`),
      loadBalancerType: "network",
      ipAddressType: "ipv4",
      securityGroups: [
        balancerGroup(`${name}-nlb`, "Clients to the proxies", sources(plan, spec), proxyPorts.requests, spec, parent),
      ],
      // A zone of its own takes 500 targets, all zones together would (correction E34); and no request crosses a zone here.
      enableCrossZoneLoadBalancing: false,
      accessLogs: { bucket: logs.bucket.bucket, enabled: true },
      tags: named(`${name}-nlb`, spec.tags),
    },
    // AWS tries to write the first log at once.
    { parent, dependsOn: [logs.policy] },
  );
  const admin = new aws.lb.LoadBalancer(
    `${name}-admin`,
    {
      ...common,
      ...balancerName(`${name}-admin`),
      loadBalancerType: "application",
      securityGroups: [
        balancerGroup(
          `${name}-admin`,
          "Administrators to the proxies",
          { vpc: https({ cidrIpv4: spec.network.vpcCidrBlock }) },
          proxyPorts.admin,
          spec,
          parent,
        ),
      ],
      dropInvalidHeaderFields: true,
      desyncMitigationMode: "defensive",
      tags: named(`${name}-admin`, spec.tags),
    },
    { parent },
  );
  const mutual = plan.clientTls === ClientTls.Mutual;
  const requestTargets = targetGroup(
    `${name}-requests`,
    mutual ? "TCP" : "TLS",
    proxyPorts.requests,
    plan,
    spec,
    parent,
  );
  const adminTargets = targetGroup(`${name}-admin-targets`, "HTTPS", proxyPorts.admin, plan, spec, parent);
  const terminates = { certificateArn: spec.certificateArn, sslPolicy: tlsPolicy };
  return {
    requests,
    admin,
    requestTargets,
    adminTargets,
    listeners: [
      listener(
        `${name}-nlb-443`,
        requests,
        requestTargets,
        mutual ? { protocol: "TCP" } : { protocol: "TLS", ...terminates },
        spec.tags,
      ),
      listener(`${name}-admin-443`, admin, adminTargets, { protocol: "HTTPS", ...terminates }, spec.tags),
    ],
  };
}

const https = (peer: RuleSpec["peer"]): RuleSpec => ({ description: "TLS", fromPort: 443, peer });

function sources(plan: ProxyFleetPlan, spec: FrontSpec): Record<string, RuleSpec> {
  return plan.clientCidrBlocks === undefined
    ? { vpc: https({ cidrIpv4: spec.network.vpcCidrBlock }) }
    : Object.fromEntries(
        plan.clientCidrBlocks.map((cidrIpv4) => [cidrIpv4.replace(/[./]/g, "-"), https({ cidrIpv4 })]),
      );
}

/** A load balancer's group: its clients in, to the proxies' port (and to where their health is asked) out. */
function balancerGroup(
  name: string,
  description: string,
  ingress: Record<string, RuleSpec>,
  port: number,
  spec: FrontSpec,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const { network, nodeSecurityGroup, tags } = spec;
  const group = securityGroup(name, { description, vpcId: network.vpcId, ingress, egress: {}, tags }, parent);
  const ports = new Map([["health", proxyPorts.admin] as const, ["targets", port] as const]);
  for (const [key, fromPort] of [...ports].filter(([rule, each]) => rule === "targets" || each !== port)) {
    const rule = { description: key === "health" ? "Health of the proxies" : description, fromPort };
    egressRule(`${name}-out-${key}`, group, { ...rule, peer: { securityGroupId: nodeSecurityGroup.id } }, tags);
    ingressRule(`${name}-nodes-in-${key}`, nodeSecurityGroup, { ...rule, peer: { securityGroupId: group.id } }, tags);
  }
  return group.id;
}

/** Pods by their addresses. Traffic to them is TLS again; their health is what they say of themselves. */
function targetGroup(
  name: string,
  protocol: "TLS" | "TCP" | "HTTPS",
  port: number,
  plan: ProxyFleetPlan,
  spec: FrontSpec,
  parent: pulumi.Resource,
): aws.lb.TargetGroup {
  const network = protocol === "HTTPS" ? {} : { preserveClientIp: "false", connectionTermination: true };
  return new aws.lb.TargetGroup(
    name,
    {
      ...balancerName(name),
      vpcId: spec.network.vpcId,
      targetType: "ip",
      protocol,
      port,
      ...network,
      deregistrationDelay: plan.drain.deregistrationDelaySeconds,
      healthCheck: {
        protocol: "HTTPS",
        port: String(proxyPorts.admin),
        path: "/health",
        matcher: "200",
        interval: plan.drain.healthCheckIntervalSeconds,
        timeout: healthCheckTimeoutSeconds,
        healthyThreshold: healthCheckCount,
        unhealthyThreshold: healthCheckCount,
      },
      tags: named(name, spec.tags),
    },
    { parent },
  );
}

function listener(
  name: string,
  balancer: aws.lb.LoadBalancer,
  targets: aws.lb.TargetGroup,
  protocol: { protocol: string; certificateArn?: pulumi.Input<string>; sslPolicy?: string },
  tags: Tags,
): aws.lb.Listener {
  return new aws.lb.Listener(
    name,
    {
      loadBalancerArn: balancer.arn,
      port: 443,
      ...protocol,
      defaultActions: [{ type: "forward", targetGroupArn: targets.arn }],
      tags: named(name, tags),
    },
    { parent: balancer },
  );
}

/**
 * Who came to the proxies. The load balancer of administration has none: those can write with S3's own key only, and
 * whoever may read who administers should need a key of ours.
 */
function accessLogBucket(
  name: string,
  spec: FrontSpec,
  parent: pulumi.Resource,
): ReturnType<typeof privateBucketAndPolicy> {
  const { accountId } = aws.getCallerIdentityOutput({}, { parent });
  const principals = { Service: "delivery.logs.amazonaws.com" };
  const conditions = { StringEquals: { "aws:SourceAccount": accountId } };
  return privateBucketAndPolicy(
    `${name}-access-logs`,
    {
      kmsKeyArn: spec.kmsKeyArn,
      expireAfterDays: spec.logRetentionDays ?? 365,
      statements: (bucketArn) => [
        {
          sid: "LoadBalancerChecksBucket",
          principals,
          actions: ["s3:GetBucketAcl"],
          resources: [bucketArn],
          conditions,
        },
        {
          sid: "LoadBalancerWritesLogs",
          principals,
          actions: ["s3:PutObject"],
          resources: [pulumi.interpolate`${bucketArn}/AWSLogs/${accountId}/*`],
          conditions,
        },
      ],
      tags: spec.tags,
    },
    parent,
  );
}
