import type * as aws from "@pulumi/aws";
import type * as eks from "@pulumi/eks";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../shared/tags.ts";
import { ClientTls, type ProxyFleetArgs } from "./args.ts";
import { createAutoscaler } from "./autoscaler.ts";
import { proxyPorts } from "./envoy-config.ts";
import type { Front } from "./front.ts";
import { identify } from "./identities.ts";
import { createLoadBalancerController } from "./load-balancer-controller.ts";
import { appLabels } from "./placement.ts";
import { names } from "./pod-spec.ts";
import type { ProxyFleetPlan } from "./proxy-fleet-plan.ts";
import { targetGroupBinding } from "./target-group-binding.ts";
import { createNamespace, createWorkload } from "./workload.ts";

/** Envoy without a shell, the version that this library's tests run. Both architectures. */
const defaultImage = "docker.io/envoyproxy/envoy:distroless-v1.40.0";
const loadBalancerControllerImage = "public.ecr.aws/eks/aws-load-balancer-controller:v3.5.0";

/** The cluster that the proxies run in, and the way in that they join. */
export interface InClusterSpec {
  cluster: eks.Cluster;
  front: Front;
  addons: pulumi.Resource[];
  podRole: aws.iam.Role;
  zoneNames: pulumi.Output<string[]>;
  tags: Tags;
}

/** What runs in the cluster: the controllers, and the proxies joined to the load balancers. */
export function createInCluster(
  name: string,
  args: ProxyFleetArgs,
  plan: ProxyFleetPlan,
  { cluster, front, addons, podRole, zoneNames, tags }: InClusterSpec,
  parent: pulumi.Resource,
): void {
  const { network, hotTier } = args;
  const { region } = network;
  const clusterName = cluster.eksCluster.name;
  const provider = new k8s.Provider(`${name}-kubernetes`, { kubeconfig: cluster.kubeconfigJson }, { parent });
  const inCluster = { parent, provider, dependsOn: addons };
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
  const namespace = createNamespace(name, { parent, provider });
  const identity = identify(
    `${name}-pod-identity`,
    { clusterName, namespace: names.namespace, serviceAccount: names.app, role: podRole, tags },
    parent,
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
      { parent, provider, dependsOn: [...joined, namespace, ...front.listeners] },
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
    { ...inCluster, dependsOn: [namespace, identity, ...bindings, ...addons] },
  );
}
