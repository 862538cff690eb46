import { section, table } from "../plans/text-table.ts";
import type { DisasterRecoveryPlan, RecoveryObjective } from "./args.ts";
import { TimeOrigin, type TimeEstimate, type TimeTerm } from "./times.ts";

const heads = {
  copies: ["part", "what", "where", "outlives the loss of", "otherwise"],
  objectives: ["failure", "part", "RTO", "mostly", "RPO", "by itself", "what is seen meanwhile"],
};

/** A recovery plan as text for people: copies, objectives, and how each number comes about. */
export function renderRecovery(plan: DisasterRecoveryPlan): string {
  return [
    ...section("Kept where", table(heads.copies, copyRows(plan))),
    ...section("Recovery objectives (computed from the configuration; nothing was measured on AWS)", [
      ...table(heads.objectives, objectiveRows(plan)),
      ...plan.objectives.flatMap(({ failure, part, missing }) =>
        missing === undefined ? [] : [`${failure}, ${part}: ${missing}`],
      ),
    ]),
    ...section(
      "How each number comes about",
      plan.objectives.flatMap((objective) => [
        `${objective.failure}, ${objective.part}`,
        ...derivations(objective).map(([name, estimate]) => `  ${name} ${sentence(estimate)}`),
      ]),
    ),
    "",
  ].join("\n");
}

/** The same as Markdown, with links from a page in `docs`. */
export function renderRecoveryPage(plan: DisasterRecoveryPlan): string {
  const missing = plan.objectives.flatMap((objective) =>
    objective.missing === undefined
      ? []
      : [`- **${objective.failure}, ${objective.part}**: ${code(objective.missing)}.`],
  );
  return [
    ...markdown(
      heads.copies,
      copyRows(plan).map((row) => row.map(code)),
    ),
    "",
    ...markdown(
      [...heads.objectives, "what to do"],
      objectiveRows(plan).map((row, index) => [...row.map(code), link(plan.objectives[index]!.runbook)]),
    ),
    ...(missing.length === 0 ? [] : ["", "Left out above:", "", ...missing]),
    "",
    ...markdown(
      ["failure", "number", "how it comes about"],
      plan.objectives.flatMap((objective) =>
        derivations(objective).map(([name, estimate]) => [
          `${objective.failure}, ${objective.part}`,
          name,
          code(sentence(estimate)),
        ]),
      ),
    ),
  ].join("\n");
}

/** Seconds as people say them. */
export function inWords(seconds: number): string {
  if (seconds < 120) {
    return `${Number(seconds.toFixed(1))} s`;
  }
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3600),
    Math.floor((seconds % 3600) / 60),
    Math.round(seconds % 60),
  ];
  return [
    ...(hours > 0 ? [`${hours} h`] : []),
    ...(minutes > 0 ? [`${minutes} min`] : []),
    ...(rest > 0 ? [`${rest} s`] : []),
  ].join(" ");
}

function copyRows(plan: DisasterRecoveryPlan): string[][] {
  return plan.copies.map(({ part, what, where, outlives, otherwise }) => [
    part,
    what,
    where,
    outlives.join(", "),
    otherwise,
  ]);
}

function objectiveRows(plan: DisasterRecoveryPlan): string[][] {
  const value = (estimate: TimeEstimate | undefined, otherwise: string) =>
    estimate === undefined ? otherwise : inWords(estimate.seconds);
  return plan.objectives.map(({ failure, part, rto, usual, rpo, byItself, effect }) => [
    failure,
    part,
    value(rto, "none"),
    value(usual, ""),
    value(rpo, "everything"),
    byItself ? "yes" : "a person",
    effect,
  ]);
}

function derivations({ rto, usual, rpo }: RecoveryObjective): [string, TimeEstimate][] {
  const all: [string, TimeEstimate | undefined][] = [
    ["RTO", rto],
    ["mostly", usual],
    ["RPO", rpo],
  ];
  return all.flatMap(([name, estimate]) => (estimate === undefined ? [] : [[name, estimate]]));
}

function sentence({ seconds, terms }: TimeEstimate): string {
  if (seconds === 0) {
    return `0 s: ${terms.map(({ what, source }) => `${what} [${source}]`).join(", ")}`;
  }
  return `${inWords(seconds)} = ${terms.map(describe).join(" + ")}`;
}

function describe({ what, seconds, origin, source }: TimeTerm): string {
  const said = origin === TimeOrigin.Configured ? source : `${origin}: ${source}`;
  return `${Number(seconds.toFixed(1))} s ${what} [${said}]`;
}

function markdown(head: string[], rows: string[][]): string[] {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
}

/** Brackets would make links, and pipes would end cells. */
function code(text: string): string {
  return text.replaceAll("[", "(").replaceAll("]", ")").replaceAll("|", "/");
}

function link(runbook: string): string {
  const [page = "", heading = ""] = runbook.split("#");
  return page === "disaster-recovery.md"
    ? `[${heading}](#${heading})`
    : `[${heading || page}](${page}${heading === "" ? "" : `#${heading}`})`;
}
