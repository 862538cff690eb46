import type { PolicyConfigSchema } from "@pulumi/policy";

/** The type token under which a program registers a suppression (see `suppress.ts`). */
export const suppressionType = "mrgc:policy:Suppression";

/** An exception from one rule for one resource, that somebody answers for and that ends. */
export interface Suppression {
  /** The rule's id. */
  readonly rule: string;
  /** The resource's logical name or URN; a trailing `*` stands for any ending. */
  readonly resource: string;
  /** Why the exception is right. */
  readonly reason: string;
  /** Who answers for it: a person or team. */
  readonly owner: string;
  /** The last day on which it counts, as `2027-03-31`. */
  readonly expires: string;
}

/** What is wrong with a suppression as it was written. */
export function suppressionProblem(suppression: Partial<Suppression>, today: string): string | undefined {
  for (const key of ["rule", "resource", "reason", "owner", "expires"] as const) {
    const value = suppression[key];
    if (typeof value !== "string" || value.trim() === "") {
      return `has no ${key}`;
    }
  }
  const expires = suppression.expires ?? "";
  if (!/^\d{4}-\d{2}-\d{2}$/.test(expires) || Number.isNaN(Date.parse(expires))) {
    return "has an `expires` that is no date like 2027-03-31";
  }
  return expires < today ? `expired on ${expires}` : undefined;
}

/** Whether a suppression speaks about a resource. */
export function covers(suppression: Pick<Suppression, "resource">, resource: { urn: string; name: string }): boolean {
  const pattern = suppression.resource;
  if (pattern.endsWith("*") && pattern.length > 1) {
    const start = pattern.slice(0, -1);
    return resource.name.startsWith(start) || resource.urn.startsWith(start);
  }
  return pattern === resource.name || pattern === resource.urn;
}

const text = (description: string) => ({ type: "string" as const, description });

/** The setting that every rule has beside its own. */
export const suppressConfigSchema: PolicyConfigSchema["properties"][string] = {
  type: "array",
  description: "Exceptions from this rule, each with a reason, an owner and an end.",
  items: {
    type: "object",
    properties: {
      resource: text("Logical name or URN; a trailing * stands for any ending."),
      reason: text("Why the exception is right."),
      owner: text("Who answers for it."),
      expires: text("Last day on which it counts, as 2027-03-31."),
    },
    required: ["resource", "reason", "owner", "expires"],
  },
};
