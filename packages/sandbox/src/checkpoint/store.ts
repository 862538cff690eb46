/**
 * A stack's stored state: `checkpoint.json` in the CLI's format, and while a run is under way `journal.jsonl` beside it, a line
 * for every finished step. Opening a stack folds a journal that a killed run left behind.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../engine/model.ts";
import { makeFile, parseFile, type DeploymentFile, type Operation, type ResourceV3 } from "./deployment-format.ts";

/** A journal line. `id` below the number of resources in the checkpoint is the resource there, above it a new one. */
export type JournalEntry =
  /** First line: the checkpoint that the rest builds on. */
  | { base: string; salt?: string }
  /** The resource is part of the new state; `replaces` is the one it takes the place of. */
  | { put: number; resource?: ResourceV3; replaces?: number }
  /** The resource is as given, at its place. */
  | { patch: number; resource: ResourceV3 }
  | { drop: number }
  | { begin: number; operation: Operation }
  | { end: number };

const checkpointName = "checkpoint.json";
const journalName = "journal.jsonl";

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Writes a file so that a reader sees the old content or the new, never a part, also after a power cut. */
export function writeAtomically(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  const handle = openSync(temporary, "w");
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw Object.assign(error as Error, { path });
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, path);
}

/** Applies a journal to the resources it builds on, in one pass. */
export function replay(
  base: ResourceV3[],
  entries: JournalEntry[],
): { resources: ResourceV3[]; operations: Operation[] } {
  const resources = new Map<number, ResourceV3>(base.map((resource, id) => [id, resource]));
  const produced: number[] = [];
  const gone = new Set<number>();
  const operations = new Map<number, Operation>();
  for (const entry of entries) {
    if ("put" in entry) {
      const resource = entry.resource ?? resources.get(entry.replaces ?? entry.put);
      if (!resource) continue;
      resources.set(entry.put, resource);
      produced.push(entry.put);
      if (entry.replaces !== undefined) gone.add(entry.replaces);
    } else if ("patch" in entry) resources.set(entry.patch, entry.resource);
    else if ("drop" in entry) gone.add(entry.drop);
    else if ("begin" in entry) operations.set(entry.begin, entry.operation);
    else if ("end" in entry) operations.delete(entry.end);
  }
  const order = [...produced, ...base.keys()].filter((id) => !gone.has(id));
  return { resources: order.map((id) => resources.get(id)!), operations: [...operations.values()] };
}

/** The lines of a journal; a last line that was cut off counts as not written. */
function parseJournal(text: string, path: string): JournalEntry[] {
  const lines = text.split("\n");
  lines.pop();
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as JournalEntry;
    } catch (error) {
      throw new UserError(
        `${path}, line ${index + 1}, is damaged: ${(error as Error).message}; move the file away to go on from the checkpoint beside it, without what the last run did`,
        { cause: error },
      );
    }
  });
}

/** Whether a folder holds a stack's state, be it only the journal of a first run that was killed. */
export const hasState = (directory: string): boolean =>
  [checkpointName, journalName].some((name) => existsSync(join(directory, name)));

/** The files of one stack. */
export class CheckpointStore {
  readonly directory: string;
  #text: string | undefined;
  #journal: number | undefined;
  /** Bytes of whole lines in the journal. */
  #journalBytes = 0;
  #buffer = "";

  /** Opens a stack's files; the folder need not be there. */
  constructor(directory: string) {
    this.directory = directory;
    this.#text = readText(this.#checkpointPath);
  }

  get #checkpointPath(): string {
    return join(this.directory, checkpointName);
  }

  get #journalPath(): string {
    return join(this.directory, journalName);
  }

  /** The stored state, a leftover journal included; undefined for a stack that was never run. */
  read(): DeploymentFile | undefined {
    const file = this.#text === undefined ? undefined : parseFile(this.#text, this.#checkpointPath);
    const journal = readText(this.#journalPath);
    if (!journal) return file;
    const [head, ...entries] = parseJournal(journal, this.#journalPath);
    // A journal whose base is not this checkpoint was folded already: the run ended between the two file operations.
    if (!head || !("base" in head) || head.base !== digest(this.#text ?? "")) return file;
    const { resources, operations } = replay(file?.deployment.resources ?? [], entries);
    return makeFile(resources, operations, head.salt ?? file?.deployment.secrets_providers?.state?.salt);
  }

  /** Folds a leftover journal into the checkpoint. Only for the holder of the stack's lock. */
  recover(): DeploymentFile | undefined {
    const file = this.read();
    if (file && readText(this.#journalPath) !== undefined) this.write(file);
    return file;
  }

  /** Replaces the checkpoint and ends the journal. */
  write(file: DeploymentFile): void {
    this.#text = `${JSON.stringify(file, null, 2)}\n`;
    writeAtomically(this.#checkpointPath, this.#text);
    this.discardJournal();
  }

  startJournal(salt: string | undefined): void {
    mkdirSync(this.directory, { recursive: true });
    const { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } = constants;
    this.#journal = openSync(this.#journalPath, O_APPEND | O_CREAT | O_TRUNC | O_WRONLY);
    this.#journalBytes = 0;
    this.#buffer = "";
    this.append({ base: digest(this.#text ?? ""), ...(salt ? { salt } : {}) }, true);
  }

  /**
   * Adds a line. A line that changes nothing but the order waits for the next one that matters. The write has reached the
   * operating system when this returns, so that killing the process loses nothing; only a power cut could.
   */
  append(entry: JournalEntry, flush: boolean): void {
    this.#buffer += `${JSON.stringify(entry)}\n`;
    if (!flush || this.#journal === undefined) return;
    try {
      writeFileSync(this.#journal, this.#buffer);
    } catch (error) {
      // On a full disk a part of the line was written, and the next line would continue it.
      ftruncateSync(this.#journal, this.#journalBytes);
      throw Object.assign(error as Error, { path: this.#journalPath });
    }
    this.#journalBytes += Buffer.byteLength(this.#buffer);
    this.#buffer = "";
  }

  discardJournal(): void {
    if (this.#journal !== undefined) closeSync(this.#journal);
    this.#journal = undefined;
    rmSync(this.#journalPath, { force: true });
  }
}
