import type { Problem } from "./refusal.ts";

/** Days that CloudWatch Logs can keep events; it rejects every other number (PutRetentionPolicy of its API reference). */
const logRetentions: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/**
 * What is wrong with an argument that says how long logs are kept.
 *
 * @param days as given; left out, the default holds
 * @param path where it stands in the caller's arguments
 */
export function logRetentionProblems(days: number | undefined, path = "logRetentionDays"): Problem[] {
  if (days === undefined || logRetentions.includes(days)) {
    return [];
  }
  const atLeast = logRetentions.find((allowed) => allowed > days) ?? Math.max(...logRetentions);
  return [
    {
      path,
      value: days,
      reason: `is no time that CloudWatch Logs keeps events for: ${logRetentions.join(", ")} days`,
      mend: `Take one of them, such as ${atLeast}.`,
    },
  ];
}
