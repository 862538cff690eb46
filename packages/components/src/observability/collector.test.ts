import { describe, expect, it } from "vitest";
import { network, watch } from "./fixtures.ts";

describe("what collects metrics and traces", () => {
  it("collects with the right to write one workspace and to look for machines, and is called by nobody", async () => {
    const { find, ofType } = await watch();
    const { Statement } = JSON.parse(find("watch-collector-task-policy").inputs.policy as string) as {
      Statement: { Action: string[]; Resource: string[] }[];
    };
    expect(Statement.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [["aps:RemoteWrite"], [expect.stringMatching(/watch-metrics$/)]],
      [["ec2:DescribeInstances", "ec2:DescribeAvailabilityZones"], ["*"]],
    ]);
    const rules = ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").map(({ inputs }) => [
      inputs.securityGroupId,
      inputs.fromPort,
      inputs.referencedSecurityGroupId,
    ]);
    expect(rules.sort()).toEqual([
      ["sg-database", 5432, "watch-collector-id"],
      ["sg-hosts", 9400, "watch-collector-id"],
      ["sg-nodes", 9100, "watch-collector-id"],
      ["sg-nodes", 9121, "watch-collector-id"],
      ["sg-routers", 9902, "watch-collector-id"],
    ]);
    const service = find("watch-collector", "awsx:ecs:FargateService").inputs;
    expect(service).toMatchObject({
      networkConfiguration: { assignPublicIp: false, subnets: network.privateSubnetIds },
      enableExecuteCommand: false,
      // Two would write every sample twice.
      desiredCount: 1,
      deploymentMaximumPercent: 100,
    });
    const { collector, exporter } = service.taskDefinitionArgs.containers as Record<
      string,
      { environment: { value: string }[]; readonlyRootFilesystem: boolean; secrets?: { valueFrom: string }[] }
    >;
    const { remote_write, scrape_configs } = JSON.parse(collector!.environment[0]!.value) as {
      remote_write: { sigv4: unknown }[];
      scrape_configs: { job_name: string }[];
    };
    expect(remote_write[0]!.sigv4).toEqual({ region: "us-east-1" });
    expect(scrape_configs.map(({ job_name }) => job_name)).toEqual([
      "node",
      "valkey",
      "dcgm",
      "mrgc-router",
      "postgres",
    ]);
    expect(exporter!.secrets!.map(({ valueFrom }) => valueFrom.split(":").at(-3))).toEqual(["username", "password"]);
    expect([collector, exporter].every((container) => container!.readonlyRootFilesystem)).toBe(true);
  });

  it("lets X-Ray, of this account, write spans before it sends them there", async () => {
    const { find } = await watch();
    const { Statement } = JSON.parse(find("watch-spans").inputs.policyDocument as string) as { Statement: unknown[] };
    expect(Statement).toEqual([
      expect.objectContaining({
        Principal: { Service: "xray.amazonaws.com" },
        Action: ["logs:PutLogEvents"],
        Condition: {
          StringEquals: { "aws:SourceAccount": "123456789012" },
          ArnLike: { "aws:SourceArn": "arn:aws:xray:us-east-1:123456789012:*" },
        },
      }),
    ]);
    expect(find("watch-traces").dependencies).toContain(find("watch-spans").urn);
  });
});
