import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { HotTierConnection, RequestMetricArgs } from "./args.ts";
import { certificateResource, envoyConfig, proxyPorts } from "./envoy-config.ts";
import type { InCluster } from "./kubernetes.ts";
import { readinessGateLabel } from "./load-balancer-controller.ts";
import { appLabels } from "./placement.ts";
import { names, podSpec } from "./pod-spec.ts";
import type { ProxyFleetPlan } from "./proxy-fleet-plan.ts";
import { secretObjects } from "./secret-objects.ts";

/** What the proxies run and whom they serve. */
export interface WorkloadSpec {
  image: pulumi.Input<string>;
  region: string;
  hotTier: HotTierConnection;
  certificateSecretArn: pulumi.Input<string>;
  /** Names of the plan's zones, in its order: pods know their zone by name, cache nodes by id. */
  zoneNames: pulumi.Output<string[]>;
  vpcCidrBlock: pulumi.Input<string>;
  requestMetric: RequestMetricArgs | undefined;
}

const labels = appLabels(names.app);
const matchLabels = { app: names.app };

/** The proxies' namespace: pods that ask for more than the restricted profile are refused. */
export function createNamespace(name: string, options: InCluster): k8s.core.v1.Namespace {
  return new k8s.core.v1.Namespace(
    `${name}-namespace`,
    {
      metadata: {
        name: names.namespace,
        labels: { ...labels, ...readinessGateLabel, "pod-security.kubernetes.io/enforce": "restricted" },
      },
    },
    options,
  );
}

/**
 * The proxies: a Deployment without `replicas`, because the HorizontalPodAutoscaler owns the number, and a disruption
 * budget that lets a tenth go at a time, as the rollout and the node groups do.
 */
export function createWorkload(
  name: string,
  plan: ProxyFleetPlan,
  spec: WorkloadSpec,
  options: InCluster,
): k8s.apps.v1.Deployment {
  const metadata = { name: names.app, namespace: names.namespace, labels };
  const account = new k8s.core.v1.ServiceAccount(
    `${name}-account`,
    { metadata, automountServiceAccountToken: false },
    options,
  );
  const files = configFiles(plan, spec);
  const config = new k8s.core.v1.ConfigMap(`${name}-config`, { metadata, data: files }, options);
  const secrets = new k8s.apiextensions.CustomResource(
    `${name}-secrets`,
    {
      apiVersion: "secrets-store.csi.x-k8s.io/v1",
      kind: "SecretProviderClass",
      metadata,
      spec: {
        provider: "aws",
        parameters: {
          region: spec.region,
          usePodIdentity: "true",
          objects: pulumi
            .all([spec.hotTier.authSecretArn, spec.certificateSecretArn])
            .apply(([hotTier, certificate]) => JSON.stringify(secretObjects(hotTier, certificate))),
        },
      },
    },
    options,
  );
  const policy = networkPolicy(name, spec, options);
  const checksum = files.apply((data) => createHash("sha256").update(JSON.stringify(data)).digest("hex"));
  const deployment = new k8s.apps.v1.Deployment(
    `${name}-deployment`,
    {
      metadata,
      spec: {
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "10%", maxSurge: "10%" } },
        minReadySeconds: 10,
        progressDeadlineSeconds: 3600,
        selector: { matchLabels },
        template: {
          // Envoy reads its configuration at the start: another one rolls the pods.
          metadata: { labels, annotations: { "mrgc/config-sha256": checksum } },
          spec: podSpec(plan, spec.image),
        },
      },
    },
    { ...options, dependsOn: [...(options.dependsOn ?? []), account, config, secrets, policy] },
  );
  new k8s.policy.v1.PodDisruptionBudget(
    `${name}-disruption-budget`,
    {
      metadata,
      // A pod that is not ready anyway must not hold a drain up.
      spec: { maxUnavailable: "10%", unhealthyPodEvictionPolicy: "AlwaysAllow", selector: { matchLabels } },
    },
    options,
  );
  autoscaler(name, plan, spec.requestMetric, { ...options, dependsOn: [deployment] });
  new k8s.core.v1.Service(
    `${name}-service`,
    {
      metadata,
      spec: {
        selector: matchLabels,
        ports: [
          { name: "requests", port: proxyPorts.requests, targetPort: "requests" },
          { name: "admin", port: proxyPorts.admin, targetPort: "admin" },
        ],
      },
    },
    options,
  );
  return deployment;
}

/** A configuration for each zone by the zone's name, one without a zone (`.json`), and the certificate's description. */
function configFiles(plan: ProxyFleetPlan, spec: WorkloadSpec): pulumi.Output<Record<string, string>> {
  const { endpoint, port, certificateAuthorityPem } = spec.hotTier;
  return pulumi
    .all([endpoint, port, certificateAuthorityPem, spec.zoneNames])
    .apply(([host, hotTierPort, pem, zoneNames]): Record<string, string> => {
      const settings = { endpoint: host, port: hotTierPort, certificateAuthorityPem: pem, clientTls: plan.clientTls };
      return {
        "certificate.json": JSON.stringify(certificateResource()),
        ".json": JSON.stringify(envoyConfig(settings)),
        ...Object.fromEntries(
          plan.zoneIds.map((zoneId, index) => [
            `${zoneNames[index]}.json`,
            JSON.stringify(envoyConfig({ ...settings, zoneId })),
          ]),
        ),
      };
    });
}

/** Between the fewest and the most: one pod a node, so that pods that wait make the node groups grow. */
function autoscaler(
  name: string,
  plan: ProxyFleetPlan,
  metric: RequestMetricArgs | undefined,
  options: InCluster,
): void {
  new k8s.autoscaling.v2.HorizontalPodAutoscaler(
    `${name}-autoscaler`,
    {
      metadata: { name: names.app, namespace: names.namespace, labels },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: names.app },
        minReplicas: plan.minPods,
        maxReplicas: plan.maxPods,
        metrics: [
          {
            type: "Resource",
            resource: { name: "cpu", target: { type: "Utilization", averageUtilization: plan.targetCpuPercent } },
          },
          ...(metric === undefined
            ? []
            : [
                {
                  type: "Pods",
                  pods: {
                    metric: { name: metric.name },
                    target: { type: "AverageValue", averageValue: String(metric.perPod) },
                  },
                },
              ]),
        ],
        behavior: {
          // Up at once by half, as load comes in seconds; down by a tenth a minute, as connections have to move.
          scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: "Percent", value: 50, periodSeconds: 60 }] },
          scaleDown: { stabilizationWindowSeconds: 600, policies: [{ type: "Percent", value: 10, periodSeconds: 60 }] },
        },
      },
    },
    options,
  );
}

/** Requests, administration and metrics in from the VPC (load balancers have addresses of it); the hot tier, the database, AWS' endpoints and DNS out. */
function networkPolicy(name: string, spec: WorkloadSpec, options: InCluster): k8s.networking.v1.NetworkPolicy {
  const vpc = [{ ipBlock: { cidr: spec.vpcCidrBlock } }];
  const tcp = (port: pulumi.Input<number>) => ({ protocol: "TCP", port });
  return new k8s.networking.v1.NetworkPolicy(
    `${name}-network-policy`,
    {
      metadata: { name: names.app, namespace: names.namespace, labels },
      spec: {
        podSelector: { matchLabels },
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ from: vpc, ports: Object.values(proxyPorts).map(tcp) }],
        egress: [
          { to: vpc, ports: [tcp(spec.hotTier.port), tcp(5432), tcp(443)] },
          {
            to: [
              {
                namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
                podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
              },
            ],
            ports: [tcp(53), { protocol: "UDP", port: 53 }],
          },
          // Pod Identity's agent on the node, for database log-ins.
          { to: [{ ipBlock: { cidr: "169.254.170.23/32" } }], ports: [tcp(80)] },
        ],
      },
    },
    options,
  );
}
