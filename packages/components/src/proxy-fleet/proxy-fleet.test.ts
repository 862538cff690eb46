import { beforeAll, describe, expect, it } from "vitest";
import { recorded, type Recording } from "../testing/recorded.ts";
import { AccessPolicy, ClientTls, NodeImage, type ProxyFleetArgs, ProxyProbes } from "./args.ts";
import { testNetwork } from "../testing/test-network.ts";
import { testAnswers, testArgs, testArns } from "./fixtures.ts";
import { ProxyFleet } from "./proxy-fleet.ts";

const create = (args: Partial<ProxyFleetArgs> = {}): Promise<Recording<ProxyFleet>> =>
  recorded(() => new ProxyFleet("proxies", testArgs(args)), testAnswers);

const container = { spec: { template: { spec: { containers: expect.any(Array) as unknown } } } };

/** The proxies' container as it was recorded. */
function proxyContainer(program: Recording<unknown>): Record<string, unknown> {
  const { inputs } = program.find("proxies-deployment");
  expect(inputs).toMatchObject(container);
  return (inputs as { spec: { template: { spec: { containers: Record<string, unknown>[] } } } }).spec.template.spec
    .containers[0]!;
}

describe("ProxyFleet with its defaults", () => {
  let program: Recording<ProxyFleet>;
  beforeAll(async () => {
    program = await create();
  });

  it("keeps these names: a rename is a replacement", async () => {
    await expect(program.identities().join("\n") + "\n").toMatchFileSnapshot("identities.txt");
  });

  it("has a private control plane with access entries, encrypted secrets, all logs and no extended support", () => {
    expect(program.find("proxies-cluster").inputs).toMatchObject({
      version: "1.36",
      endpointPrivateAccess: true,
      endpointPublicAccess: false,
      authenticationMode: "API",
      deletionProtection: true,
      upgradePolicy: { supportType: "STANDARD" },
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      encryptionConfigKeyArn: program.find("proxies-key").inputs.arn ?? expect.stringContaining("proxies-key"),
    });
    expect(program.find("proxies-control-plane-log").inputs).toMatchObject({ name: "/aws/eks/proxies/cluster" });
  });

  it("starts nodes after their rights, and ends them before: EKS asks for it", () => {
    const rights = [0, 1].map((index) => program.find(`proxies-node-role-managed-${index}`).urn);
    for (const group of program.ofType("aws:eks/nodeGroup:NodeGroup")) {
      expect(group.dependencies, group.name).toEqual(expect.arrayContaining(rights));
    }
  });

  it("taints and labels the proxies' nodes and lets a tenth of them be away", () => {
    expect(program.find("proxies-nodes-usw2-az1").inputs).toMatchObject({
      amiType: "AL2023_x86_64_STANDARD",
      version: "1.36",
      updateConfig: { maxUnavailablePercentage: 10 },
      scalingConfig: { minSize: 16, desiredSize: 16, maxSize: 334 },
      labels: { role: "proxy", tier: "compute" },
      taints: [{ key: "workload", value: "proxy", effect: "NO_SCHEDULE" }],
      subnetIds: ["subnet-w1"],
    });
    // An instance type of the group's own could not change without a replacement.
    expect(program.find("proxies-nodes-usw2-az1").inputs).not.toHaveProperty("instanceTypes");
    expect(program.find("proxies-nodes", "aws:ec2/launchTemplate:LaunchTemplate").inputs).toMatchObject({
      instanceType: "c6i.2xlarge",
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [{ ebs: { encrypted: "true", volumeType: "gp3" } }],
      vpcSecurityGroupIds: expect.arrayContaining(["sg-hot-tier-clients"]) as unknown,
    });
  });

  it("ends a client's TLS at the load balancer and begins another to the pods, in the same zone", () => {
    expect(program.find("proxies-nlb", "aws:lb/loadBalancer:LoadBalancer").inputs).toMatchObject({
      internal: true,
      loadBalancerType: "network",
      enableCrossZoneLoadBalancing: false,
      enableDeletionProtection: true,
    });
    expect(program.find("proxies-nlb-443").inputs).toMatchObject({
      port: 443,
      protocol: "TLS",
      certificateArn: testArns.certificate,
    });
    expect(program.find("proxies-requests").inputs).toMatchObject({
      port: 8080,
      protocol: "TLS",
      targetType: "ip",
      deregistrationDelay: 60,
      healthCheck: { protocol: "HTTPS", path: "/health", port: "8081", interval: 10, unhealthyThreshold: 2 },
    });
    expect(program.find("proxies-binding-requests").inputs).toMatchObject({
      kind: "TargetGroupBinding",
      spec: { targetType: "ip", targetGroupARN: testArns.targetGroup("proxies-requests"), serviceRef: { port: 8080 } },
    });
  });

  it("leaves the number of pods to the autoscaler, and has disruptions, rollout and node upgrade agree on a tenth", () => {
    const { spec } = program.find("proxies-deployment").inputs as { spec: Record<string, unknown> };
    expect(spec).not.toHaveProperty("replicas");
    expect(spec.strategy).toEqual({
      type: "RollingUpdate",
      rollingUpdate: { maxUnavailable: "10%", maxSurge: "10%" },
    });
    expect(program.find("proxies-disruption-budget").inputs).toMatchObject({ spec: { maxUnavailable: "10%" } });
    expect(program.find("proxies-autoscaler").inputs).toMatchObject({ spec: { minReplicas: 48, maxReplicas: 1000 } });
  });

  it("asks Envoy by HTTPS, and stops it after its connections have ended", () => {
    expect(proxyContainer(program)).toMatchObject({
      readinessProbe: { httpGet: { path: "/health", port: 8081, scheme: "HTTPS" } },
      // 60 s of deregistration, two checks of 10 s, 15 s for the controller.
      lifecycle: { preStop: { sleep: { seconds: 95 } } },
      resources: { requests: { cpu: "6000m", memory: "12288Mi" }, limits: { memory: "12288Mi" } },
    });
  });

  it("names secrets and holds none", () => {
    const objects = JSON.parse(
      (program.find("proxies-secrets").inputs as { spec: { parameters: { objects: string } } }).spec.parameters.objects,
    ) as { objectName: string }[];
    expect(objects.map(({ objectName }) => objectName)).toEqual([testArns.hotTierSecret, testArns.certificateSecret]);
    expect(program.ofType("kubernetes:core/v1:Secret")).toEqual([]);
    const env = proxyContainer(program).env as { name: string; value?: string }[];
    expect(env.filter(({ value }) => value !== undefined)).toEqual([]);
  });

  it("gives a configuration to each zone by its name, and one to pods without a zone", () => {
    const { data } = program.find("proxies-config").inputs as { data: Record<string, string> };
    expect(Object.keys(data).sort()).toEqual([
      ".json",
      "certificate.json",
      "us-west-2a.json",
      "us-west-2b.json",
      "us-west-2c.json",
    ]);
    expect(JSON.parse(data["us-west-2b.json"] ?? "")).toMatchObject({ node: { locality: { zone: "usw2-az2" } } });
    expect((JSON.parse(data[".json"] ?? "") as { node: object }).node).not.toHaveProperty("locality");
  });

  it("tags everything that takes tags", () => {
    const tagged = program.resources.filter((resource) => resource.inputs.tags !== undefined);
    for (const resource of tagged) {
      expect(resource.inputs.tags, resource.name).toMatchObject({ Project: "mrgc", Component: "proxy-fleet" });
    }
    expect(tagged.length).toBeGreaterThan(40);
  });

  it("shows a runbook with every alarm", () => {
    expect(
      program.ofType("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs.alarmDescription),
    ).toEqual(expect.arrayContaining([expect.stringContaining("docs/runbooks/proxy-fleet.md#few-proxies")]));
  });
});

describe("ProxyFleet, an argument at a time", () => {
  const role = "arn:aws:iam::123456789012:role/operators";
  const user = "arn:aws:rds-db:us-west-2:123456789012:dbuser:db-1/proxy";
  const key = "arn:aws:kms:us-west-2:123456789012:key/certificate";
  const anything = (text: string) => expect.stringContaining(text) as unknown;
  const image = (name: string) => ({ spec: { template: { spec: { containers: [{ image: name }] } } } });

  it.each<[string, Partial<ProxyFleetArgs>, string, object]>([
    ["certificateArn", { certificateArn: "arn:other" }, "proxies-admin-443", { certificateArn: "arn:other" }],
    [
      "certificateSecretArn",
      { certificateSecretArn: "arn:other" },
      "proxies-secrets",
      { spec: { parameters: { objects: anything("arn:other") } } },
    ],
    ["certificateKeyArn", { certificateKeyArn: key }, "proxies-pod-role-policy", { policy: anything(key) }],
    ["clientTls", { clientTls: ClientTls.Mutual }, "proxies-nlb-443", { protocol: "TCP" }],
    [
      "clientCidrBlocks",
      { clientCidrBlocks: ["10.1.0.0/16"] },
      "proxies-nlb-in-10-1-0-0-16",
      { cidrIpv4: "10.1.0.0/16" },
    ],
    ["instanceType", { instanceType: "c6i.4xlarge" }, "proxies-nodes", { instanceType: "c6i.4xlarge" }],
    ["Graviton", { instanceType: "c6g.2xlarge" }, "proxies-nodes-usw2-az1", { amiType: "AL2023_ARM_64_STANDARD" }],
    ["systemInstanceType", { systemInstanceType: "c6i.xlarge" }, "proxies-system", { instanceType: "c6i.xlarge" }],
    ["nodeImage", { nodeImage: NodeImage.Bottlerocket }, "proxies-nodes-usw2-az1", { amiType: "BOTTLEROCKET_x86_64" }],
    ["desiredNodes", { desiredNodes: 60 }, "proxies-nodes-usw2-az1", { scalingConfig: { desiredSize: 20 } }],
    ["minNodes", { minNodes: 30 }, "proxies-autoscaler", { spec: { minReplicas: 30 } }],
    ["maxNodes", { maxNodes: 300 }, "proxies-nodes-usw2-az3", { scalingConfig: { maxSize: 100 } }],
    ["kubernetesVersion", { kubernetesVersion: "1.35" }, "proxies-nodes-system", { version: "1.35" }],
    ["image", { image: "registry/proxy:1" }, "proxies-deployment", image("registry/proxy:1")],
    [
      "probes",
      { probes: ProxyProbes.Grpc },
      "proxies-deployment",
      { spec: { template: { spec: { containers: [{ livenessProbe: { grpc: { port: 8080 } } }] } } } },
    ],
    ["autoscalerImage", { autoscalerImage: "registry/ca:1" }, "proxies-autoscaling-deployment", image("registry/ca:1")],
    [
      "loadBalancerControllerImage",
      { loadBalancerControllerImage: "registry/lbc:1" },
      "proxies-lbc-deployment",
      image("registry/lbc:1"),
    ],
    [
      "targetCpuPercent",
      { targetCpuPercent: 50 },
      "proxies-autoscaler",
      { spec: { metrics: [{ resource: { target: { averageUtilization: 50 } } }] } },
    ],
    [
      "requestMetric",
      { requestMetric: { name: "requests", perPod: 50_000 } },
      "proxies-autoscaler",
      { spec: { metrics: [{}, { pods: { metric: { name: "requests" }, target: { averageValue: "50000" } } }] } },
    ],
    [
      "deregistrationDelaySeconds",
      { deregistrationDelaySeconds: 300 },
      "proxies-requests",
      { deregistrationDelay: 300 },
    ],
    ["databaseUserArns", { databaseUserArns: [user] }, "proxies-pod-role-policy", { policy: anything(user) }],
    [
      "accessEntries",
      { accessEntries: { ops: { principalArn: role, policy: AccessPolicy.View, namespaces: ["prism"] } } },
      "proxies-cluster",
      {
        accessEntries: {
          ops: {
            principalArn: role,
            accessPolicies: {
              AmazonEKSViewPolicy: { accessScope: { type: "namespace", namespaces: ["prism"] } },
            },
          },
        },
      },
    ],
    [
      "addonConfiguration",
      { addonConfiguration: { coredns: '{"replicaCount":4}' } },
      "proxies-coredns",
      { configurationValues: '{"replicaCount":4}' },
    ],
    ["alarmTopicArns", { alarmTopicArns: ["arn:topic"] }, "proxies-few-proxies", { alarmActions: ["arn:topic"] }],
    ["logRetentionDays", { logRetentionDays: 30 }, "proxies-control-plane-log", { retentionInDays: 30 }],
    ["deletionProtection", { deletionProtection: false }, "proxies-admin", { enableDeletionProtection: false }],
    ["tags", { tags: { CostCenter: "42" } }, "proxies-nodes", { tags: { CostCenter: "42" } }],
    [
      "podSubnetIds",
      { network: { ...testNetwork, podSubnetIds: ["subnet-o1", "subnet-o2", "subnet-o3"] } },
      "proxies-vpc-cni",
      { configurationValues: anything('"us-west-2a":{"id":"subnet-o1"') },
    ],
  ])("%s changes a resource", async (_, args, name, inputs) => {
    const program = await create(args);
    const named = program.resources.filter((resource) => resource.name === name);
    const like = (resource: object): boolean => {
      try {
        expect(resource).toMatchObject(inputs);
        return true;
      } catch {
        return false;
      }
    };
    expect(named.length).toBeGreaterThan(0);
    expect(named.map(({ inputs: given }) => like(given) || given)).toContain(true);
  });

  it("refuses a plan before anything exists", async () => {
    await expect(create({ minNodes: 1 })).rejects.toThrow("minNodes");
  });
});
