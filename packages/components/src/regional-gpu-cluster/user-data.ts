import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, strToU8 } from "fflate";
import { certificateName } from "./envoy-values.ts";
import {
  clusterDimension,
  cloudwatchAgentConfig,
  dcgmFieldsFile,
  gpuFaultMetric,
  gpuMetricNamespace,
  prometheusConfig,
} from "./cloudwatch-agent.ts";
import type { GpuClusterPlan } from "./gpu-cluster-plan.ts";
import { dcgmPort } from "./host-plan.ts";
import { allocatorConfig, hostUnits, kmsProxyConfig } from "./host-units.ts";

/** Names of the lifecycle hooks, which a host ends itself. */
export const lifecycleHooks = { launch: "mrgc-ready", terminate: "mrgc-drain" } as const;

/** A file that cloud-init writes before anything runs. */
export interface HostFile {
  path: string;
  /** Octal, such as `0644`. */
  permissions: string;
  content: string;
}

/** What a host has to know that exists only once its resources do. */
export interface HostSettings {
  certificateSecretArn: string;
  logGroupName: string;
}

/** Programs of a host by the name they are installed under; their sources lie beside this file and are shellchecked. */
export const hostScripts = ["lib", "bootstrap", "agent"] as const;

/** Every file of a host. Secrets are not among them: the host reads those itself. */
export function hostFiles(cluster: string, plan: GpuClusterPlan, settings: HostSettings): HostFile[] {
  const { enclave } = plan.attestation;
  const file = (path: string, content: string, permissions = "0644"): HostFile => ({ path, permissions, content });
  return [
    file("/etc/mrgc/settings", settingsFile(cluster, plan, settings)),
    file("/etc/mrgc/prometheus.json", prometheusConfig(cluster, plan.host)),
    file("/etc/mrgc/cloudwatch-agent.json", cloudwatchAgentConfig(settings.logGroupName, plan.host)),
    file("/etc/mrgc/dcgm-fields.csv", dcgmFieldsFile()),
    ...(enclave === undefined
      ? []
      : [
          file("/etc/nitro_enclaves/allocator.yaml", allocatorConfig(enclave)),
          file("/etc/nitro_enclaves/mrgc-kms-proxy.yaml", kmsProxyConfig(plan.region)),
        ]),
    ...Object.entries(hostUnits(plan.region, plan.host, enclave)).map(([name, content]) =>
      file(`/etc/systemd/system/${name}`, content),
    ),
    ...hostScripts.map((name) => file(`/opt/mrgc/${name}`, hostScript(name), "0755")),
  ];
}

/**
 * The hosts' user data, base64: a cloud-config that writes their files and enables the bootstrap. Gzipped, because EC2 takes
 * 16 KB, by a library whose output is the same on every machine.
 */
export function hostUserData(cluster: string, plan: GpuClusterPlan, settings: HostSettings): string {
  const cloudConfig = {
    write_files: hostFiles(cluster, plan, settings),
    runcmd: [
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", "--no-block", "mrgc-bootstrap.service"],
    ],
  };
  const text = `#cloud-config\n${JSON.stringify(cloudConfig)}\n`;
  return Buffer.from(gzipSync(strToU8(text), { level: 9, mtime: 0 })).toString("base64");
}

/** A program's source. */
export function hostScript(name: (typeof hostScripts)[number]): string {
  return readFileSync(join(import.meta.dirname, "host-scripts", `${name}.sh`), "utf8");
}

/** Values that the scripts read. In single quotes, with each quote of a value taken out of them. */
function settingsFile(cluster: string, plan: GpuClusterPlan, settings: HostSettings): string {
  const { host, attestation, fleet } = plan;
  const { enclave } = attestation;
  const values: Record<string, string | number> = {
    CLUSTER: cluster,
    REGION: plan.region,
    CERTIFICATE_SECRET: settings.certificateSecretArn,
    CERTIFICATE_NAME: certificateName,
    MODEL_IMAGE: host.modelImage,
    MODEL_PORT: host.modelPort,
    MODEL_HEALTH_PATH: host.modelHealthPath,
    MODEL_METRICS_PORT: host.modelMetricsPort,
    IN_FLIGHT_METRIC: host.inFlightMetric,
    DCGM_IMAGE: host.dcgmExporterImage,
    DCGM_PORT: dcgmPort,
    GPUS: fleet.types[0]?.gpu?.count ?? 1,
    ENCLAVE_IMAGE: enclave === undefined ? "" : `s3://${enclave.imageBucket}/${enclave.imageKey}`,
    LAUNCH_HOOK: lifecycleHooks.launch,
    TERMINATE_HOOK: lifecycleHooks.terminate,
    DRAIN_SECONDS: fleet.drainSeconds,
    METRIC_NAMESPACE: gpuMetricNamespace,
    FAULT_METRIC: gpuFaultMetric,
    CLUSTER_DIMENSION: clusterDimension,
  };
  return Object.entries(values)
    .map(([key, value]) => `${key}='${String(value).replace(/'/g, `'\\''`)}'\n`)
    .join("");
}
