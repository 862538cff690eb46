import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { type FrontDoorRegion } from "../global-front-door/args.ts";
import { GlobalFrontDoor } from "../global-front-door/global-front-door.ts";
import { testAnswers as hotTierAnswers, testArgs as hotTierArgs } from "../hot-tier-redis/fixtures.ts";
import { HotTierRedis } from "../hot-tier-redis/hot-tier-redis.ts";
import { MetadataPostgres } from "../metadata-postgres/metadata-postgres.ts";
import { PrivateLinkService } from "../private-link-service/private-link-service.ts";
import { testAnswers as proxyAnswers, testArgs as proxyArgs } from "../proxy-fleet/fixtures.ts";
import { ProxyFleet } from "../proxy-fleet/proxy-fleet.ts";
import { clusterAnswers, clusterArgs } from "../regional-gpu-cluster/fixtures.ts";
import { RegionalGpuCluster } from "../regional-gpu-cluster/regional-gpu-cluster.ts";
import { TenantEndpoint } from "../tenant-endpoint/tenant-endpoint.ts";
import { knownMetrics } from "../testing/known-metrics.ts";
import { type Answers, recorded, valueOf } from "../testing/recorded.ts";
import { ruleGroups } from "./prometheus-rules.ts";
import { Observability } from "./observability.ts";

const root = join(import.meta.dirname, "../../../..");
const network = clusterArgs.network!;
const region = network.region;
const frontDoorRegion: FrontDoorRegion = {
  region,
  nlbArn: `arn:aws:elasticloadbalancing:${region}:123456789012:loadbalancer/net/nlb/1`,
  nlbDnsName: "nlb.example.com",
  nlbZoneId: "Z1",
};
const tenantVpc = {
  region,
  zoneIds: network.zoneIds,
  vpcId: "vpc-2",
  vpcCidrBlock: "10.34.0.0/16",
  privateSubnetIds: ["t1", "t2", "t3"],
};
const services = [region, "us-west-2"].map((serviceRegion) => ({
  serviceRegion,
  serviceName: `com.amazonaws.vpce.${serviceRegion}.vpce-svc-1`,
  zoneIds: serviceRegion === region ? network.zoneIds : ["usw2-az1", "usw2-az2", "usw2-az3"],
  endpointRegions: [region, "us-west-2"],
}));
const suffix = (name: string) => ({ arnSuffix: `net/${name}/1` });
const gpuAnswers: Answers = {
  ...clusterAnswers,
  outputs: { "aws:lb/loadBalancer:LoadBalancer": suffix, "aws:lb/targetGroup:TargetGroup": suffix },
};
const database: Answers = {
  outputs: {
    "aws:rds/instance:Instance": (name) => ({ identifier: name, masterUserSecrets: [{ secretArn: "arn" }] }),
  },
};
const accelerator: Answers = {
  outputs: { "aws:globalaccelerator/accelerator:Accelerator": () => ({ ipSets: [] }) },
};
const endpoint: Answers = {
  outputs: {
    "aws:ec2/vpcEndpoint:VpcEndpoint": (name) => ({
      dnsEntries: [{ dnsName: `${name}.example.com`, hostedZoneId: "Z7" }],
    }),
  },
};

/** Every component that makes alarms, with all that it can watch. */
const components: Record<string, [program: () => unknown, answers?: Answers]> = {
  "private-link-service": [
    () => new PrivateLinkService("link", { network, nlbArns: ["arn"], tenants: clusterArgs.tenants }),
  ],
  "regional-gpu-cluster": [() => new RegionalGpuCluster("gpu", { ...clusterArgs, spotMaxPerZone: 1 }), gpuAnswers],
  "hot-tier-redis": [() => new HotTierRedis("hot-tier", hotTierArgs()), hotTierAnswers],
  "proxy-fleet": [() => new ProxyFleet("proxies", proxyArgs()), proxyAnswers],
  "metadata-postgres": [() => new MetadataPostgres("metadata", { network }), database],
  "global-front-door": [() => new GlobalFrontDoor("door", { regions: [frontDoorRegion] }), accelerator],
  "tenant-endpoint": [
    () => new TenantEndpoint("tenant", { vpcs: [tenantVpc], services, dnsName: "inference.acme.internal" }),
    endpoint,
  ],
  observability: [
    () =>
      new Observability("watch", {
        network,
        natGatewayIds: ["nat-1", "nat-2", "nat-3"],
        partAlarmArns: { gpu: ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:a"] },
        costAnomalyUsd: 500,
        collector: {
          image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/prom/prometheus:v3.5.0",
          hotTier: { clusterName: "cache", securityGroupId: "sg-nodes" },
        },
        pagerEmails: ["oncall@example.com"],
        slackWorkspaceId: "T0123456789",
        slackChannelId: "C0123456789",
      }),
    { calls: clusterAnswers.calls },
  ],
};

interface Metric {
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
}

interface Alarm {
  component: string;
  name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the provider's inputs as they were recorded
  inputs: Record<string, any>;
}

/** The names of alarms in an output of ARNs: a list, or lists by region. */
function namesIn(arns: unknown): string[] {
  return typeof arns === "string" ? [arns.split(":").at(-1)!] : Object.values(arns as object).flatMap(namesIn);
}

/** The metrics that an alarm looks at, its own or those of its expression. */
function metricsOf({ inputs }: Alarm): Metric[] {
  const queries = inputs.metricQueries as { metric?: Metric }[] | undefined;
  return queries === undefined
    ? [inputs as Metric]
    : queries.flatMap(({ metric }) => (metric === undefined ? [] : [metric]));
}

/** Whether an alarm is on after these values, oldest first, as CloudWatch evaluates the last N periods (M of N). */
function isOn({ inputs }: Alarm, values: (number | undefined)[]): boolean {
  const periods = inputs.evaluationPeriods as number;
  const needed = (inputs.datapointsToAlarm as number | undefined) ?? periods;
  const threshold = inputs.threshold as number;
  const breaches: Record<string, (value: number) => boolean> = {
    GreaterThanThreshold: (value) => value > threshold,
    GreaterThanOrEqualToThreshold: (value) => value >= threshold,
    LessThanThreshold: (value) => value < threshold,
    LessThanOrEqualToThreshold: (value) => value <= threshold,
  };
  const breached = breaches[inputs.comparisonOperator as string]!;
  return (
    values
      .slice(-periods)
      .filter((value) => (value === undefined ? inputs.treatMissingData === "breaching" : breached(value))).length >=
    needed
  );
}

/** The values that the alarm's figure can take: of its metric, or of the expression over several. */
function range(alarm: Alarm): [number, number] {
  const { namespace, metricName } = metricsOf(alarm)[0]!;
  return alarm.inputs.metricQueries === undefined
    ? knownMetrics[namespace]!.metrics[metricName]!
    : [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
}

function headings(page: string): string[] {
  return existsSync(page) ? [...readFileSync(page, "utf8").matchAll(/^## (.+)$/gm)].map(([, heading]) => heading!) : [];
}

describe("every alarm of every component", () => {
  const alarms: Alarm[] = [];
  const pages: Alarm[] = [];
  /** What components give to composite alarms. */
  const handed: string[] = [];

  beforeAll(async () => {
    for (const [component, [program, answers]] of Object.entries(components)) {
      const { ofType, result } = await recorded(program, { region, ...answers });
      const { alarmArns, troubleAlarmArns } = result as Partial<Record<string, pulumi.Output<unknown>>>;
      const given = troubleAlarmArns ?? alarmArns;
      handed.push(...(given === undefined ? [] : [await valueOf(given)].flatMap(namesIn)));
      const of = (type: string) => ofType(type).map(({ name, inputs }) => ({ component, name, inputs }));
      alarms.push(...of("aws:cloudwatch/metricAlarm:MetricAlarm"));
      pages.push(...of("aws:cloudwatch/compositeAlarm:CompositeAlarm"));
    }
  });

  it("is found: all components make some", () => {
    expect([...new Set(alarms.map(({ component }) => component))]).toEqual(Object.keys(components));
  });

  it("is handed to what pages, but for those that move machines or tell of what tells", () => {
    const paged = pages.flatMap(({ inputs }) =>
      [...(inputs.alarmRule as string).matchAll(/:([^:"]+)"/g)].map(([, name]) => name!),
    );
    const unheard = alarms.map(({ name }) => name).filter((name) => ![...handed, ...paged].includes(name));
    expect(unheard.sort()).toEqual([
      "gpu-gpu-spot-overflow",
      "gpu-gpu-spot-relief",
      "hot-tier-alarm-cpu-high",
      "hot-tier-alarm-cpu-low",
      "hot-tier-alarm-memory-high",
      "hot-tier-alarm-network-high",
      // What a tenant did is the chat's; it is no trouble of the service.
      "link-tenant-acme-quota",
      "link-tenant-acme-rejected",
      "watch-collector-silent",
    ]);
  });

  it("watches a metric that AWS or our agents publish, by dimensions that it is published with", () => {
    const unknown = alarms.flatMap((alarm) =>
      metricsOf(alarm)
        .filter(({ namespace, metricName, dimensions }) => {
          const known = knownMetrics[namespace];
          const asked = Object.keys(dimensions).sort().join();
          const own = namespace === "MRGC/Gpu" && metricName === "vllm:num_requests_running";
          return !(
            known?.dimensions.some((set) => set.join() === asked) === true &&
            (own || metricName in known.metrics)
          );
        })
        .map(
          ({ namespace, metricName, dimensions }) =>
            `${alarm.name}: ${namespace} ${metricName} by ${Object.keys(dimensions).join(", ")}`,
        ),
    );
    expect(unknown).toEqual([]);
  });

  it("goes on in a series that breaches as long as it says, not one period earlier, and off again", () => {
    for (const alarm of alarms) {
      const { evaluationPeriods, datapointsToAlarm, threshold, comparisonOperator } = alarm.inputs as {
        evaluationPeriods: number;
        datapointsToAlarm?: number;
        threshold: number;
        comparisonOperator: string;
      };
      const [low, high] = range(alarm);
      const above = comparisonOperator.startsWith("Greater");
      // The nearest whole values on both sides that the metric can have.
      const [below, over] = [Math.floor(threshold), Math.ceil(threshold)];
      const values = [below - 1, below, threshold, over, over + 1].filter((value) => value >= low && value <= high);
      const bad = above ? Math.max(...values) : Math.min(...values);
      const good = above ? Math.min(...values) : Math.max(...values);
      const series = (length: number) => [...Array<number>(30).fill(good), ...Array<number>(length).fill(bad)];
      expect(isOn(alarm, series(0)), `${alarm.name} is on while all is well`).toBe(false);
      const needed = datapointsToAlarm ?? evaluationPeriods;
      expect(isOn(alarm, series(needed)), `${alarm.name} does not fire`).toBe(true);
      if (needed > 1) {
        expect(isOn(alarm, series(needed - 1)), `${alarm.name} fires early`).toBe(false);
      }
      expect(isOn(alarm, [...series(needed), ...Array<number>(evaluationPeriods).fill(good)])).toBe(false);
    }
  });

  it("leads to a section that stands", () => {
    const broken = [...alarms, ...pages].flatMap(({ name, inputs }) => {
      const link = /Runbook: (docs\/runbooks\/[a-z-]+\.md)#([a-z0-9-]+)$/.exec(inputs.alarmDescription as string);
      return link !== null && headings(join(root, link[1]!)).includes(link[2]!)
        ? []
        : [`${name}: ${inputs.alarmDescription as string}`];
    });
    expect(broken).toEqual([]);
  });

  it("has a description that fits (1,024 characters)", () => {
    expect(alarms.filter(({ inputs }) => (inputs.alarmDescription as string).length > 1024)).toEqual([]);
  });
});

describe("every alert of Prometheus", () => {
  it("leads to a section that stands", () => {
    const broken = ruleGroups
      .flatMap(({ rules }) => rules)
      .flatMap((rule) => {
        if (!("alert" in rule)) {
          return [];
        }
        const [, page, section] = /^Runbook: (.+)#(.+)$/.exec(rule.annotations.runbook) ?? [];
        return headings(join(root, page ?? "")).includes(section ?? "") ? [] : [rule.alert];
      });
    expect(broken).toEqual([]);
  });
});
