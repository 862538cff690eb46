import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { serviceRole } from "../building-blocks/service-role.ts";
import { planned } from "../shared/planned.ts";
import { baseTags } from "../shared/tags.ts";
import { createAddons } from "./addons.ts";
import { createAlarms } from "./alarms.ts";
import { ClientTls, type ProxyFleetArgs } from "./args.ts";
import { createAutoscaler } from "./autoscaler.ts";
import { createCluster, createNodeSecurityGroup } from "./cluster.ts";
import { createFront } from "./front.ts";
import { identify, podRole, proxyStatements } from "./identities.ts";
import { fleetKey } from "./keys.ts";
import { createLoadBalancerController } from "./load-balancer-controller.ts";
import { createNodeGroups } from "./node-groups.ts";
import { names } from "./pod-spec.ts";
import { proxyFleetPlan } from "./proxy-fleet-plan.ts";
import { targetGroupBinding } from "./target-group-binding.ts";
import { createNamespace, createWorkload } from "./workload.ts";
import { appLabels } from "./placement.ts";
import { proxyPorts } from "./envoy-config.ts";

const type = "mrgc:index:ProxyFleet";

/** Envoy without a shell, the version that this library's tests run. Both architectures. */
const defaultImage = "docker.io/envoyproxy/envoy:distroless-v1.40.0";
const loadBalancerControllerImage = "public.ecr.aws/eks/aws-load-balancer-controller:v3.5.0";

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
  readonly clusterName: pulumi.Output<string>;
  /** ARN of the EKS cluster, for what collects its pods' metrics. */
  readonly clusterArn: pulumi.Output<string>;
  /** The cluster's kubeconfig; it holds no credential, `aws eks get-token` gives one. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Security group of the nodes, which the database admits. */
  readonly securityGroupId: pulumi.Output<string>;
  /** Host name that clients call, port 443. */
  readonly endpoint: pulumi.Output<string>;
  /** Hosted zone of that name, for an alias record. */
  readonly endpointZoneId: pulumi.Output<string>;
  /** ARN of the network load balancer. */
  readonly nlbArn: pulumi.Output<string>;
  /** Host name of the administration (`/health`, `/metrics`), port 443, from inside the VPC. */
  readonly adminEndpoint: pulumi.Output<string>;
  /** Role of the proxies' pods. */
  readonly podRoleArn: pulumi.Output<string>;
  /** Key of volumes, logs and Kubernetes' secrets. */
  readonly keyArn: pulumi.Output<string>;
  /** Alarms of the way in, for composite alarms and dashboards; all of them page. */
  readonly alarmArns: pulumi.Output<string[]>;

  /** @throws pulumi.InputPropertiesError with everything that the plan refuses; nothing exists then. */
  constructor(name: string, args: ProxyFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const plan = planned(type, name, () => proxyFleetPlan(args, new Date()));
    if (plan.kubernetes.warning !== undefined) {
      void pulumi.log.warn(plan.kubernetes.warning, this);
    }
    const { network, hotTier } = args;
    const { region } = network;
    const deletionProtection = args.deletionProtection ?? true;
    const tags = baseTags("proxy-fleet", args.tags);
    const common = { network, deletionProtection, logRetentionDays: args.logRetentionDays, tags };

    const key = fleetKey(name, region, tags, this);
    const nodeSecurityGroup = createNodeSecurityGroup(name, network, tags, this);
    const front = createFront(
      name,
      plan,
      { ...common, certificateArn: args.certificateArn, nodeSecurityGroup, kmsKeyArn: key.arn },
      this,
    );
    const alarms = createAlarms(name, plan, front, { topicArns: args.alarmTopicArns ?? [], tags }, this);
    const cluster = createCluster(
      name,
      {
        ...common,
        kubernetesVersion: plan.kubernetes.version,
        kmsKeyArn: key.arn,
        accessEntries: args.accessEntries ?? {},
      },
      this,
    );
    const clusterName = cluster.eksCluster.name;
    const securityGroupIds = [nodeSecurityGroup.id, cluster.clusterSecurityGroupId, hotTier.clientSecurityGroupId];
    const nodeGroups = createNodeGroups(
      name,
      plan,
      {
        clusterName,
        nodeRole: nodeRole(name, tags, this),
        kmsKeyArn: key.arn,
        securityGroupIds,
        privateSubnetIds: network.privateSubnetIds,
        tags,
      },
      this,
    );
    const zones = aws.getAvailabilityZonesOutput(
      { filters: [{ name: "zone-id", values: network.zoneIds }] },
      { parent: this },
    );
    const zoneNames = pulumi
      .all([zones.zoneIds, zones.names])
      .apply(([ids, zoneNames]) => network.zoneIds.map((id) => zoneNames[ids.indexOf(id)] ?? id));
    const addons = createAddons(
      name,
      {
        clusterName,
        kubernetesVersion: plan.kubernetes.version,
        region,
        zoneNames,
        podSubnetIds: network.podSubnetIds,
        securityGroupIds,
        configuration: args.addonConfiguration ?? {},
        nodeGroups: [...nodeGroups.proxies, nodeGroups.system],
        tags,
      },
      this,
    );

    const provider = new k8s.Provider(`${name}-kubernetes`, { kubeconfig: cluster.kubeconfigJson }, { parent: this });
    const inCluster = { parent: this, provider, dependsOn: Object.values(addons) };
    createAutoscaler(
      `${name}-autoscaling`,
      {
        clusterName,
        plainClusterName: name,
        region,
        image: args.autoscalerImage ?? `registry.k8s.io/autoscaling/cluster-autoscaler:v${plan.kubernetes.version}.0`,
        tags,
      },
      inCluster,
    );
    const joined = createLoadBalancerController(
      `${name}-lbc`,
      {
        clusterName,
        region,
        vpcId: network.vpcId,
        image: args.loadBalancerControllerImage ?? loadBalancerControllerImage,
        targetGroupArns: [front.requestTargets.arn, front.adminTargets.arn],
        tags,
      },
      inCluster,
    );
    const namespace = createNamespace(name, { parent: this, provider });
    const podIdentityRole = podRole(
      `${name}-pod-role`,
      {
        description: "Proxies",
        statements: proxyStatements({
          region,
          secretArns: [hotTier.authSecretArn, args.certificateSecretArn],
          keyArns: [hotTier.keyArn, ...(args.certificateKeyArn === undefined ? [] : [args.certificateKeyArn])],
          databaseUserArns: args.databaseUserArns ?? [],
        }),
        tags,
      },
      this,
    );
    const identity = identify(
      `${name}-pod-identity`,
      { clusterName, namespace: names.namespace, serviceAccount: names.app, role: podIdentityRole, tags },
      this,
    );
    const bindings = (
      [
        ["requests", proxyPorts.requests, front.requestTargets, plan.clientTls === ClientTls.Mutual ? "TCP" : "TLS"],
        ["admin", proxyPorts.admin, front.adminTargets, "HTTPS"],
      ] as const
    ).map(([bindingName, port, targets, targetGroupProtocol]) =>
      targetGroupBinding(
        `${name}-binding-${bindingName}`,
        {
          namespace: names.namespace,
          bindingName,
          serviceName: names.app,
          port,
          targetGroupArn: targets.arn,
          targetGroupProtocol,
          vpcId: network.vpcId,
          labels: appLabels(names.app),
        },
        // Health checks begin when a listener uses the group.
        { parent: this, provider, dependsOn: [...joined, namespace, ...front.listeners] },
      ),
    );
    createWorkload(
      name,
      plan,
      {
        image: args.image ?? defaultImage,
        region,
        hotTier,
        certificateSecretArn: args.certificateSecretArn,
        zoneNames,
        vpcCidrBlock: network.vpcCidrBlock,
        requestMetric: args.requestMetric,
      },
      // Pods get their readiness gates from the bindings that exist when they start.
      { ...inCluster, dependsOn: [namespace, identity, ...bindings, ...Object.values(addons)] },
    );

    this.clusterName = clusterName;
    this.clusterArn = cluster.eksCluster.arn;
    this.kubeconfig = cluster.kubeconfigJson;
    this.securityGroupId = nodeSecurityGroup.id;
    this.endpoint = front.requests.dnsName;
    this.endpointZoneId = front.requests.zoneId;
    this.nlbArn = front.requests.arn;
    this.adminEndpoint = front.admin.dnsName;
    this.podRoleArn = podIdentityRole.arn;
    this.keyArn = key.arn;
    this.alarmArns = pulumi.all(alarms.map(({ arn }) => arn));
    this.registerOutputs({
      clusterName: this.clusterName,
      clusterArn: this.clusterArn,
      kubeconfig: this.kubeconfig,
      securityGroupId: this.securityGroupId,
      endpoint: this.endpoint,
      endpointZoneId: this.endpointZoneId,
      nlbArn: this.nlbArn,
      adminEndpoint: this.adminEndpoint,
      podRoleArn: this.podRoleArn,
      keyArn: this.keyArn,
      alarmArns: this.alarmArns,
    });
  }
}

/** What a node may do: join the cluster and pull images. The network add-on has a role of its own. */
function nodeRole(name: string, tags: Record<string, string>, parent: pulumi.Resource): aws.iam.Role {
  const { partition } = aws.getPartitionOutput({}, { parent });
  return serviceRole(
    `${name}-node-role`,
    {
      service: "ec2.amazonaws.com",
      description: "Nodes of the proxy fleet",
      statements: [],
      managedPolicyArns: ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"].map(
        (policy) => pulumi.interpolate`arn:${partition}:iam::aws:policy/${policy}`,
      ),
      tags,
    },
    parent,
  );
}
