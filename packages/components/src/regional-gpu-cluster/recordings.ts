import { gunzipSync } from "node:zlib";
import { recorded, type RecordedResource, type Recording } from "../testing/recorded.ts";
import type { RegionalGpuClusterArgs } from "./args.ts";
import { clusterAnswers, clusterArgs } from "./fixtures.ts";
import { RegionalGpuCluster } from "./regional-gpu-cluster.ts";

export type Run = Recording<RegionalGpuCluster>;

/** Records what the component makes. */
export const run = (args: Partial<RegionalGpuClusterArgs> = {}): Promise<Run> =>
  recorded(() => new RegionalGpuCluster("use1", { ...clusterArgs, ...args }), clusterAnswers);

/** Inputs of a resource by its logical name. */
export const inputs = (of: Run, name: string, type?: string): RecordedResource["inputs"] => of.find(name, type).inputs;
/** An Auto Scaling group, by zone and source. */
export const group = (of: Run, key = "use1-az1-on-demand") =>
  inputs(of, `use1-gpu-${key}`, "aws:autoscaling/group:Group");
export const template = (of: Run) => inputs(of, "use1-gpu", "aws:ec2/launchTemplate:LaunchTemplate");
export const service = (of: Run) => inputs(of, "use1-router-use1-az1", "awsx:ecs:FargateService");
export const nlb = (of: Run) => inputs(of, "use1-nlb", "aws:lb/loadBalancer:LoadBalancer");
export const key = (of: Run) => inputs(of, "use1-attested-key");
/** The attested key's policy. */
export const policyOf = (of: Run) => JSON.stringify(JSON.parse(key(of).policy as string));
/** What a host writes to its disk, by path. */
export function files(of: Run): Record<string, string> {
  const text = gunzipSync(Buffer.from(template(of).userData as string, "base64")).toString();
  const { write_files } = JSON.parse(text.replace("#cloud-config\n", "")) as {
    write_files: { path: string; content: string }[];
  };
  return Object.fromEntries(write_files.map((file) => [file.path, file.content]));
}
/** The router's configuration. */
export const envoyOf = (of: Run): string => service(of).taskDefinitionArgs.containers.envoy.command[1] as string;

/** Actions that a role policy allows. */
export const grantsOf = (of: Run, policy: string) =>
  (JSON.parse(inputs(of, policy).policy as string) as { Statement: { Action: string[] }[] }).Statement.flatMap(
    ({ Action }) => Action,
  );

/** Resources for which a role policy allows an action. */
export const rightsTo = (of: Run, policy: string, action: string) =>
  (
    JSON.parse(inputs(of, policy).policy as string) as { Statement: { Action: string[]; Resource: string[] }[] }
  ).Statement.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource);

/** A targeted capacity reservation. */
export const reservation = {
  id: "cr-0123456789abcdef0",
  zoneId: "use1-az1",
  instanceType: "g6e.2xlarge",
  instanceCount: 2,
};
/** A change of size in the morning. */
export const day = { key: "day", recurrence: "0 8 * * MON-FRI", timeZone: "Europe/Zurich", minPerZone: 2 };
