/** Words and colours for steps, findings and results. */
import { styleText } from "node:util";
import type { Diagnostic, StepCounts } from "../engine/events.ts";
import { StepKind } from "../engine/model.ts";
import { EnforcementLevel, type PolicyFinding } from "../engine/policy-messages.ts";
import { parseUrn } from "../engine/urn.ts";
import type { DisplayOptions } from "./display.ts";
import type { StackReport } from "./summary.ts";

type Style = Parameters<typeof styleText>[0];

/** Colours only where the stream is a terminal and NO_COLOR is not set. */
export class Palette {
  #on: boolean;

  constructor(on: boolean) {
    this.#on = on;
  }

  paint(style: Style, text: string): string {
    return this.#on ? styleText(style, text, { validateStream: false }) : text;
  }
}

export const wantsColour = (stream: { isTTY?: boolean }): boolean =>
  stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";

interface Word {
  symbol: string;
  present: string;
  past: string;
  style: Style;
}

const words: Record<StepKind, Word> = {
  [StepKind.Same]: { symbol: " ", present: "same", past: "unchanged", style: "gray" },
  [StepKind.Create]: { symbol: "+", present: "create", past: "created", style: "green" },
  [StepKind.Update]: { symbol: "~", present: "update", past: "updated", style: "yellow" },
  [StepKind.Delete]: { symbol: "-", present: "delete", past: "deleted", style: "red" },
  [StepKind.Replace]: { symbol: "+-", present: "replace", past: "replaced", style: "magenta" },
  [StepKind.CreateReplacement]: {
    symbol: "++",
    present: "create replacement",
    past: "created replacement",
    style: "green",
  },
  [StepKind.DeleteReplaced]: { symbol: "--", present: "delete replaced", past: "deleted replaced", style: "red" },
  [StepKind.Read]: { symbol: ">", present: "read", past: "read", style: "cyan" },
  [StepKind.ReadReplacement]: { symbol: ">>", present: "read replacement", past: "read replacement", style: "cyan" },
  [StepKind.ReadDiscard]: { symbol: "<", present: "discard", past: "discarded", style: "gray" },
  [StepKind.DiscardReplaced]: { symbol: "<<", present: "discard replaced", past: "discarded replaced", style: "gray" },
  [StepKind.Refresh]: { symbol: "~", present: "refresh", past: "refreshed", style: "cyan" },
  [StepKind.RemovePendingReplace]: { symbol: "~", present: "forget replaced", past: "forgot replaced", style: "gray" },
  [StepKind.Import]: { symbol: "=", present: "import", past: "imported", style: "cyan" },
  [StepKind.ImportReplacement]: {
    symbol: "=>",
    present: "import replacement",
    past: "imported replacement",
    style: "cyan",
  },
};

export const wordsFor = (kind: StepKind): Word => words[kind];

/** `aws:ec2/vpc:Vpc main`, or the text itself when it is no URN. */
export function describeUrn(urn: string): string {
  if (!urn.startsWith("urn:")) return urn;
  const { type, name } = parseUrn(urn);
  return `${type} ${name}`;
}

/** `12 created, 3 updated, 290 unchanged`; in a preview `12 to create`. */
export function describeCounts(counts: StepCounts, preview: boolean): string {
  const parts = (Object.keys(words) as StepKind[])
    .filter((kind) => counts[kind])
    .map((kind) => {
      const { present, past } = words[kind];
      return preview && kind !== StepKind.Same ? `${counts[kind]} to ${present}` : `${counts[kind]} ${past}`;
    });
  return parts.join(", ") || "nothing to do";
}

/** Text that continues on further lines is indented below its first. */
const indented = (text: string, by: string): string => text.trimEnd().split("\n").join(`\n${by}`);

export function formatDiagnostic(diagnostic: Diagnostic, palette: Palette): string {
  const style: Style = diagnostic.severity === "error" ? "red" : diagnostic.severity === "warning" ? "yellow" : "gray";
  const subject = diagnostic.urn ? `${describeUrn(diagnostic.urn)}: ` : "";
  return `${palette.paint(style, `${diagnostic.severity}:`)} ${subject}${indented(diagnostic.message, "  ")}`;
}

export function formatFinding(finding: PolicyFinding, palette: Palette): string {
  const style: Style = finding.level === EnforcementLevel.Mandatory ? "red" : "yellow";
  const head = `${palette.paint(style, `policy ${finding.level}:`)} ${palette.paint("bold", finding.policy)} on ${describeUrn(finding.urn)}`;
  return `${head}\n  ${indented(finding.message || finding.description, "  ")}`;
}

/** Longer outputs are for `--json`. */
const maxOutputLength = 120;
const shortened = (text: string): string =>
  text.length <= maxOutputLength ? text : `${text.slice(0, maxOutputLength - 1)}…`;

/** `2 mandatory and 1 advisory policy findings`; `no policy finding` of a run that was judged to its end. */
function describeFindings({ findings, succeeded }: StackReport, judged: boolean): string {
  const parts = [EnforcementLevel.Mandatory, EnforcementLevel.Advisory].flatMap((level) => {
    const count = findings.filter((finding) => finding.level === level).length;
    return count === 0 ? [] : [`${count} ${level}`];
  });
  if (parts.length > 0) return `, ${parts.join(" and ")} policy finding${findings.length === 1 ? "" : "s"}`;
  return judged && succeeded ? ", no policy finding" : "";
}

/** The lines that end a stack's run. */
export function formatReport(
  report: StackReport,
  { preview, judged }: Pick<DisplayOptions, "preview" | "judged">,
  palette: Palette,
): string[] {
  const lines = report.remediations
    .filter(({ diagnostic }) => diagnostic === "")
    .map(
      ({ policy, urn, description }) =>
        `${palette.paint("cyan", "policy remediation:")} ${policy} on ${describeUrn(urn)}: ${description}`,
    );
  const outputs = Object.entries(report.outputs);
  if (outputs.length > 0) {
    lines.push(`${report.stack} outputs:`);
    for (const [key, value] of outputs)
      lines.push(`  ${key}: ${shortened(typeof value === "string" ? value : JSON.stringify(value))}`);
  }
  const mark = report.succeeded ? palette.paint("green", "ok") : palette.paint("red", "failed");
  const done = `${describeCounts(report.counts, preview)}${describeFindings(report, judged)}`;
  lines.push(`${palette.paint("bold", report.stack)} ${mark}: ${done} (${report.seconds.toFixed(1)} s)`);
  return lines;
}
