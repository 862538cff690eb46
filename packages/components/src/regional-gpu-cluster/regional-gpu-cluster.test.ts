import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { valueOf } from "../testing/recorded.ts";
import { PredictiveScaling } from "./fleet-args.ts";
import { day, run, group, template, service, nlb, files } from "./recordings.ts";

describe("RegionalGpuCluster", () => {
  it("refuses before any resource, all problems at once, with property paths", async () => {
    const refused = await run({ efa: true, routerMaxTasksPerZone: 9, modelImage: "docker.io/model" }).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(pulumi.InputPropertiesError);
    expect((refused as pulumi.InputPropertiesError).errors?.map((problem) => problem.propertyPath)).toEqual([
      "modelImage",
      "instanceTypes",
      "routerMaxTasksPerZone",
    ]);
  });

  it("is private: a security group from creation on, PrivateLink judged by it, no public address, no shell", async () => {
    const of = await run();
    expect(nlb(of)).toMatchObject({
      name: "mrgc-nlb-use1",
      internal: true,
      securityGroups: ["use1-nlb-id"],
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "on",
      enableCrossZoneLoadBalancing: true,
      enableDeletionProtection: true,
      subnets: ["private-1", "private-2", "private-3"],
      accessLogs: { enabled: true },
    });
    for (const target of of.ofType("aws:lb/targetGroup:TargetGroup")) {
      expect(target.inputs).toMatchObject({ proxyProtocolV2: true, targetType: "ip", healthCheck: { path: "/live" } });
    }
    expect(service(of)).toMatchObject({
      enableExecuteCommand: false,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      networkConfiguration: { assignPublicIp: false, subnets: ["private-1"] },
      taskDefinitionArgs: { containers: { envoy: { readonlyRootFilesystem: true } } },
    });
    expect(template(of)).toMatchObject({
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [{ ebs: { encrypted: "true", kmsKeyId: expect.stringContaining("use1-operations-key") } }],
      networkInterfaces: [{ associatePublicIpAddress: "false" }],
    });
    expect(template(of).keyName).toBeUndefined();
    expect(JSON.stringify(files(of))).not.toMatch(/BEGIN|privateKey":|SecretString"/);
  });

  it("leaves GPU hosts no way to the internet", async () => {
    const of = await run();
    const out = of
      .ofType("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
      .filter(({ inputs: rule }) => rule.securityGroupId === "use1-gpu-id")
      .map(({ inputs: rule }) => rule.cidrIpv4 ?? rule.prefixListId);
    expect(out).toEqual(["10.66.0.0/18", "pl-s3"]);
  });

  it("drains before it ends, and replaces by one more and never one less", async () => {
    expect(group(await run())).toMatchObject({
      protectFromScaleIn: true,
      instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
      initialLifecycleHooks: [
        { name: "mrgc-ready", lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING", defaultResult: "ABANDON" },
        { name: "mrgc-drain", lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING", defaultResult: "CONTINUE" },
      ],
      instanceRefresh: {
        preferences: { checkpointPercentages: [10, 50, 100], autoRollback: true, scaleInProtectedInstances: "Refresh" },
      },
    });
  });

  it("gives what others need", async () => {
    const { result } = await run();
    expect(await valueOf(result.gpuAutoScalingGroupNames)).toEqual(
      ["use1-az1", "use1-az2", "use1-az4"].map((zone) => `use1-gpu-${zone}-on-demand`),
    );
    expect(await valueOf(result.routerServiceNames)).toEqual(
      ["use1-az1", "use1-az2", "use1-az4"].map((zone) => `use1-router-${zone}`),
    );
    expect(await valueOf(result.nlbArn)).toContain("use1-nlb");
    expect(await valueOf(result.keyArn)).toContain("use1-attested-key");
  });

  it("is these resources by name: a rename is a replacement in somebody's production", async () => {
    const of = await run({ spotMaxPerZone: 1, schedules: [day], predictiveScaling: PredictiveScaling.ForecastOnly });
    await expect(`${of.identities().join("\n")}\n`).toMatchFileSnapshot("resource-names.txt");
  });
});
