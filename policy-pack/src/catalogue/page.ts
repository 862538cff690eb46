import { levelIn } from "../pack.ts";
import { families, type Family, presetNames, type Rule } from "../rule.ts";
import { describeFrameworks } from "./frameworks.ts";

/** The catalogue page: every rule by family, with what, why, mend, references and settings. Generated, never written by hand. */
export function cataloguePage(rules: readonly Rule[]): string {
  const groups = (Object.keys(families) as Family[]).map((family) => ({
    title: families[family],
    rules: rules.filter((rule) => rule.family === family),
  }));
  return [
    "# Policies",
    "",
    "Generated from the rules by `npm run generate` in `policy-pack`; a test holds it to them.",
    "",
    `${rules.length} rules in ${groups.length} families. A rule is mandatory in the presets named beside it and disabled in the others, unless a level`,
    "stands there. The baseline is what the pack does when nothing is said.",
    "",
    "| family | rules | in baseline | in strict | in pci | in hipaa |",
    "| --- | --- | --- | --- | --- | --- |",
    ...groups.map(({ title, rules: members }) => {
      const counts = presetNames.map((preset) => members.filter((rule) => levelIn(rule, preset) !== "disabled").length);
      return `| [${title}](#${anchor(title)}) | ${members.length} | ${counts.join(" | ")} |`;
    }),
    "",
    ...groups.flatMap(({ title, rules: members }) => [`## ${title}`, "", ...members.flatMap(describeRule)]),
  ].join("\n");
}

function describeRule(rule: Rule): string[] {
  const presets = rule.presets.length === 0 ? "no preset: switch it on by name" : rule.presets.join(", ");
  const level = rule.level === undefined ? "" : `, ${rule.level}`;
  const references = describeFrameworks(rule.frameworks);
  const settings = Object.entries(rule.config?.properties ?? {}).map(
    ([name, schema]) =>
      `- Setting \`${name}\` (default \`${JSON.stringify(schema.default)}\`): ${schema.description ?? ""}`,
  );
  return [
    `### ${rule.id}`,
    "",
    rule.what,
    "",
    `- ${rule.severity}; ${presets}${level}; judges ${rule.scope === "stack" ? "the whole stack" : "one resource at a time"}`,
    `- Why: ${rule.why}`,
    `- Mend: ${rule.mend}`,
    ...(references === "" ? [] : [`- References: ${references}`]),
    ...settings,
    "",
  ];
}

function anchor(title: string): string {
  return title.toLowerCase().replaceAll(" ", "-");
}
