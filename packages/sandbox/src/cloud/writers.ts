/** Which processes append to a file of the cloud: while one does, nobody may put another file in its place. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, readOwner, thisProcess } from "../checkpoint/lock.ts";

const folderOf = (file: string): string => `${file}.writers`;
let marks = 0;

/** Marks this process as a writer of a file, and gives the function that takes the mark back. */
export function markWriter(file: string): () => void {
  const folder = folderOf(file);
  mkdirSync(folder, { recursive: true });
  const mark = join(folder, `${process.pid}-${(marks += 1)}`);
  writeFileSync(mark, JSON.stringify(thisProcess()));
  return () => rmSync(mark, { force: true });
}

/** Whether a living process writes the file; marks of dead ones are removed. */
export function hasWriter(file: string): boolean {
  const folder = folderOf(file);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return false;
  }
  const living = names.filter((name) => {
    const owner = readOwner(join(folder, name));
    if (owner && isAlive(owner)) return true;
    rmSync(join(folder, name), { force: true });
    return false;
  });
  return living.length > 0;
}
