import type { StackValidationPolicy } from "@pulumi/policy";
import { Graph, type GraphNode } from "./graph/graph.ts";
import { groupBy } from "./model/group-by.ts";
import type { Settlement } from "./rule.ts";
import type { FirstPolicy } from "./routing.ts";
import type { PendingQuestion, Session } from "./session.ts";
import { type Suppression, suppressionProblem, suppressionType } from "./suppressions/suppression.ts";

/**
 * Sees every resource first: it keeps the inputs for the stack rules, and reads the suppressions that the program registered. A
 * suppression has to be known before the resource that it is about, which depends on it (`suppress.ts`).
 */
export function suppressionPolicy(session: Session): FirstPolicy {
  return {
    name: "suppressions-valid",
    description: "A suppression names a rule, a resource, a reason, an owner and a last day that is not past.",
    enforcementLevel: "mandatory",
    severity: "high",
    tags: ["suppressions"],
    remediationSteps: "Complete the suppression, renew it with its owner's word, or mend the resource and remove it.",
    validateResource: ({ type, urn, props, name }, violation) => {
      session.remember(urn, props);
      if (type !== suppressionType) {
        return;
      }
      const suppression = props as Partial<Suppression>;
      const problem = suppressionProblem(suppression, session.today);
      if (problem === undefined) {
        session.declare(suppression as Suppression);
      } else {
        violation(`${name}: ${problem}.`);
      }
    },
    // The stack is shown to it first as well, so that the list of policies knows what there is to do.
    validateStack: () => undefined,
  };
}

/** Reports what the rules could not tell. Advisory, because `up` asks again when the values are known; mandatory in strict mode. */
export function cannotTellPolicy(session: Session): StackValidationPolicy {
  return {
    name: "cannot-tell",
    description:
      "A rule depends on a value that is not known before `up`. It is no pass: `up` decides before it creates the resource.",
    enforcementLevel: "advisory",
    severity: "medium",
    tags: ["unknowns"],
    remediationSteps:
      "Give the value as plain data, or run `up`, where the rule decides before the resource is created.",
    validateStack: (args, violation) => {
      const graph = new Graph(args.resources, session.inputs);
      for (const [urn, questions] of groupBy(openQuestions(session, graph), (question) => question.urn)) {
        const node = graph.get(urn);
        const lines = [...groupBy(questions, ({ path, detail }) => `${path} ${detail}`.trim())].map(
          ([what, asked]) => `${what} (${[...new Set(asked.map(({ rule }) => rule.id))].join(", ")})`,
        );
        violation(`${node?.name ?? "the stack"}: ${lines.join("; ")}`, node?.urn);
      }
    },
  };
}

/** The questions that the graph does not settle: a key id is as good as known when it comes from a key of this stack. */
export function openQuestions(session: Session, graph: Graph): PendingQuestion[] {
  return session.questions().filter((question) => {
    const node = graph.get(question.urn);
    return (
      node === undefined || question.settledBy === undefined || !isSettled(question.settledBy, node, question.path)
    );
  });
}

function isSettled(settledBy: Settlement, node: GraphNode, path: string): boolean {
  if (typeof settledBy === "function") {
    return settledBy(node);
  }
  const sources = node.sources(/^[^.[]+/.exec(path)?.[0] ?? "");
  return sources.length > 0 && (settledBy.includes("*") || sources.every((source) => settledBy.includes(source.type)));
}
