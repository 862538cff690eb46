import { describe, expect, it } from "vitest";
import type { RegionalGpuClusterArgs } from "./args.ts";
import { AttestationMode } from "./attestation-args.ts";
import { clusterArgs, measurement } from "./fixtures.ts";
import { GpuPlacementStrategy, PredictiveScaling } from "./fleet-args.ts";
import {
  day,
  reservation,
  run,
  inputs,
  group,
  template,
  service,
  nlb,
  key,
  policyOf,
  envoyOf,
  grantsOf,
  rightsTo,
  files,
  type Run,
} from "./recordings.ts";

/** Every argument, a value for it, and what it changes. */
const effects: {
  [Arg in keyof RegionalGpuClusterArgs]-?: [
    value: RegionalGpuClusterArgs[Arg],
    of: (run: Run) => unknown,
    expected: unknown,
  ];
} = {
  network: [
    { ...clusterArgs.network!, vpcCidrBlock: "10.66.64.0/18" },
    (of) => inputs(of, "use1-gpu-out-aws-endpoints").cidrIpv4,
    "10.66.64.0/18",
  ],
  newNetwork: [undefined, (of) => of.ofType("mrgc:index:Network").length, 0],
  tenants: [
    [{ ...clusterArgs.tenants[0]!, cidrBlocks: ["10.35.0.0/16"] }],
    (of) =>
      of
        .ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        .filter(({ inputs: rule }) => rule.cidrIpv4 !== undefined)
        .map(({ inputs: rule }) => [rule.cidrIpv4, rule.fromPort]),
    [
      ["10.35.0.0/16", 443],
      ["10.35.0.0/16", 8080],
    ],
  ],
  certificateSecretArn: [
    "arn:other",
    (of) => service(of).taskDefinitionArgs.containers.envoy.secrets[0].valueFrom,
    "arn:other:certificate::",
  ],
  certificateKeyArn: [
    "arn:key",
    (of) =>
      ["use1-gpu-role-policy", "use1-router-execution-policy"].map((policy) => rightsTo(of, policy, "kms:Decrypt")),
    [["arn:key"], ["arn:key"]],
  ],
  listenerCertificateArn: [
    "arn:acm",
    (of) => [
      inputs(of, "use1-nlb-443").protocol,
      inputs(of, "use1-nlb-443").certificateArn,
      inputs(of, "use1-nlb-tls").protocol,
    ],
    ["TLS", "arn:acm", "TLS"],
  ],
  deletionProtection: [false, (of) => nlb(of).enableDeletionProtection, false],
  rulesPerSecurityGroup: [200, (of) => of.ofType("aws:lb/loadBalancer:LoadBalancer").length, 1],
  routerImage: [
    "123456789012.dkr.ecr.us-east-1.amazonaws.com/envoy:1",
    (of) => [
      service(of).taskDefinitionArgs.containers.envoy.image,
      of.resources.some(({ name }) => name === "use1-router-out-image"),
    ],
    ["123456789012.dkr.ecr.us-east-1.amazonaws.com/envoy:1", false],
  ],
  routerCpuUnits: [512, (of) => service(of).taskDefinitionArgs.cpu, "512"],
  routerMemoryMib: [4096, (of) => service(of).taskDefinitionArgs.memory, "4096"],
  routerMaxTasksPerZone: [8, (of) => inputs(of, "use1-router-use1-az1-scaling").maxCapacity, 8],
  routerRequestsPerMinute: [
    600,
    (of) => inputs(of, "use1-router-use1-az1-scale-on-requests").targetTrackingScalingPolicyConfiguration.targetValue,
    600,
  ],
  requestTimeoutSeconds: [60, (of) => envoyOf(of).includes('"timeout":"60s"'), true],
  attestation: [
    { mode: AttestationMode.NitroTpm, measurements: { current: measurement("b", "PCR4") } },
    (of) => [
      template(of).enclaveOptions.enabled,
      policyOf(of).includes("NitroTPMPCR4"),
      "/etc/nitro_enclaves/allocator.yaml" in files(of),
    ],
    [false, true, false],
  ],
  keyAdministratorArns: [
    ["arn:aws:iam::123456789012:role/keys"],
    (of) => JSON.parse(key(of).policy).Statement[0].Principal.AWS,
    ["arn:aws:iam::123456789012:role/keys"],
  ],
  multiRegionKey: [true, (of) => key(of).multiRegion, true],
  primaryKeyArn: [
    "arn:primary",
    (of) => [of.find("use1-attested-key").type, key(of).primaryKeyArn],
    ["aws:kms/replicaKey:ReplicaKey", "arn:primary"],
  ],
  modelImage: [
    "123456789012.dkr.ecr.us-east-1.amazonaws.com/other:2",
    (of) => files(of)["/etc/systemd/system/mrgc-model.service"]?.includes("/other:2"),
    true,
  ],
  dcgmExporterImage: [
    "123456789012.dkr.ecr.us-east-1.amazonaws.com/dcgm:9",
    (of) => files(of)["/etc/systemd/system/mrgc-dcgm.service"]?.includes("/dcgm:9"),
    true,
  ],
  modelPort: [
    9443,
    (of) => [inputs(of, "use1-gpu-in-router").fromPort, envoyOf(of).includes('"port_value":9443')],
    [9443, true],
  ],
  modelHealthPath: [
    "/ready",
    (of) => [
      envoyOf(of).includes('"path":"/ready"'),
      files(of)["/etc/mrgc/settings"]?.includes("MODEL_HEALTH_PATH='/ready'"),
    ],
    [true, true],
  ],
  modelMetricsPort: [8002, (of) => files(of)["/etc/mrgc/prometheus.json"]?.includes("127.0.0.1:8002"), true],
  inFlightMetric: [
    "tgi_batch_current_size",
    (of) =>
      inputs(of, "use1-gpu-use1-az1-on-demand-on-requests").targetTrackingConfiguration.customizedMetricSpecification
        .metricName,
    "tgi_batch_current_size",
  ],
  instanceTypes: [
    ["g6e.4xlarge", "g6e.2xlarge"],
    (of) => group(of).mixedInstancesPolicy.launchTemplate.overrides,
    [{ instanceType: "g6e.4xlarge" }, { instanceType: "g6e.2xlarge" }],
  ],
  gpuRequirements: [{ minGpus: 4 }, (of) => template(of).instanceType, "g4dn.12xlarge"],
  minPerZone: [2, (of) => group(of).minSize, 2],
  onDemandMaxPerZone: [6, (of) => group(of).maxSize, 6],
  spotMaxPerZone: [
    3,
    (of) => [
      group(of, "use1-az1-spot").maxSize,
      group(of, "use1-az1-spot").mixedInstancesPolicy.instancesDistribution.onDemandPercentageAboveBaseCapacity,
    ],
    [3, 0],
  ],
  reservations: [
    [reservation],
    (of) => group(of, "use1-az1-reserved").capacityReservationSpecification,
    {
      capacityReservationPreference: "capacity-reservations-first",
      capacityReservationTarget: { capacityReservationIds: ["cr-0123456789abcdef0"] },
    },
  ],
  placementGroups: [
    [{ key: "near", strategy: GpuPlacementStrategy.Cluster, zoneIds: ["use1-az1"] }],
    (of) => [
      group(of).placementGroup,
      group(of, "use1-az2-on-demand").placementGroup,
      inputs(of, "use1-gpu-near").strategy,
    ],
    ["use1-gpu-near", undefined, "cluster"],
  ],
  efa: [true, (of) => template(of).networkInterfaces, []],
  warmPoolPerZone: [1, (of) => group(of).warmPool, { poolState: "Stopped", minSize: 1, maxGroupPreparedCapacity: 4 }],
  gpuTargetPercent: [
    60,
    (of) => inputs(of, "use1-gpu-use1-az1-on-demand-on-gpu-use").targetTrackingConfiguration.targetValue,
    60,
  ],
  requestsPerHost: [
    16,
    (of) => inputs(of, "use1-gpu-use1-az1-on-demand-on-requests").targetTrackingConfiguration.targetValue,
    16,
  ],
  schedules: [
    [day],
    (of) => inputs(of, "use1-gpu-use1-az1-on-demand-at-day"),
    {
      autoscalingGroupName: "use1-gpu-use1-az1-on-demand",
      scheduledActionName: "day",
      recurrence: "0 8 * * MON-FRI",
      timeZone: "Europe/Zurich",
      minSize: 2,
      maxSize: -1,
      desiredCapacity: -1,
    },
  ],
  predictiveScaling: [
    PredictiveScaling.ForecastAndScale,
    (of) => inputs(of, "use1-gpu-use1-az1-on-demand-forecast").predictiveScalingConfiguration.mode,
    "ForecastAndScale",
  ],
  drainSeconds: [
    600,
    (of) => [
      group(of).initialLifecycleHooks[1].heartbeatTimeout,
      inputs(of, "use1-gpu-use1-az1-on-demand-mrgc-drain").heartbeatTimeout,
      of.find("use1-gpu-use1-az1-on-demand", "aws:autoscaling/group:Group").deleteTimeout,
    ],
    [600, 600, "25m"],
  ],
  rootVolumeGib: [500, (of) => template(of).blockDeviceMappings[0].ebs.volumeSize, 500],
  amiSsmParameter: ["/images/gpu", (of) => template(of).imageId, "value of /images/gpu"],
  traceSamplingPercent: [
    5,
    (of) => [
      grantsOf(of, "use1-router-task-policy"),
      (JSON.parse(envoyOf(of)) as { static_resources: { clusters: { name: string }[] } }).static_resources.clusters.map(
        ({ name }) => name,
      ),
    ],
    [
      ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
      ["gpu", "routers", "admin", "traces"],
    ],
  ],
  prometheusSecurityGroupId: [
    "sg-prometheus",
    (of) => [inputs(of, "use1-router-in-prometheus").fromPort, inputs(of, "use1-gpu-in-prometheus").fromPort],
    [9902, 9400],
  ],
  alarmTopicArns: [["arn:topic"], (of) => inputs(of, "use1-gpu-faults").alarmActions, ["arn:topic"]],
  gpuFaultsPerHour: [5, (of) => inputs(of, "use1-gpu-faults").threshold, 5],
  logRetentionDays: [
    30,
    (of) => of.ofType("aws:cloudwatch/logGroup:LogGroup").map(({ inputs: log }) => log.retentionInDays),
    [30, 30, 30],
  ],
  deleteAccessLogsOnDestroy: [true, (of) => inputs(of, "use1-nlb-logs").forceDestroy, true],
  tags: [{ CostCenter: "42" }, (of) => template(of).tagSpecifications[0].tags.CostCenter, "42"],
};

/** What an argument needs beside it. */
const beside: Partial<Record<keyof RegionalGpuClusterArgs, Partial<RegionalGpuClusterArgs>>> = {
  attestation: { amiSsmParameter: "/images/attestable" },
  efa: { instanceTypes: ["g6e.48xlarge"] },
  rulesPerSecurityGroup: {
    // 31 ranges with two ports are 62 rules, and 60 is the default.
    tenants: [
      { ...clusterArgs.tenants[0]!, cidrBlocks: Array.from({ length: 31 }, (_, index) => `10.${100 + index}.0.0/16`) },
    ],
  },
};
effects.efa[2] = [0, 1, 2, 3].map((card) => ({
  deviceIndex: card === 0 ? 0 : 1,
  networkCardIndex: card,
  interfaceType: card === 0 ? "efa" : "efa-only",
  ...(card === 0 ? { associatePublicIpAddress: "false" } : {}),
  deleteOnTermination: "true",
  securityGroups: ["use1-gpu-id"],
}));

describe("every argument changes a resource", () => {
  it.each(Object.entries(effects))("%s", async (name, [value, of, expected]) => {
    const others = beside[name as keyof RegionalGpuClusterArgs] ?? {};
    const changed = of(await run({ ...others, [name]: value }));
    expect(changed).toEqual(expected);
    if (value !== undefined && name !== "rulesPerSecurityGroup") {
      const before = await run(name === "efa" ? others : {}).then((without) => {
        try {
          return of(without);
        } catch {
          // The resource is there only with the argument.
          return undefined;
        }
      });
      expect(before).not.toEqual(expected);
    }
  });

  it("rulesPerSecurityGroup: without it, 62 rules are refused", async () => {
    await expect(run(beside.rulesPerSecurityGroup)).rejects.toThrow("a security group holds 60");
  });
});
