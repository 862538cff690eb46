import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { ProxyProbes } from "./args.ts";
import { proxyPaths, proxyPorts } from "./envoy-config.ts";
import { containerSecurity, nodeLabels, nodeTaint, podSecurity, spread } from "./placement.ts";
import type { ProxyFleetPlan } from "./proxy-fleet-plan.ts";

/** Names of the proxies' objects (R91). */
export const names = { app: "prism-proxy", namespace: "prism" } as const;

/** The proxies' pod: one a node, ready only once it has found the hot tier, and leaving after its connections have. */
export function podSpec(plan: ProxyFleetPlan, image: pulumi.Input<string>): k8s.types.input.core.v1.PodSpec {
  const { pod, drain } = plan;
  const memory = `${pod.memoryMib}Mi`;
  return {
    serviceAccountName: names.app,
    // Kubernetes' API is none of a proxy's business; Pod Identity brings a token of its own.
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    nodeSelector: { role: nodeLabels.role },
    tolerations: [{ key: nodeTaint.key, operator: "Equal", value: nodeTaint.value, effect: nodeTaint.effect }],
    topologySpreadConstraints: spread({ app: names.app }),
    terminationGracePeriodSeconds: drain.gracePeriodSeconds,
    securityContext: podSecurity,
    containers: [
      {
        name: "proxy",
        image,
        args: [
          // Kubernetes labels pods with their zone from 1.35 on; without the label this is the file `.json`.
          "--config-path",
          `${proxyPaths.config}/$(ZONE).json`,
          "--service-node",
          "$(POD_NAME)",
          "--concurrency",
          String(pod.concurrency),
          "--disable-hot-restart",
        ],
        env: [
          {
            name: "ZONE",
            valueFrom: { fieldRef: { fieldPath: "metadata.labels['topology.kubernetes.io/zone']" } },
          },
          { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        ],
        ports: Object.entries(proxyPorts).map(([name, containerPort]) => ({ name, containerPort })),
        resources: { requests: { cpu: `${pod.cpuMillis}m`, memory }, limits: { memory } },
        ...probes(plan.probes),
        lifecycle: { preStop: { sleep: { seconds: drain.preStopSeconds } } },
        securityContext: containerSecurity,
        volumeMounts: [
          { name: "config", mountPath: proxyPaths.config, readOnly: true },
          { name: "secrets", mountPath: proxyPaths.secrets, readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "config", configMap: { name: names.app } },
      {
        name: "secrets",
        csi: {
          driver: "secrets-store.csi.k8s.io",
          readOnly: true,
          volumeAttributes: { secretProviderClass: names.app },
        },
      },
    ],
  };
}

/** Times of the source documents (R95). Envoy answers from when it has found the hot tier on: it may take five minutes to. */
function probes(kind: ProxyProbes): Partial<k8s.types.input.core.v1.Container> {
  const grpc = { grpc: { port: proxyPorts.requests } };
  const get = (path: string) => ({ httpGet: { path, port: proxyPorts.admin, scheme: "HTTPS" } });
  const live = kind === ProxyProbes.Grpc ? grpc : get("/live");
  const ready = kind === ProxyProbes.Grpc ? grpc : get("/health");
  return {
    startupProbe: { ...live, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 60 },
    livenessProbe: { ...live, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    readinessProbe: { ...ready, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 },
  };
}
