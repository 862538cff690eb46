import { isEcrImage } from "../shared/ecr-image.ts";
import { refuseAll, type Problem } from "../shared/refusal.ts";
import type { TracingPlan } from "./envoy-tracing.ts";

/** Addresses in a DNS answer of Route 53 (multivalue routing): a name with more hosts would show a random eight of them. */
export const addressesPerName = 8;

/** Ports of a router task. */
export const routerPorts = { tls: 8443, health: 8080, metrics: 9902 } as const;

/** CPU units that Fargate sells, and the memory in MiB from, to and in steps of (AWS Fargate task sizes). */
const taskSizes: Record<number, { from: number; to: number; step: number }> = {
  512: { from: 1024, to: 4096, step: 1024 },
  1024: { from: 2048, to: 8192, step: 1024 },
  2048: { from: 4096, to: 16_384, step: 1024 },
  4096: { from: 8192, to: 30_720, step: 1024 },
};

/** The part of the arguments that the router is planned from. */
export interface RouterArgs {
  routerImage?: string;
  routerCpuUnits?: number;
  routerMemoryMib?: number;
  routerMaxTasksPerZone?: number;
  routerRequestsPerMinute?: number;
  requestTimeoutSeconds?: number;
  modelPort?: number;
  modelHealthPath?: string;
  traceSamplingPercent?: number;
}

export interface RouterPlan {
  readonly image: string;
  /** Whether the image comes over the internet; ECR is reached through the VPC's endpoints. */
  readonly imageFromInternet: boolean;
  readonly cpuUnits: number;
  readonly memoryMib: number;
  readonly maxTasksPerZone: number;
  readonly requestsPerMinute: number;
  readonly requestTimeoutSeconds: number;
  readonly modelPort: number;
  readonly modelHealthPath: string;
  /** Cloud Map names under which a zone's GPU hosts are found, by zone ID: each holds at most eight. */
  readonly gpuNames: Readonly<Record<string, readonly string[]>>;
  /** Cloud Map name of a zone's router tasks, by zone ID. */
  readonly routerNames: Readonly<Record<string, string>>;
  /** The private DNS namespace that those names are in. */
  readonly namespace: string;
  /** Left out, nothing is traced. */
  readonly tracing?: TracingPlan;
}

/** Silence after which PrivateLink forgets a connection, seconds (correction E8). */
const privateLinkIdleSeconds = 350;

/**
 * Sizes the router and names what it finds its GPU hosts by.
 *
 * @param hostsPerZone GPU hosts of a zone at most
 * @throws PlanRefusedError for a size that Fargate does not sell, or more tasks than a DNS answer holds
 */
export function routerPlan(
  args: RouterArgs,
  name: string,
  region: string,
  zoneIds: readonly string[],
  hostsPerZone: number,
): RouterPlan {
  const image = args.routerImage ?? "envoyproxy/envoy:distroless-v1.40.0";
  const cpuUnits = args.routerCpuUnits ?? 1024;
  const memoryMib = args.routerMemoryMib ?? 2048;
  const maxTasksPerZone = args.routerMaxTasksPerZone ?? 4;
  const requestsPerMinute = args.routerRequestsPerMinute ?? 3000;
  const requestTimeoutSeconds = args.requestTimeoutSeconds ?? 300;
  const modelPort = args.modelPort ?? 8443;
  const modelHealthPath = args.modelHealthPath ?? "/health";
  const traceSamplingPercent = args.traceSamplingPercent ?? 0;
  const size = taskSizes[cpuUnits];
  const problems: Problem[] = [];
  const check = (holds: boolean, path: string, value: unknown, reason: string, mend: string): void => {
    if (!holds) {
      problems.push({ path, value, reason, mend });
    }
  };
  const whole = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  check(
    size !== undefined,
    "routerCpuUnits",
    cpuUnits,
    `has to be one of ${Object.keys(taskSizes).join(", ")}`,
    "1024 is one vCPU.",
  );
  check(
    size === undefined || (whole(memoryMib, size.from, size.to) && memoryMib % size.step === 0),
    "routerMemoryMib",
    memoryMib,
    `has to be from ${size?.from} to ${size?.to} in steps of ${size?.step} beside ${cpuUnits} CPU units: Fargate sells no other task`,
    "Choose such a size.",
  );
  check(
    whole(maxTasksPerZone, 1, addressesPerName),
    "routerMaxTasksPerZone",
    maxTasksPerZone,
    `has to be a whole number from 1 to ${addressesPerName}, which is what a DNS answer holds`,
    "Make tasks larger rather than more.",
  );
  check(
    whole(requestsPerMinute, 1, 1_000_000),
    "routerRequestsPerMinute",
    requestsPerMinute,
    "has to be a whole number from 1",
    "Measure what a task carries.",
  );
  check(
    whole(requestTimeoutSeconds, 1, privateLinkIdleSeconds - 1),
    "requestTimeoutSeconds",
    requestTimeoutSeconds,
    `has to be a whole number from 1 to ${privateLinkIdleSeconds - 1}: PrivateLink forgets a connection that is silent for ${privateLinkIdleSeconds} s (correction E8)`,
    "Stream longer answers.",
  );
  check(whole(modelPort, 1024, 65_535), "modelPort", modelPort, "has to be a port from 1024 to 65535", "Take 8443.");
  check(
    /^\/[\w./-]*$/.test(modelHealthPath),
    "modelHealthPath",
    modelHealthPath,
    "has to be a path that begins with /",
    "Take `/health`.",
  );
  check(
    traceSamplingPercent >= 0 && traceSamplingPercent <= 100,
    "traceSamplingPercent",
    traceSamplingPercent,
    "has to be a share of requests from 0 to 100",
    "1 shows where time goes; 0 traces nothing.",
  );
  refuseAll(problems);

  const namesPerZone = Math.max(1, Math.ceil(hostsPerZone / addressesPerName));
  return {
    image,
    imageFromInternet: !isEcrImage(image),
    cpuUnits,
    memoryMib,
    maxTasksPerZone,
    requestsPerMinute,
    requestTimeoutSeconds,
    modelPort,
    modelHealthPath,
    gpuNames: Object.fromEntries(
      zoneIds.map((zoneId) => [zoneId, Array.from({ length: namesPerZone }, (_, index) => `gpu-${zoneId}-${index}`)]),
    ),
    routerNames: Object.fromEntries(zoneIds.map((zoneId) => [zoneId, routerName(zoneId)])),
    namespace: `${name}.mrgc.internal`,
    ...(traceSamplingPercent > 0 ? { tracing: { region, samplingPercent: traceSamplingPercent } } : {}),
  };
}

/** Cloud Map name of a zone's router tasks. */
export function routerName(zoneId: string): string {
  return `router-${zoneId}`;
}
