import type { EnforcementLevel, PolicyConfigSchema, PolicyResourceOptions, Severity } from "@pulumi/policy";
import type { Field } from "./model/field.ts";
import type { Graph, GraphNode } from "./graph/graph.ts";

/** The families of the catalogue; a rule's folder has its family's name. */
export const families = {
  /** What has to lie in private subnets. */
  "private-placement": "Private placement",
  /** What the internet, or anybody at all, could reach. */
  exposure: "Exposure",
  /** Who may connect to endpoint services, and where endpoints stand. */
  privatelink: "PrivateLink",
  /** What is stored is encrypted, with a key of the customer. */
  "encryption-at-rest": "Encryption at rest",
  /** What is sent is encrypted. */
  "encryption-in-transit": "Encryption in transit",
  /** Who uses and administers keys, and what attestation they ask for. */
  keys: "Keys and attestation",
  /** Machines: IMDSv2, no SSH, images. */
  hosts: "Hosts",
  /** Containers and pods, and what they may do to their hosts. */
  workloads: "Containers and Kubernetes workloads",
  /** Rights: whom roles trust and what they allow. */
  iam: "IAM",
  /** What is written down, where and for how long. */
  logging: "Logging",
  /** What a deletion or a fault could lose. */
  deletion: "Backup and deletion safety",
  /** What the loss of a zone could stop. */
  resilience: "Resilience",
  /** Tags that people and bills need. */
  tagging: "Tagging",
  /** What costs more than it has to, or than the budget. */
  cost: "Cost and quota",
  /** Changes that would interrupt the data path. */
  change: "Change safety",
} as const;
/** A family by its folder's name. */
export type Family = keyof typeof families;

/** Sets of rules that are switched on together. `baseline` is what the pack does when nothing is said. */
export const presetNames = ["baseline", "strict", "pci", "hipaa"] as const;
/** A preset by its name. */
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
  /** The rule does not hold there. `urn` only in stack rules: the resource that breaks it. */
  broken(at: Field | string, detail: string, urn?: string): void;
  /**
   * A property decides that is not known before `up`. Without an answer the rule neither holds nor fails; `settledBy` lets known dependencies settle it.
   */
  cannotTell(at: Field | string, detail?: string, settledBy?: Settlement, urn?: string): void;
}

interface RuleBase {
  /** Name of the policy: kebab-case, unique, stable (it is what configuration and suppressions name). */
  readonly id: string;
  /** Which family of the catalogue it belongs to. */
  readonly family: Family;
  /** How bad it is where it does not hold, as Pulumi shows it. */
  readonly severity: Severity;
  /** What must hold, as one sentence. */
  readonly what: string;
  /** Why it matters: what happens where it does not hold. */
  readonly why: string;
  /** What to write to make it hold. */
  readonly mend: string;
  /** Controls of public standards that it answers. */
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
  /** Type token, such as `aws:ec2/volume:Volume`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** URN: stack, parents' types, type and name. */
  readonly urn: string;
  /** What the program asked for. */
  readonly props: Field;
  /** The resource's options that rules ask about. */
  readonly opts: Pick<PolicyResourceOptions, "protect" | "deleteBeforeReplace" | "ignoreChanges">;
  /** Settings of the provider that makes it, such as `defaultTags`. */
  readonly provider: Field;
}

/** A rule about one resource at a time. It stops a preview and, on `up`, the creation itself. */
export interface ResourceRule extends RuleBase {
  /** Says that it judges one resource at a time. */
  readonly scope: "resource";
  /** Exact type tokens; `"*"` for all. */
  readonly types: readonly string[] | "*";
  /** Reports what is broken or open. Must not throw: a rule that throws is itself a finding. */
  check(resource: ResourceUnderTest, report: Report, config: RuleConfig): void;
  /** Adds what can be derived. Runs only at level `remediate`; changes `props` in place and says whether it did. */
  remediate?(props: Record<string, unknown>, resource: ResourceUnderTest, config: RuleConfig): boolean;
}

/** A rule about how the resources of a stack belong together. It runs after all steps: preview is its gate. */
export interface StackRule extends RuleBase {
  /** Says that it judges the stack as a whole. */
  readonly scope: "stack";
  /** Reports what is broken or open in the stack. Linear in the number of resources: real stacks have thousands. */
  check(graph: Graph, report: Report, config: RuleConfig): void;
}

/** A rule of the catalogue. */
export type Rule = ResourceRule | StackRule;

/** A rule's settings with its defaults filled in. */
export type RuleConfig = Readonly<Record<string, unknown>>;

/** Makes a rule about one resource at a time. */
export function resourceRule(rule: Omit<ResourceRule, "scope">): ResourceRule {
  return { ...rule, scope: "resource" };
}

/** Makes a rule about a whole stack. */
export function stackRule(rule: Omit<StackRule, "scope">): StackRule {
  return { ...rule, scope: "stack" };
}
