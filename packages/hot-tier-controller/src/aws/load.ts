import { GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { LoadSample } from "../scaling/policy.ts";

const minutesBack = 20;
const secondsPerMinute = 60;

/**
 * The cluster's averages of the last 20 minutes, oldest first; a minute with a missing metric is left out, so that the
 * policy waits rather than guesses.
 *
 * @param networkBaselineBitsPerSecond of the instance type: 6.25 Gbps for r6i.4xlarge (E23)
 */
export async function readLoad(
  cloudWatch: CloudWatchClient,
  cluster: string,
  dataBytes: number,
  networkBaselineBitsPerSecond: number,
  now: Date,
): Promise<LoadSample[]> {
  const minuteMs = secondsPerMinute * 1_000;
  const end = Math.floor(now.getTime() / minuteMs) * minuteMs;
  const query = (Id: string, MetricName: string) => ({
    Id,
    MetricStat: {
      Metric: { Namespace: "Mrgc/HotTier", MetricName, Dimensions: [{ Name: "Cluster", Value: cluster }] },
      Period: secondsPerMinute,
      Stat: "Average",
    },
  });
  const { MetricDataResults = [] } = await cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [query("cpu", "CPUUtilization"), query("network", "NetworkBytesOut")],
      StartTime: new Date(end - minutesBack * minuteMs),
      EndTime: new Date(end),
      ScanBy: "TimestampAscending",
    }),
  );
  const series = (id: string): Map<number, number> => {
    const result = MetricDataResults.find((candidate) => candidate.Id === id);
    return new Map((result?.Timestamps ?? []).map((time, index) => [time.getTime(), result?.Values?.[index] ?? 0]));
  };
  const network = series("network");
  return [...series("cpu")].flatMap(([time, cpuPercent]): LoadSample[] => {
    const bytes = network.get(time);
    return bytes === undefined
      ? []
      : [
          {
            atSeconds: time / 1_000,
            cpuPercent,
            dataBytes,
            networkPercent: (bytes * 8 * 100) / networkBaselineBitsPerSecond,
          },
        ];
  });
}
