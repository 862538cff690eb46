/** Words of operators for a rollout that runs in another process: a file each, taken away when it was heard. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const Word = { Pause: "pause", Rollback: "rollback", Abort: "abort" } as const;
export type Word = (typeof Word)[keyof typeof Word];

export interface WordRequest {
  rollout: string;
  word: Word;
  why: string;
  by: string;
}

let left = 0;

export function leaveRequest(directory: string, request: WordRequest): void {
  mkdirSync(directory, { recursive: true });
  left += 1;
  const name = `${Date.now()}-${process.pid}-${String(left).padStart(4, "0")}`;
  const draft = join(directory, `${name}.draft`);
  writeFileSync(draft, JSON.stringify(request));
  // A reader sees the whole file or none.
  renameSync(draft, join(directory, `${name}.json`));
}

/** The words for this rollout, oldest first. Those for an earlier one are thrown away: nobody waits for them any more. */
export function takeRequests(directory: string, rollout: string): WordRequest[] {
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory).filter((name) => name.endsWith(".json"));
  return names.sort().flatMap((name) => {
    const path = join(directory, name);
    const request = JSON.parse(readFileSync(path, "utf8")) as WordRequest;
    rmSync(path, { force: true });
    return request.rollout === rollout ? [request] : [];
  });
}
