/**
 * Reads a deployment from any of its forms: a stored state (`pulumi stack export`), the digest of `pulumi preview --json`, or
 * the steps of a preview by the embedded engine. Secrets end here: what is marked as one is dropped, and its text is
 * removed from everything else.
 */
import { stripVTControlCharacters } from "node:util";
import { UserError } from "../engine/model.ts";
import { parseUrn } from "../engine/urn.ts";
import { Signature, signatureKey, unknownValue } from "../engine/values.ts";
import { Change, type FindingRow, type PropertyChange } from "./model.ts";
import { propertyChanges } from "./property-changes.ts";

type Values = Record<string, unknown>;

export interface SourceResource {
  urn: string;
  type: string;
  name: string;
  /** Whether it only groups others; undefined where the source does not say. */
  component?: boolean;
  parent: string;
  id: string;
  /** Inputs, and outputs where an input is not known; without secrets and unknown values. */
  values: Values;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  change: Change;
  reasons: PropertyChange[];
}

export interface Source {
  project: string;
  stack: string;
  description: string;
  hasChanges: boolean;
  resources: SourceResource[];
  /** Undefined when the source cannot hold findings. */
  findings?: FindingRow[];
  notes: string[];
}

/** A resource's state as both files hold it. */
export interface RawState {
  urn?: string;
  type?: string;
  custom?: boolean;
  id?: string;
  parent?: string;
  delete?: boolean;
  inputs?: unknown;
  outputs?: unknown;
  dependencies?: string[] | null;
  propertyDependencies?: Record<string, string[] | null> | null;
  additionalSecretOutputs?: string[] | null;
}

/** A step of a preview, as `pulumi preview --json` writes it. */
export interface RawStep {
  op: string;
  urn: string;
  oldState?: RawState | null;
  newState?: RawState | null;
  diffReasons?: string[] | null;
  replaceReasons?: string[] | null;
}

export interface PreviewDigest {
  steps: RawStep[];
  diagnostics?: { message?: string; severity?: string }[] | null;
  changeSummary?: Record<string, number> | null;
}

const isRecord = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Collects the texts of secrets, to remove them wherever they show up. */
class Secrets {
  readonly #texts = new Set<string>();

  /** The value without secrets and unknowns; undefined where nothing is left. */
  without(value: unknown): unknown {
    if (value === unknownValue || value === "[secret]" || value === "[unknown]") return undefined;
    if (Array.isArray(value)) return value.map((item) => this.without(item)).filter((item) => item !== undefined);
    if (!isRecord(value)) return value;
    const signature = value[signatureKey];
    if (signature === Signature.Secret || (signature === Signature.Output && value.secret === true)) {
      this.#remember("value" in value ? value.value : parsed(value.plaintext));
      return undefined;
    }
    if (signature === Signature.Output) return this.without(value.value);
    if (signature !== undefined) return undefined;
    return this.withoutKeys(value, []);
  }

  withoutKeys(values: Values, secretKeys: string[]): Values {
    const kept: Values = {};
    for (const [key, value] of Object.entries(values)) {
      if (secretKeys.includes(key)) this.#remember(value);
      else {
        const clean = this.without(value);
        if (clean !== undefined) kept[key] = clean;
      }
    }
    return kept;
  }

  redact(text: string): string {
    let result = text;
    for (const secret of this.#texts) result = result.replaceAll(secret, "[secret]");
    return result;
  }

  #remember(value: unknown): void {
    // Shorter texts, such as `true` or a port, are in too many places that have nothing to do with the secret.
    if (typeof value === "string" && value.length >= 6 && value !== unknownValue) this.#texts.add(value);
    else if (Array.isArray(value)) value.forEach((item) => this.#remember(item));
    else if (isRecord(value)) Object.values(value).forEach((item) => this.#remember(item));
  }
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : undefined;
  } catch {
    return text;
  }
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];

const readInputs = (state: RawState, secrets: Secrets): Values =>
  secrets.withoutKeys(isRecord(state.inputs) ? state.inputs : {}, texts(state.additionalSecretOutputs));

function readState(urn: string, state: RawState, secrets: Secrets): Omit<SourceResource, "change" | "reasons"> {
  const secretKeys = texts(state.additionalSecretOutputs);
  const inputs = readInputs(state, secrets);
  const outputs = secrets.withoutKeys(isRecord(state.outputs) ? state.outputs : {}, secretKeys);
  const { type, name } = parseUrn(urn);
  return {
    urn,
    type,
    name,
    ...(typeof state.custom === "boolean" ? { component: !state.custom } : {}),
    parent: typeof state.parent === "string" ? state.parent : "",
    id: typeof state.id === "string" && state.id !== unknownValue ? state.id : "",
    values: { ...outputs, ...inputs },
    dependencies: texts(state.dependencies),
    propertyDependencies: Object.fromEntries(
      Object.entries(state.propertyDependencies ?? {}).map(([key, urns]) => [key, texts(urns)]),
    ),
  };
}

/** Of the several steps of a replacement the whole counts. */
function changeOf(operations: string[]): Change {
  if (operations.some((op) => op === "replace" || op.includes("replace"))) return Change.Replace;
  if (operations.includes("create") || operations.includes("import")) return Change.Create;
  if (operations.includes("update")) return Change.Update;
  if (operations.includes("delete") || operations.includes("discard")) return Change.Delete;
  return Change.Same;
}

/**
 * A resource as it will be. One that stays keeps its ID and what only its provider knows of it: a CLI writes both with the old
 * state alone. An output of the name of an input goes by the new inputs.
 */
function stateAfter(steps: RawStep[], change: Change): RawState {
  const after = steps.map((step) => step.newState).find((found) => found);
  const before = steps.map((step) => step.oldState).find((found) => found);
  if (!after || !before || (change !== Change.Same && change !== Change.Update)) return after ?? before ?? {};
  const settings = isRecord(before.inputs) ? before.inputs : {};
  const known = Object.entries(isRecord(before.outputs) ? before.outputs : {}).filter(([key]) => !(key in settings));
  return {
    ...after,
    id: before.id,
    outputs: { ...Object.fromEntries(known), ...(isRecord(after.outputs) ? after.outputs : {}) },
    additionalSecretOutputs: [...texts(before.additionalSecretOutputs), ...texts(after.additionalSecretOutputs)],
  };
}

/** What happened, without colours and without the lines of a stack trace. */
function noteOf(severity: string, message: string): string {
  const said = stripVTControlCharacters(message).replace(new RegExp(`^${severity}: `), "");
  const lines = said.split("\n").filter((line) => !/^\s+at .*:\d+:\d+\)?$/.test(line));
  return `${severity}: ${lines.join("\n").trim()}`;
}

const projectOf = (resources: { urn: string }[], where: string): { project: string; stack: string } => {
  const first = resources[0];
  if (!first) throw new UserError(`${where} holds no resources: there is nothing to report`);
  const { project, stack } = parseUrn(first.urn);
  return { project, stack };
};

function finish(source: Omit<Source, "project" | "stack">, secrets: Secrets, where: string): Source {
  const redacted = (row: FindingRow): FindingRow => ({
    ...row,
    resource: secrets.redact(row.resource),
    message: secrets.redact(row.message),
  });
  return {
    ...source,
    ...projectOf(source.resources, where),
    resources: source.resources.map((resource) => ({ ...resource, name: secrets.redact(resource.name) })),
    notes: source.notes.map((note) => secrets.redact(note)),
    ...(source.findings ? { findings: source.findings.map(redacted) } : {}),
  };
}

/** What is deployed. */
export function fromState(resources: RawState[], description: string, where: string): Source {
  const secrets = new Secrets();
  const read = resources
    .filter((state) => typeof state.urn === "string" && state.delete !== true)
    .map((state) => ({ ...readState(state.urn!, state, secrets), change: Change.Same, reasons: [] }));
  return finish({ description, hasChanges: false, resources: read, notes: [] }, secrets, where);
}

/** What a run would do. */
export function fromPreview(
  digest: PreviewDigest,
  description: string,
  where: string,
  findings?: FindingRow[],
): Source {
  const secrets = new Secrets();
  const byUrn = new Map<string, RawStep[]>();
  for (const step of digest.steps) byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  const resources = [...byUrn].map(([urn, steps]): SourceResource => {
    const change = changeOf(steps.map((step) => step.op));
    const inputs = (side: "oldState" | "newState"): Values =>
      readInputs(steps.map((step) => step[side]).find((state) => state) ?? {}, secrets);
    const reasons = propertyChanges(
      steps.flatMap((step) => texts(step.replaceReasons)),
      steps.flatMap((step) => texts(step.diffReasons)),
      inputs("oldState"),
      inputs("newState"),
    );
    return { ...readState(urn, stateAfter(steps, change), secrets), change, reasons };
  });
  const left = (digest.changeSummary?.same ?? 0) - resources.filter(({ change }) => change === Change.Same).length;
  const notes = (digest.diagnostics ?? [])
    .filter(({ severity }) => severity === "warning" || severity === "error")
    .map(({ severity, message }) => noteOf(severity ?? "", message ?? ""));
  if (left > 0)
    notes.push(`${left} unchanged resources are not in this file: make it with \`pulumi preview --json --show-sames\``);
  return finish({ description, hasChanges: true, resources, notes, ...(findings ? { findings } : {}) }, secrets, where);
}

/** Either of the two files that a real CLI writes. */
export function fromFile(text: string, path: string): Source {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path} is not JSON: ${(error as Error).message}`);
  }
  if (isRecord(data) && Array.isArray(data.steps) && data.steps.every((step) => isRecord(step) && isUrn(step.urn)))
    return fromPreview(data as unknown as PreviewDigest, "a file of pulumi preview --json", path);
  const resources = isRecord(data) && isRecord(data.deployment) ? (data.deployment.resources ?? []) : undefined;
  if (Array.isArray(resources) && resources.every((resource) => isRecord(resource) && isUrn(resource.urn)))
    return fromState(resources as RawState[], "a file of pulumi stack export", path);
  throw new UserError(
    `${path} is neither the output of \`pulumi preview --json\` (an object with "steps") nor of \`pulumi stack export\` (an object with "deployment")`,
  );
}

const isUrn = (value: unknown): boolean => typeof value === "string" && /^urn:pulumi:[^:]*::[^:]*::.+::./.test(value);
