import type { Output } from "@pulumi/pulumi";
import type { Inputs, Pulumi } from "../construct/sdk-server.ts";

/** What of a cluster a kubeconfig tells. */
interface KubeconfigSource {
  name: Output<never>;
  arn: Output<never>;
  endpoint: Output<never>;
  certificateAuthority: Output<never>;
}

/** The kubeconfig that asks the AWS CLI for a token, as the published plugin writes it. */
export function kubeconfigOf(pulumi: Pulumi, cluster: KubeconfigSource, options: Inputs | undefined): Output<Inputs> {
  return pulumi
    .all([
      cluster.name as Output<string>,
      cluster.arn as Output<string>,
      cluster.endpoint as Output<string>,
      cluster.certificateAuthority as Output<{ data?: string } | undefined>,
      pulumi.output(options as { roleArn?: string; profileName?: string } | undefined),
    ])
    .apply(([name, arn, endpoint, authority, given]) => {
      const region = String(arn).split(":")[3] ?? "";
      const args = ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"];
      if (given?.roleArn !== undefined) {
        args.push("--role", given.roleArn);
      }
      if (given?.profileName !== undefined) {
        args.push("--profile", given.profileName);
      }
      const apiVersion = "client.authentication.k8s.io/v1beta1";
      const env = [{ name: "KUBERNETES_EXEC_INFO", value: `{"apiVersion": "${apiVersion}"}` }];
      return {
        apiVersion: "v1",
        clusters: [
          { cluster: { server: endpoint, "certificate-authority-data": authority?.data }, name: "kubernetes" },
        ],
        contexts: [{ context: { cluster: "kubernetes", user: "aws" }, name: "aws" }],
        "current-context": "aws",
        kind: "Config",
        users: [{ name: "aws", user: { exec: { apiVersion, command: "aws", args, env } } }],
      } as Inputs;
    });
}
