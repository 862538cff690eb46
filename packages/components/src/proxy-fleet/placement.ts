import type * as k8s from "@pulumi/kubernetes";

/** Labels of the proxies' nodes (R89). */
export const nodeLabels = { role: "proxy", tier: "compute" } as const;
/** Taint of the proxies' nodes, as Kubernetes writes it (R89). */
export const nodeTaint = { key: "workload", value: "proxy", effect: "NoSchedule" } as const;

/** Spreads pods over zones and machines; losing a zone must not stop the rest from being placed. */
export function spread(labels: Record<string, string>): k8s.types.input.core.v1.TopologySpreadConstraint[] {
  return ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: labels },
  }));
}

/** A pod that needs nothing of its node. */
export const podSecurity: k8s.types.input.core.v1.PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: 65_532,
  runAsGroup: 65_532,
  fsGroup: 65_532,
  seccompProfile: { type: "RuntimeDefault" },
};

/** A container that needs nothing of its node. */
export const containerSecurity: k8s.types.input.core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
};

/** Labels that all objects of an application carry. */
export function appLabels(app: string): Record<string, string> {
  return { app, "app.kubernetes.io/name": app, "app.kubernetes.io/managed-by": "pulumi" };
}
