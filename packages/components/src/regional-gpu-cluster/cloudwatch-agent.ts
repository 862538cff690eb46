import { dcgmPort, type HostPlan } from "./host-plan.ts";

/** Namespace of the hosts' metrics in CloudWatch. */
export const gpuMetricNamespace = "MRGC/Gpu";
/** Dimension that all hosts of a cluster share, so that every group is scaled to the same load. */
export const clusterDimension = "Cluster";
/** DCGM's field for the use of a GPU, percent. */
export const gpuUseMetric = "DCGM_FI_DEV_GPU_UTIL";
/** Faults that hosts found in themselves; they are replaced. */
export const gpuFaultMetric = "GpuFault";

/** DCGM fields that the host exports for Prometheus and CloudWatch, with their meaning. */
const dcgmFields: Record<string, string> = {
  [gpuUseMetric]: "GPU utilization (in %).",
  DCGM_FI_DEV_MEM_COPY_UTIL: "Memory utilization (in %).",
  DCGM_FI_DEV_FB_USED: "Framebuffer memory used (in MiB).",
  DCGM_FI_DEV_GPU_TEMP: "GPU temperature (in C).",
  DCGM_FI_DEV_POWER_USAGE: "Power draw (in W).",
  DCGM_FI_DEV_XID_ERRORS: "Value of the last XID error encountered.",
  DCGM_FI_DEV_ECC_DBE_VOL_TOTAL: "Double-bit volatile ECC errors.",
  DCGM_FI_DEV_ROW_REMAP_FAILURE: "Whether remapping of rows has failed.",
};

/** The exporter's list of fields: name, Prometheus type, help. */
export function dcgmFieldsFile(): string {
  return Object.entries(dcgmFields)
    .map(([field, help]) => `${field}, gauge, ${help}\n`)
    .join("");
}

/** Where the agent reads metrics from: Prometheus' own configuration, JSON being YAML. */
export function prometheusConfig(cluster: string, host: HostPlan): string {
  const job = (name: string, port: number) => ({
    job_name: name,
    static_configs: [{ targets: [`127.0.0.1:${port}`], labels: { [clusterDimension]: cluster } }],
  });
  return JSON.stringify({
    global: { scrape_interval: "30s", scrape_timeout: "10s" },
    scrape_configs: [job("dcgm", dcgmPort), job("model", host.modelMetricsPort)],
  });
}

/** The CloudWatch agent's configuration: the metrics above, as one line of the log each, from which CloudWatch makes them. */
export function cloudwatchAgentConfig(logGroupName: string, host: HostPlan): string {
  const declaration = (job: string, metrics: string[]) => ({
    source_labels: ["job"],
    label_matcher: `^${job}$`,
    dimensions: [[clusterDimension]],
    metric_selectors: metrics.map((metric) => `^${metric}$`),
  });
  return JSON.stringify({
    agent: { metrics_collection_interval: 60 },
    logs: {
      metrics_collected: {
        prometheus: {
          prometheus_config_path: "/etc/mrgc/prometheus.json",
          log_group_name: logGroupName,
          log_stream_name: "metrics-{instance_id}",
          emf_processor: {
            metric_namespace: gpuMetricNamespace,
            metric_declaration: [
              declaration("dcgm", Object.keys(dcgmFields)),
              declaration("model", [host.inFlightMetric]),
            ],
          },
        },
      },
    },
  });
}
