import type { PropertyMap } from "../../engine/values.ts";

/** The kubeconfig of a cluster, with `aws eks get-token` as its credential, as the plugin writes it. */
export function kubeconfigOf(clusterName: string, endpoint: string, certificate: string, region: string): PropertyMap {
  return {
    apiVersion: "v1",
    clusters: [{ cluster: { server: endpoint, "certificate-authority-data": certificate }, name: "kubernetes" }],
    contexts: [{ context: { cluster: "kubernetes", user: "aws" }, name: "aws" }],
    "current-context": "aws",
    kind: "Config",
    users: [
      {
        name: "aws",
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "aws",
            args: ["--region", region, "eks", "get-token", "--cluster-name", clusterName, "--output", "json"],
            env: [{ name: "KUBERNETES_EXEC_INFO", value: '{"apiVersion": "client.authentication.k8s.io/v1beta1"}' }],
          },
        },
      },
    ],
  };
}
