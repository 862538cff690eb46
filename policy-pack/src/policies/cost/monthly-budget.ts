import { type Field, UNKNOWN } from "../../model/field.ts";
import { stackSetting } from "../../model/stack-config.ts";
import { stackRule } from "../../rule.ts";

/**
 * The cost plan that the stack exports (`regionPlan` of @mrgc/components, or anything with `knownUsdPerMonth`), against the stack's
 * limit: `policy:budgetUsdPerMonth` in its configuration, or the rule's setting.
 */
export const monthlyBudget = stackRule({
  id: "monthly-budget",
  family: "cost",
  severity: "medium",
  what: "A stack costs no more in a month than its budget.",
  why: "A size that was changed by a digit is otherwise found on the bill.",
  mend: "Choose smaller sizes, or have the budget raised by whoever pays.",
  frameworks: { nist: ["SA-2", "SC-6"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: {
      usdPerMonth: {
        type: "number",
        minimum: 0,
        default: 0,
        description: "Limit in US dollars a month; 0 leaves it to the stack's configuration.",
      },
    },
  },
  check(graph, report, config) {
    const stacks = graph.ofType("pulumi:pulumi:Stack");
    const limit = Number(stackSetting("budgetUsdPerMonth") ?? config["usdPerMonth"]);
    const plans = stacks.flatMap((stack) => costPlans(stack.outputs).map((plan) => ({ plan, urn: stack.urn })));
    for (const { plan, urn } of plans) {
      const known = plan.at("knownUsdPerMonth").number();
      if (plan.at("budgetVerdict").text() === "over") {
        report.broken(plan, "is over its own budget", urn);
      } else if (limit > 0 && typeof known === "number" && known > limit) {
        report.broken(plan, `is over the budget of ${limit} USD a month`, urn);
      } else if (limit > 0 && (known === UNKNOWN || plan.at("unknown").items().length > 0)) {
        report.cannotTell(plan, `has parts without a price, against a budget of ${limit} USD a month`, undefined, urn);
      }
    }
    if (limit > 0 && plans.length === 0) {
      report.cannotTell(
        "",
        `exports no cost plan to hold against its budget of ${limit} USD a month`,
        undefined,
        stacks[0]?.urn,
      );
    }
  },
});

/** Cost plans among a stack's outputs: an output that is one, or that has one as `cost`. */
function costPlans(outputs: Field): Field[] {
  return outputs
    .keys()
    .map((key) => outputs.at(key))
    .flatMap((output) => [output, output.at("cost")])
    .filter((candidate) => candidate.keys().includes("knownUsdPerMonth"));
}
