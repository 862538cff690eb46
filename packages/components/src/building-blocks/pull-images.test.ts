import { describe, expect, it } from "vitest";
import { watch } from "../observability/fixtures.ts";
import { clusterAnswers, clusterArgs } from "../regional-gpu-cluster/fixtures.ts";
import { RegionalGpuCluster } from "../regional-gpu-cluster/regional-gpu-cluster.ts";
import { evaluate } from "../testing/iam-evaluator.ts";
import { recorded, type Recording } from "../testing/recorded.ts";

const registry = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
const pulls = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"];

/** What a role's own policy says of a repository, for each action that a pull needs. */
function verdicts(of: Recording<unknown>, role: string, repository: string, actions = pulls): string[] {
  const policy = of.find(`${role}-policy`).inputs.policy as string;
  const resource = repository === "*" ? "*" : `arn:aws:ecr:us-east-1:123456789012:repository/${repository}`;
  const principal = `arn:aws:iam::123456789012:role/${role}`;
  return actions.map((action) => evaluate([policy], { principal, action, resource }));
}

const allowed = pulls.map(() => "allowed");
const denied = pulls.map(() => "denied by default");
const token = ["ecr:GetAuthorizationToken"];

describe("a machine's role pulls its own images and no other of the account", () => {
  it("as a GPU host and as a router", async () => {
    const cluster = await recorded(
      () => new RegionalGpuCluster("use1", { ...clusterArgs, routerImage: `${registry}/mirror/envoy:1.40` }),
      clusterAnswers,
    );
    for (const own of ["model", "nvidia/dcgm-exporter"]) {
      expect(verdicts(cluster, "use1-gpu-role", own)).toEqual(allowed);
    }
    expect(verdicts(cluster, "use1-router-execution", "mirror/envoy")).toEqual(allowed);
    for (const [role, other] of [
      ["use1-gpu-role", "mirror/envoy"],
      ["use1-gpu-role", "model-weights"],
      ["use1-gpu-role", "team/model"],
      ["use1-router-execution", "model"],
    ] as const) {
      expect(verdicts(cluster, role, other), `${role} and ${other}`).toEqual(denied);
    }
    expect(verdicts(cluster, "use1-gpu-role", "model", ["ecr:PutImage"])).toEqual(["denied by default"]);
    expect(verdicts(cluster, "use1-gpu-role", "*", token)).toEqual(["allowed"]);
  });

  it("as a router whose image is public, which asks ECR for nothing", async () => {
    const cluster = await recorded(() => new RegionalGpuCluster("use1", clusterArgs), clusterAnswers);
    expect(verdicts(cluster, "use1-router-execution", "*", [...token, ...pulls])).not.toContain("allowed");
  });

  it("as the collector with its exporter", async () => {
    const watching = await watch();
    for (const own of ["prom/prometheus", "postgres-exporter"]) {
      expect(verdicts(watching, "watch-collector-execution", own)).toEqual(allowed);
    }
    expect(verdicts(watching, "watch-collector-execution", "model")).toEqual(denied);
  });
});
