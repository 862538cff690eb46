import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../shared/tags.ts";
import { autoscalerStatements, identify, podRole } from "./identities.ts";
import { controller, controllerAccount, type InCluster, type Rights } from "./kubernetes.ts";

const app = "cluster-autoscaler";
const namespace = "kube-system";
const metricsPort = 8085;

/** What the autoscaler needs to know. */
export interface AutoscalerSpec {
  clusterName: pulumi.Input<string>;
  /** The cluster's name, plain: it is part of the tags that rights hang on. */
  plainClusterName: string;
  region: string;
  image: pulumi.Input<string>;
  tags: Tags;
}

/**
 * The cluster autoscaler: it resizes the node groups as pods wait for nodes or leave them idle. Chosen over Karpenter
 * because groups of one instance type in one zone each are what the source documents and the network plan count with
 * (docs/decisions/090-cluster-autoscaler.md).
 */
export function createAutoscaler(name: string, spec: AutoscalerSpec, options: InCluster): void {
  const { parent } = options;
  const role = podRole(
    `${name}-aws-role`,
    { description: "Cluster autoscaler", statements: autoscalerStatements(spec.plainClusterName), tags: spec.tags },
    parent,
  );
  const { clusterName, tags } = spec;
  const identity = identify(`${name}-identity`, { clusterName, namespace, serviceAccount: app, role, tags }, parent);
  const account = controllerAccount(name, app, namespace, rights, options);
  controller(
    name,
    {
      app,
      namespace,
      image: spec.image,
      args: [
        "--cloud-provider=aws",
        `--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/${spec.plainClusterName}`,
        "--balance-similar-node-groups=true",
        // Groups of different zones are similar although this label of theirs differs.
        "--balancing-ignore-label=eks.amazonaws.com/nodegroup",
        "--expander=least-waste",
        "--skip-nodes-with-system-pods=false",
        "--scale-down-unneeded-time=10m",
        "--max-node-provision-time=10m",
        "--max-graceful-termination-sec=1200",
      ],
      env: { AWS_REGION: spec.region },
      ports: [{ name: "metrics", containerPort: metricsPort }],
      liveness: { path: "/health-check", port: metricsPort },
      readiness: { path: "/health-check", port: metricsPort },
      memory: "1Gi",
    },
    { ...options, dependsOn: [...(options.dependsOn ?? []), account, identity] },
  );
}

const read = ["get", "list", "watch"];

/** What the autoscaler reads to simulate the scheduler, and the little that it writes. */
const rights: Rights = {
  everywhere: [
    { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
    { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
    { apiGroups: [""], resources: ["pods/status"], verbs: ["update"] },
    { apiGroups: [""], resources: ["nodes"], verbs: [...read, "update"] },
    {
      apiGroups: [""],
      resources: [
        "namespaces",
        "pods",
        "services",
        "replicationcontrollers",
        "persistentvolumeclaims",
        "persistentvolumes",
      ],
      verbs: read,
    },
    { apiGroups: ["apps"], resources: ["daemonsets", "replicasets", "statefulsets"], verbs: read },
    { apiGroups: ["batch"], resources: ["jobs"], verbs: read },
    { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: read },
    {
      apiGroups: ["storage.k8s.io"],
      resources: ["storageclasses", "csinodes", "csidrivers", "csistoragecapacities", "volumeattachments"],
      verbs: read,
    },
    {
      apiGroups: ["resource.k8s.io"],
      resources: ["deviceclasses", "resourceclaims", "resourceslices"],
      verbs: read,
    },
  ],
  inNamespace: [
    { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
    { apiGroups: ["coordination.k8s.io"], resources: ["leases"], resourceNames: [app], verbs: ["get", "update"] },
    { apiGroups: [""], resources: ["configmaps"], verbs: ["create", "list", "watch"] },
    {
      apiGroups: [""],
      resources: ["configmaps"],
      resourceNames: ["cluster-autoscaler-status"],
      verbs: ["delete", "get", "update", "watch"],
    },
  ],
};
