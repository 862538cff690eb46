import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** What a stack's data path was when it was last brought up: the id of each resource by URN. */
export type Ledger = Readonly<Record<string, string>>;

/** Reads a ledger; undefined where there is none yet. @throws SyntaxError when the file is no ledger. */
export function readLedger(path: string): Ledger | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
  const value: unknown = JSON.parse(text);
  if (!(value instanceof Object) || Object.values(value).some((id) => typeof id !== "string")) {
    throw new SyntaxError("a ledger holds ids by URN");
  }
  return value as Ledger;
}

/** Writes a ledger whole or not at all, sorted, so that it reads well in a review. */
export function writeLedger(path: string, ledger: Ledger): void {
  mkdirSync(dirname(path), { recursive: true });
  const sorted = Object.fromEntries(Object.entries(ledger).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(`${path}.new`, `${JSON.stringify(sorted, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
}
