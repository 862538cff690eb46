/** An endpoint to look at. */
export interface ProbeTarget {
  /** Dimension `Endpoint` of the metric. */
  key: string;
  /** Such as `http://vpce-0123.vpce-svc-0123.us-east-1.vpce.amazonaws.com:8080/health`. */
  url: string;
}

/** What a look found. */
export interface ProbeResult {
  key: string;
  healthy: boolean;
  /** Milliseconds until the answer was there; left out without one. */
  latencyMs?: number;
  /** Why it is not healthy. */
  problem?: string;
}

/** Namespace of the probe's metrics. */
export const probeNamespace = "Mrgc/TenantEndpoint";

/** Asks one endpoint's health, on a connection of its own: a kept one would not see that new ones fail. */
export async function probe(target: ProbeTarget, timeoutMs: number): Promise<ProbeResult> {
  const started = performance.now();
  try {
    const answer = await fetch(target.url, {
      signal: AbortSignal.timeout(timeoutMs),
      headers: { connection: "close" },
    });
    await answer.arrayBuffer();
    const latencyMs = performance.now() - started;
    return answer.ok
      ? { key: target.key, healthy: true, latencyMs }
      : { key: target.key, healthy: false, latencyMs, problem: `HTTP ${answer.status}` };
  } catch (error) {
    return { key: target.key, healthy: false, problem: describe(error) };
  }
}

/** A result as a log line that CloudWatch turns into metrics: of standard resolution, because Route 53 follows no other. */
export function metricLine(result: ProbeResult, now: number): string {
  const { key, healthy, latencyMs, problem } = result;
  const Metrics = [
    { Name: "Healthy" },
    ...(latencyMs === undefined ? [] : [{ Name: "LatencyMs", Unit: "Milliseconds" }]),
  ];
  const CloudWatchMetrics = [{ Namespace: probeNamespace, Dimensions: [["Endpoint"]], Metrics }];
  const line = { _aws: { Timestamp: now, CloudWatchMetrics }, Endpoint: key, Healthy: healthy ? 1 : 0 };
  return `${JSON.stringify({ ...line, LatencyMs: latencyMs, problem })}\n`;
}

function describe(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
