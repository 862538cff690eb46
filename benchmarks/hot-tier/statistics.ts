/** The value below which the share `q` of the numbers lies. */
export function quantile(numbers: readonly number[], q: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** The middle one, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** How long single operations took, in milliseconds. */
export interface Latencies {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly worst: number;
}

export function latencies(ms: readonly number[]): Latencies {
  const rounded = (q: number): number => round(quantile(ms, q));
  return { count: ms.length, p50: rounded(0.5), p99: rounded(0.99), p999: rounded(0.999), worst: rounded(1) };
}

/** Two digits after the point. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** `median 4.8, worst 5.1 (4.8, 5.1, 4.7)` */
export function describe(numbers: readonly number[], unit: string): string {
  const list = numbers.map((number) => number.toFixed(1)).join(", ");
  return `median ${median(numbers).toFixed(1)} ${unit}, worst ${Math.max(...numbers).toFixed(1)} ${unit} (${list})`;
}
