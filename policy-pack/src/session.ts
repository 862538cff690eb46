import { groupBy } from "./model/group-by.ts";
import type { Finding, OpenQuestion, Rule, RuleConfig } from "./rule.ts";
import { covers, type Suppression, suppressionProblem } from "./suppressions/suppression.ts";

/** A question that a rule left open, with who asked it about what. */
export interface PendingQuestion extends OpenQuestion {
  readonly rule: Rule;
  readonly urn: string;
}

/**
 * What the policies of one pack know together during one run: the inputs of every resource seen, the questions left
 * open, and the suppressions.
 */
export class Session {
  readonly #inputs = new Map<string, Record<string, unknown>>();
  readonly #questions = new Map<string, PendingQuestion[]>();
  readonly #declared = new Map<string, Suppression>();
  readonly #used = new Map<string, Suppression>();
  readonly #today: () => string;

  /** @param today the date that suppressions are measured by, as `2026-11-21`; a function, because a run may be long */
  constructor(today: () => string = () => new Date().toISOString().slice(0, 10)) {
    this.#today = today;
  }

  /** Inputs by URN of every resource seen in this run. */
  get inputs(): ReadonlyMap<string, Record<string, unknown>> {
    return this.#inputs;
  }

  /** Keeps the inputs of a resource for the stack rules. */
  remember(urn: string, inputs: Record<string, unknown>): void {
    this.#inputs.set(urn, inputs);
  }

  /** Replaces what a rule left open about a resource: on `up` the same rule runs again and knows more. */
  ask(rule: Rule, urn: string, questions: readonly OpenQuestion[]): void {
    const key = `${rule.id} ${urn}`;
    if (questions.length === 0) {
      this.#questions.delete(key);
    } else {
      this.#questions.set(
        key,
        questions.map((question) => ({ ...question, rule, urn })),
      );
    }
  }

  /** Replaces what a stack rule left open. */
  askStack(rule: Rule, questions: readonly OpenQuestion[]): void {
    for (const key of [...this.#questions.keys()].filter((known) => known.startsWith(`${rule.id} `))) {
      this.#questions.delete(key);
    }
    for (const [urn, group] of groupBy(questions, (question) => question.urn ?? "")) {
      this.ask(rule, urn, group);
    }
  }

  /** All open questions. */
  questions(): PendingQuestion[] {
    return [...this.#questions.values()].flat();
  }

  /** Takes a suppression that the program registered. */
  declare(suppression: Suppression): void {
    this.#declared.set(`${suppression.rule} ${suppression.resource}`, suppression);
  }

  /** The suppressions that the program registered. */
  declared(): Suppression[] {
    return [...this.#declared.values()];
  }

  /** The suppressions that covered a finding, with the resource that each covered. */
  used(): Suppression[] {
    return [...this.#used.values()];
  }

  /** The date that suppressions are measured by, as `2026-11-21`. */
  get today(): string {
    return this.#today();
  }

  /** The messages for those findings that no valid suppression covers. */
  unsuppressed(
    rule: Rule,
    config: RuleConfig,
    resource: { urn: string; name: string },
    findings: readonly Finding[],
  ): string[] {
    const configured = Array.isArray(config["suppress"]) ? (config["suppress"] as Partial<Suppression>[]) : [];
    if (findings.length === 0 && configured.length === 0) {
      return [];
    }
    const candidates = [...configured.map((entry) => ({ ...entry, rule: rule.id })), ...this.declared()].filter(
      (entry): entry is Suppression => entry.rule === rule.id && covers({ resource: entry.resource ?? "" }, resource),
    );
    const problems = candidates.map((entry) => suppressionProblem(entry, this.today));
    const valid = candidates[problems.indexOf(undefined)];
    if (valid !== undefined) {
      if (findings.length > 0) {
        this.#used.set(`${rule.id} ${resource.urn}`, { ...valid, resource: resource.name });
      }
      return [];
    }
    if (findings.length === 0) {
      return problems.map(
        (problem) => `${resource.name}: its suppression ${problem}. Mend: remove it; the rule holds.`,
      );
    }
    const note = problems.length === 0 ? "" : ` A suppression is there but ${problems.join(" and ")}.`;
    return findings.map((finding) => describeFinding(rule, resource.name, finding) + note);
  }
}

/** A finding as a person reads it: resource, place, what is there, what to write. The rule's name stands beside it already. */
export function describeFinding(rule: Rule, resource: string, finding: Finding): string {
  const place = finding.path === "" ? resource : `${resource}: ${finding.path}`;
  return `${place} ${finding.detail}. Mend: ${rule.mend}`;
}
