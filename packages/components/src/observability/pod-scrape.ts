/**
 * What is kept of the proxies' Envoys, because a rule or a panel asks for it. An Envoy that speaks Redis has thousands of series,
 * a thousand proxies have millions, and a sample that nobody asks for costs the same.
 */
export const keptProxyMetrics = [
  "envoy_cluster_membership_healthy",
  "envoy_cluster_upstream_cx_active",
  "envoy_redis_command_error",
  "envoy_redis_command_latency_bucket",
  "envoy_redis_command_total",
];

/**
 * What AWS' scraper reads in an EKS cluster: pods with a port named `metrics`, as job of their app's name. Of Envoy's metrics those
 * that are asked for, of other pods everything.
 */
export function podScrapeFile(region: string): string {
  return JSON.stringify({
    global: { scrape_interval: "30s", external_labels: { region } },
    scrape_configs: [
      {
        job_name: "pods",
        kubernetes_sd_configs: [{ role: "pod" }],
        relabel_configs: [
          { source_labels: ["__meta_kubernetes_pod_container_port_name"], regex: "metrics", action: "keep" },
          { source_labels: ["__meta_kubernetes_pod_label_app"], target_label: "job" },
          { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
          { source_labels: ["__meta_kubernetes_pod_node_name"], target_label: "node" },
        ],
        metric_relabel_configs: [
          {
            source_labels: ["__name__"],
            regex: keptProxyMetrics.join("|"),
            target_label: "__tmp_asked",
            replacement: "yes",
          },
          { source_labels: ["__tmp_asked", "__name__"], regex: ";envoy_.+", action: "drop" },
          { regex: "__tmp_asked", action: "labeldrop" },
        ],
      },
    ],
  });
}
