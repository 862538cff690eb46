import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { appLabels, containerSecurity, podSecurity, spread } from "./placement.ts";

/** Options of an object in the fleet's cluster. */
export interface InCluster {
  parent: pulumi.Resource;
  provider: k8s.Provider;
  dependsOn?: pulumi.Resource[];
}

/** Rights of a service account: over the whole cluster, and in its own namespace. */
export interface Rights {
  everywhere: k8s.types.input.rbac.v1.PolicyRule[];
  inNamespace: k8s.types.input.rbac.v1.PolicyRule[];
}

/** A service account of a controller with its rights. Its token is for the Kubernetes API. */
export function controllerAccount(
  name: string,
  app: string,
  namespace: string,
  rights: Rights,
  options: InCluster,
): k8s.core.v1.ServiceAccount {
  const metadata = { name: app, namespace, labels: appLabels(app) };
  const account = new k8s.core.v1.ServiceAccount(
    `${name}-account`,
    { metadata, automountServiceAccountToken: true },
    options,
  );
  const subjects = [{ kind: "ServiceAccount", name: app, namespace }];
  const group = "rbac.authorization.k8s.io";
  const clusterMetadata = { name: app, labels: appLabels(app) };
  new k8s.rbac.v1.ClusterRole(`${name}-cluster-role`, { metadata: clusterMetadata, rules: rights.everywhere }, options);
  new k8s.rbac.v1.ClusterRoleBinding(
    `${name}-cluster-binding`,
    { metadata: clusterMetadata, subjects, roleRef: { apiGroup: group, kind: "ClusterRole", name: app } },
    options,
  );
  new k8s.rbac.v1.Role(`${name}-role`, { metadata, rules: rights.inNamespace }, options);
  new k8s.rbac.v1.RoleBinding(
    `${name}-binding`,
    { metadata, subjects, roleRef: { apiGroup: group, kind: "Role", name: app } },
    options,
  );
  return account;
}

/** A controller: two pods on the system nodes, of which one leads. */
export interface ControllerSpec {
  app: string;
  namespace: string;
  image: pulumi.Input<string>;
  args: pulumi.Input<string>[];
  env?: Record<string, pulumi.Input<string>>;
  ports: { name: string; containerPort: number }[];
  /** Path and port of its own health. */
  liveness: { path: string; port: number };
  readiness: { path: string; port: number };
  memory: string;
  volumes?: k8s.types.input.core.v1.Volume[];
  volumeMounts?: k8s.types.input.core.v1.VolumeMount[];
}

/** The controller's Deployment and disruption budget. */
export function controller(name: string, spec: ControllerSpec, options: InCluster): k8s.apps.v1.Deployment {
  const { app, namespace } = spec;
  const labels = appLabels(app);
  const metadata = { name: app, namespace, labels };
  const probe = ({ path, port }: { path: string; port: number }) => ({ httpGet: { path, port }, timeoutSeconds: 5 });
  const deployment = new k8s.apps.v1.Deployment(
    `${name}-deployment`,
    {
      metadata,
      spec: {
        replicas: 2,
        selector: { matchLabels: { app } },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: app,
            priorityClassName: "system-cluster-critical",
            nodeSelector: { role: "system" },
            topologySpreadConstraints: spread({ app }),
            securityContext: podSecurity,
            containers: [
              {
                name: app,
                image: spec.image,
                args: spec.args,
                env: Object.entries(spec.env ?? {}).map(([variable, value]) => ({ name: variable, value })),
                ports: spec.ports,
                livenessProbe: { ...probe(spec.liveness), initialDelaySeconds: 30 },
                readinessProbe: probe(spec.readiness),
                resources: { requests: { cpu: "100m", memory: spec.memory }, limits: { memory: spec.memory } },
                securityContext: containerSecurity,
                volumeMounts: spec.volumeMounts ?? [],
              },
            ],
            volumes: spec.volumes ?? [],
          },
        },
      },
    },
    options,
  );
  new k8s.policy.v1.PodDisruptionBudget(
    `${name}-disruption-budget`,
    { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: { app } } } },
    options,
  );
  return deployment;
}
