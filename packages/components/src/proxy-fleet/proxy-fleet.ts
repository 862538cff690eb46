import * as pulumi from "@pulumi/pulumi";
import { outputsOf } from "../shared/outputs.ts";
import { planned } from "../shared/planned.ts";
import { baseTags } from "../shared/tags.ts";
import type { ProxyFleetArgs } from "./args.ts";
import { createFleet } from "./fleet.ts";
import { proxyFleetPlan } from "./proxy-fleet-plan.ts";

const type = "mrgc:index:ProxyFleet";

/**
 * The proxies in front of the hot tier: a private EKS cluster, a node group per zone, and Envoy on every node behind a
 * network load balancer. Clients speak Redis to one address; the proxies know where the shards are.
 *
 * Costs with the defaults in us-east-1: 0.10 USD an hour for the cluster, 48 times 0.34 USD an hour for c6i.2xlarge, three
 * m6i.large, and the load balancers' hours and capacity units.
 *
 * ```ts
 * const proxies = new mrgc.ProxyFleet("proxies", {
 *   network,
 *   hotTier: {
 *     endpoint: hotTier.endpoint,
 *     port: hotTier.port,
 *     clientSecurityGroupId: hotTier.clientSecurityGroupId,
 *     authSecretArn: hotTier.authSecretArn,
 *     keyArn: hotTier.keyArn,
 *     certificateAuthorityPem: hotTier.certificateAuthorityPem,
 *   },
 *   certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/...",
 *   certificateSecretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:proxies-AbCdEf",
 * });
 * ```
 */
export class ProxyFleet extends pulumi.ComponentResource {
  /** Name of the EKS cluster. */
  readonly clusterName!: pulumi.Output<string>;
  /** ARN of the EKS cluster, for what collects its pods' metrics. */
  readonly clusterArn!: pulumi.Output<string>;
  /** The cluster's kubeconfig; it holds no credential, `aws eks get-token` gives one. */
  readonly kubeconfig!: pulumi.Output<string>;
  /** Security group of the nodes, which the database admits. */
  readonly securityGroupId!: pulumi.Output<string>;
  /** Host name that clients call, port 443. */
  readonly endpoint!: pulumi.Output<string>;
  /** Hosted zone of that name, for an alias record. */
  readonly endpointZoneId!: pulumi.Output<string>;
  /** ARN of the network load balancer. */
  readonly nlbArn!: pulumi.Output<string>;
  /** Host name of the administration (`/health`, `/metrics`), port 443, from inside the VPC. */
  readonly adminEndpoint!: pulumi.Output<string>;
  /** Role of the proxies' pods. */
  readonly podRoleArn!: pulumi.Output<string>;
  /** Key of volumes, logs and Kubernetes' secrets. */
  readonly keyArn!: pulumi.Output<string>;
  /** Alarms of the way in, for composite alarms and dashboards; all of them page. */
  readonly alarmArns!: pulumi.Output<string[]>;

  /** @throws pulumi.InputPropertiesError with everything that the plan refuses; nothing exists then. */
  constructor(name: string, args: ProxyFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const plan = planned(type, name, () => proxyFleetPlan(args, new Date()));
    if (plan.kubernetes.warning !== undefined) {
      void pulumi.log.warn(plan.kubernetes.warning, this);
    }
    const { cluster, front, ...parts } = createFleet(name, args, plan, baseTags("proxy-fleet", args.tags), this);
    this.registerOutputs(
      outputsOf<ProxyFleet>(this, {
        clusterName: cluster.eksCluster.name,
        clusterArn: cluster.eksCluster.arn,
        kubeconfig: cluster.kubeconfigJson,
        securityGroupId: parts.nodeSecurityGroup.id,
        endpoint: front.requests.dnsName,
        endpointZoneId: front.requests.zoneId,
        nlbArn: front.requests.arn,
        adminEndpoint: front.admin.dnsName,
        podRoleArn: parts.podRole.arn,
        keyArn: parts.key.arn,
        alarmArns: pulumi.all(parts.alarms.map(({ arn }) => arn)),
      }),
    );
  }
}
