import { setTimeout as sleep } from "node:timers/promises";
import { metricLine, probe, type ProbeTarget } from "./probe.ts";

/** Called once a minute; looks at every target each interval until the minute is over. */
export async function handler(): Promise<void> {
  const targets = JSON.parse(process.env.TARGETS ?? "[]") as ProbeTarget[];
  const intervalMs = Number(process.env.INTERVAL_SECONDS) * 1000;
  const rounds = Math.floor(60_000 / intervalMs);
  for (let round = 0; round < rounds; round++) {
    const next = sleep(round === rounds - 1 ? 0 : intervalMs);
    const results = await Promise.all(targets.map((target) => probe(target, Math.min(intervalMs, 5_000))));
    for (const result of results) {
      // As it is: `console` would wrap the line, and the metrics would be lost.
      process.stdout.write(metricLine(result, Date.now()));
    }
    await next;
  }
}
