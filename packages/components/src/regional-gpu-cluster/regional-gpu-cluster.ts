import * as pulumi from "@pulumi/pulumi";
import { outputsOf } from "../shared/outputs.ts";
import { planned } from "../shared/planned.ts";
import { baseTags } from "../shared/tags.ts";
import type { RegionalGpuClusterArgs } from "./args.ts";
import { createCluster } from "./cluster.ts";
import { gpuClusterPlan } from "./gpu-cluster-plan.ts";

const type = "mrgc:index:RegionalGpuCluster";

/**
 * A region of private GPU inference: a load balancer that PrivateLink leads to, routers that find the least busy GPU host,
 * GPU hosts from reservations, on-demand and spot capacity, and a key that only attested recipients decrypt with.
 *
 * Costs in us-east-1 with its defaults: three g6e.2xlarge 4,910 USD a month, three router tasks 108 USD, the load balancer
 * 16 USD and traffic, two keys 2 USD (corrections E19, docs/components/regional-gpu-cluster.md).
 *
 * ```ts
 * const gpu = new mrgc.RegionalGpuCluster("use1", {
 *   network,
 *   tenants,
 *   certificateSecretArn: certificate.arn,
 *   modelImage: "123456789012.dkr.ecr.us-east-1.amazonaws.com/model:1.4.0",
 *   dcgmExporterImage: "123456789012.dkr.ecr.us-east-1.amazonaws.com/nvidia/dcgm-exporter:4.5.1",
 *   attestation: {
 *     mode: mrgc.AttestationMode.Enclave,
 *     measurements: { current: { PCR0: measuredImage } },
 *     enclaveImageUri: "s3://images/keyholder-1.4.0.eif",
 *   },
 * });
 * ```
 */
export class RegionalGpuCluster extends pulumi.ComponentResource {
  /** Id of the VPC. */
  readonly vpcId!: pulumi.Output<string>;
  /** What an endpoint service is made of. */
  readonly nlbArn!: pulumi.Output<string>;
  /** The load balancer's own DNS name: it answers inside the VPC only. */
  readonly nlbDnsName!: pulumi.Output<string>;
  /** Hosted zone of the load balancer's name, for alias records. */
  readonly nlbZoneId!: pulumi.Output<string>;
  /** Group of the load balancer: a front door's traffic has to be admitted to it. */
  readonly nlbSecurityGroupId!: pulumi.Output<string>;
  /** The load balancer as its metrics name it (`net/...`). */
  readonly nlbArnSuffix!: pulumi.Output<string>;
  /** Target groups as their metrics name them, those of 443 and of 8080. */
  readonly targetGroupArnSuffixes!: pulumi.Output<string[]>;
  /** The attested key that tenants encrypt for. */
  readonly keyArn!: pulumi.Output<string>;
  /** The key of volumes and logs. */
  readonly operationsKeyArn!: pulumi.Output<string>;
  /** Auto Scaling groups of the GPU hosts: a group for on-demand, spot and each reservation, by zone. */
  readonly gpuAutoScalingGroupNames!: pulumi.Output<string[]>;
  /** Group of the GPU hosts. */
  readonly gpuSecurityGroupId!: pulumi.Output<string>;
  /** Role that the GPU hosts run as. */
  readonly gpuRoleArn!: pulumi.Output<string>;
  /** ECS cluster of the routers. */
  readonly routerClusterName!: pulumi.Output<string>;
  /** One ECS service a zone. */
  readonly routerServiceNames!: pulumi.Output<string[]>;
  /** Log group of the routers. */
  readonly routerLogGroupName!: pulumi.Output<string>;
  /** Group of the routers. */
  readonly routerSecurityGroupId!: pulumi.Output<string>;
  /** Alarms that people are told of. */
  readonly alarmArns!: pulumi.Output<string[]>;
  /** The value of dimension `Cluster` of the hosts' metrics in `MRGC/Gpu`. */
  readonly metricCluster!: pulumi.Output<string>;
  /** Private DNS namespace of routers and GPU hosts. */
  readonly namespaceName!: pulumi.Output<string>;

  /** @throws pulumi.InputPropertiesError when the plan refuses the arguments; nothing exists then. */
  constructor(name: string, args: RegionalGpuClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const plan = planned("RegionalGpuCluster", name, () => gpuClusterPlan(name, args));
    const parts = createCluster(name, args, plan, baseTags("regional-gpu-cluster", args.tags), this);
    const { front, router, groups } = parts;
    this.registerOutputs(
      outputsOf<RegionalGpuCluster>(this, {
        vpcId: pulumi.output(parts.network.vpcId),
        nlbArn: front.loadBalancer.arn,
        nlbDnsName: front.loadBalancer.dnsName,
        nlbZoneId: front.loadBalancer.zoneId,
        nlbSecurityGroupId: front.securityGroup.id,
        nlbArnSuffix: front.loadBalancer.arnSuffix,
        targetGroupArnSuffixes: pulumi.all(Object.values(front.targetGroups).map((target) => target.arnSuffix)),
        keyArn: parts.key.arn,
        operationsKeyArn: parts.operationsKey.arn,
        gpuAutoScalingGroupNames: pulumi.all(groups.map(({ group }) => group.name)),
        gpuSecurityGroupId: parts.access.hosts.id,
        gpuRoleArn: parts.host.role.arn,
        routerClusterName: router.cluster.name,
        routerServiceNames: pulumi.output(router.zones.map(({ serviceName }) => serviceName)),
        routerLogGroupName: router.logGroup.name,
        routerSecurityGroupId: parts.access.router.id,
        alarmArns: pulumi.all(parts.alarms.map(({ arn }) => arn)),
        metricCluster: pulumi.output(name),
        namespaceName: pulumi.output(plan.router.namespace),
      }),
    );
  }
}
