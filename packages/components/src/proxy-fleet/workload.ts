import type * as eks from "@pulumi/eks";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

const namespaceName = "prism";
const appName = "prism-proxy";
const grpcPort = 8080;

/** What the proxies run and how many of them there are. */
export interface WorkloadSpec {
  cluster: eks.Cluster;
  image: pulumi.Input<string>;
  minPods: number;
  maxPods: number;
}

/**
 * The proxies: a Deployment without `replicas`, because the HorizontalPodAutoscaler owns the number, and a disruption
 * budget that lets a tenth go at a time.
 */
export function createWorkload(name: string, spec: WorkloadSpec, parent: pulumi.Resource): k8s.apps.v1.Deployment {
  const provider = new k8s.Provider(`${name}-kubernetes`, { kubeconfig: spec.cluster.kubeconfigJson }, { parent });
  const options = { parent, provider };
  const labels = { app: appName, "app.kubernetes.io/name": appName, "app.kubernetes.io/managed-by": "pulumi" };
  const namespace = new k8s.core.v1.Namespace(
    `${name}-namespace`,
    { metadata: { name: namespaceName, labels: { ...labels, "pod-security.kubernetes.io/enforce": "restricted" } } },
    options,
  );
  const metadata = { namespace: namespace.metadata.name, labels };
  const deployment = new k8s.apps.v1.Deployment(
    `${name}-deployment`,
    {
      metadata: { ...metadata, name: appName },
      spec: {
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "10%", maxSurge: "10%" } },
        selector: { matchLabels: { app: appName } },
        template: { metadata: { labels }, spec: podSpec(spec.image) },
      },
    },
    options,
  );
  new k8s.policy.v1.PodDisruptionBudget(
    `${name}-disruption-budget`,
    {
      metadata: { ...metadata, name: appName },
      spec: { maxUnavailable: "10%", selector: { matchLabels: { app: appName } } },
    },
    options,
  );
  new k8s.autoscaling.v2.HorizontalPodAutoscaler(
    `${name}-autoscaler`,
    {
      metadata: { ...metadata, name: appName },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: appName },
        minReplicas: spec.minPods,
        maxReplicas: spec.maxPods,
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
        ],
      },
    },
    { ...options, dependsOn: deployment },
  );
  return deployment;
}

function podSpec(image: pulumi.Input<string>): k8s.types.input.core.v1.PodSpec {
  return {
    automountServiceAccountToken: false,
    nodeSelector: { role: "proxy" },
    tolerations: [{ key: "workload", operator: "Equal", value: "proxy", effect: "NoSchedule" }],
    topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: { app: appName } },
    })),
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "proxy",
        image,
        ports: [
          { name: "grpc", containerPort: grpcPort },
          { name: "metrics", containerPort: 9090 },
        ],
        resources: { requests: { cpu: "6", memory: "12Gi" }, limits: { cpu: "8", memory: "13Gi" } },
        livenessProbe: {
          grpc: { port: grpcPort },
          initialDelaySeconds: 30,
          periodSeconds: 10,
          timeoutSeconds: 5,
          failureThreshold: 3,
        },
        readinessProbe: {
          grpc: { port: grpcPort },
          initialDelaySeconds: 10,
          periodSeconds: 5,
          timeoutSeconds: 3,
          failureThreshold: 2,
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    ],
  };
}
