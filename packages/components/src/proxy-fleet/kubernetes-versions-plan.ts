import { refuse } from "../shared/refusal.ts";

/** When EKS supports a Kubernetes version. Dates are days in UTC. */
export interface SupportWindow {
  version: string;
  /** Last day of standard support. */
  standardUntil: string;
}

/**
 * EKS's support windows (endoflife.date, 2026-08-22; correction E35). 1.28 of the source documents ended on 2025-11-26.
 * 1.37 is offered, but its dates were not published then: add its row when they are.
 */
export const supportWindows: readonly SupportWindow[] = [
  { version: "1.33", standardUntil: "2026-07-29" },
  { version: "1.34", standardUntil: "2026-12-02" },
  { version: "1.35", standardUntil: "2027-03-27" },
  { version: "1.36", standardUntil: "2027-08-02" },
];

/** Days before the end of standard support from which a preview warns. */
const warnDays = 90;
const dayMs = 86_400_000;

/** A version that a cluster can be made with today. */
export interface KubernetesVersionPlan {
  version: string;
  standardUntil: string;
  /** What to tell the person, when the end is near. */
  warning?: string;
}

/**
 * Chooses or checks the Kubernetes version.
 *
 * @param requested a minor version such as `1.36`; default: the newest of `supportWindows`
 * @param today for the warning
 * @throws PlanRefusedError for a version that is not in standard support: EKS would upgrade the cluster by itself
 */
export function planKubernetesVersion(requested: string | undefined, today: Date): KubernetesVersionPlan {
  const newest = supportWindows.at(-1)?.version ?? "";
  const version = requested ?? newest;
  const window = supportWindows.find((candidate) => candidate.version === version);
  const supported = supportWindows.filter(({ standardUntil }) => daysUntil(standardUntil, today) >= 0);
  if (window === undefined || !supported.includes(window)) {
    refuse({
      path: "kubernetesVersion",
      value: version,
      reason:
        window === undefined
          ? `EKS's standard support is known for ${supported.map((candidate) => candidate.version).join(", ")}`
          : `Its standard support ended on ${window.standardUntil}`,
      mend: `Set ${newest}, or leave it out.`,
    });
  }
  const left = daysUntil(window.standardUntil, today);
  return {
    version,
    standardUntil: window.standardUntil,
    ...(left <= warnDays
      ? {
          warning: `Kubernetes ${version} leaves EKS's standard support on ${window.standardUntil}, in ${left} days: plan the upgrade to ${newest}.`,
        }
      : {}),
  };
}

function daysUntil(day: string, today: Date): number {
  return Math.floor((Date.parse(`${day}T23:59:59Z`) - today.getTime()) / dayMs);
}
