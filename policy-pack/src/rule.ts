import type { EnforcementLevel, PolicyConfigSchema, PolicyResourceOptions, Severity } from "@pulumi/policy";
import type { Field } from "./model/field.ts";
import type { Graph, GraphNode } from "./graph/graph.ts";

/** The families of the catalogue; a rule's folder has its family's name. */
export const families = {
  "private-placement": "Private placement",
  exposure: "Exposure",
  privatelink: "PrivateLink",
  "encryption-at-rest": "Encryption at rest",
  "encryption-in-transit": "Encryption in transit",
  keys: "Keys and attestation",
  hosts: "Hosts",
  workloads: "Containers and Kubernetes workloads",
  iam: "IAM",
  logging: "Logging",
  deletion: "Backup and deletion safety",
  resilience: "Resilience",
  tagging: "Tagging",
  cost: "Cost and quota",
  change: "Change safety",
} as const;
export type Family = keyof typeof families;

/** Sets of rules that are switched on together. `baseline` is what the pack does when nothing is said. */
export const presetNames = ["baseline", "strict", "pci", "hipaa"] as const;
export type PresetName = (typeof presetNames)[number];

/** Controls of public standards that a rule answers, by their own ids. */
export interface Frameworks {
  /** CIS Amazon Web Services Foundations Benchmark 3.0, CIS EKS 1.5 ("EKS 5.4.1") or Kubernetes ("K8S 5.2.1"). */
  cis?: string[];
  /** AWS Foundational Security Best Practices, such as `EC2.15`. */
  fsbp?: string[];
  /** NIST SP 800-53 revision 5, such as `SC-7`. */
  nist?: string[];
  /** PCI DSS 4.0 requirement, such as `1.3.1`. */
  pci?: string[];
  /** HIPAA Security Rule, such as `164.312(e)(1)`. */
  hipaa?: string[];
  /** Checks of checkov that ask the same. Where ours is stricter on purpose, `test/fixtures.test.ts` names the fixtures and the reason. */
  checkov?: string[];
}

/** Where a rule found something, and what. */
export interface Finding {
  /** Property path on the resource, or empty when the resource as a whole is meant. */
  readonly path: string;
  /** What is there, in a few words. Never a property's value: policies get secrets as plain text. */
  readonly detail: string;
  /** URN of the resource, for stack rules. */
  readonly urn?: string;
}

/**
 * The types that a property has to come from for an open question to be settled in the rule's favour (`"*"` for any resource of
 * the stack), or a test of the whole node.
 */
export type Settlement = readonly string[] | ((node: GraphNode) => boolean);

/** A property that decides and is not known yet. */
export interface OpenQuestion extends Finding {
  /** What settles the question by the dependencies known at preview. */
  readonly settledBy?: Settlement;
}

/** Collects what a rule finds. Nothing reported means that the rule holds. */
export interface Report {
  broken(at: Field | string, detail: string, urn?: string): void;
  cannotTell(at: Field | string, detail?: string, settledBy?: Settlement, urn?: string): void;
}

interface RuleBase {
  /** Name of the policy: kebab-case, unique, stable (it is what configuration and suppressions name). */
  readonly id: string;
  readonly family: Family;
  readonly severity: Severity;
  /** What must hold, as one sentence. */
  readonly what: string;
  /** Why it matters: what happens where it does not hold. */
  readonly why: string;
  /** What to write to make it hold. */
  readonly mend: string;
  readonly frameworks: Frameworks;
  /** Presets in which the rule is mandatory. In the others it is disabled. */
  readonly presets: readonly PresetName[];
  /** The level in those presets, when it is not `mandatory`. */
  readonly level?: EnforcementLevel;
  /** Settings of the rule, with a default each. */
  readonly config?: PolicyConfigSchema;
}

/** What a resource rule sees of one resource, before it is created or changed. */
export interface ResourceUnderTest {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Field;
  readonly opts: Pick<PolicyResourceOptions, "protect" | "deleteBeforeReplace" | "ignoreChanges">;
  /** Settings of the provider that makes it, such as `defaultTags`. */
  readonly provider: Field;
}

/** A rule about one resource at a time. It stops a preview and, on `up`, the creation itself. */
export interface ResourceRule extends RuleBase {
  readonly scope: "resource";
  /** Exact type tokens; `"*"` for all. */
  readonly types: readonly string[] | "*";
  check(resource: ResourceUnderTest, report: Report, config: RuleConfig): void;
  /** Adds what can be derived. Runs only at level `remediate`; changes `props` in place and says whether it did. */
  remediate?(props: Record<string, unknown>, resource: ResourceUnderTest, config: RuleConfig): boolean;
}

/** A rule about how the resources of a stack belong together. It runs after all steps: preview is its gate. */
export interface StackRule extends RuleBase {
  readonly scope: "stack";
  check(graph: Graph, report: Report, config: RuleConfig): void;
}

export type Rule = ResourceRule | StackRule;

/** A rule's settings with its defaults filled in. */
export type RuleConfig = Readonly<Record<string, unknown>>;

export function resourceRule(rule: Omit<ResourceRule, "scope">): ResourceRule {
  return { ...rule, scope: "resource" };
}

export function stackRule(rule: Omit<StackRule, "scope">): StackRule {
  return { ...rule, scope: "stack" };
}
