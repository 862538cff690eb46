import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository's folder. */
export const root = join(import.meta.dirname, "..", "..");

/** A page of the documentation. */
export interface Page {
  /** From the repository's folder, such as `docs/drills.md`. */
  name: string;
  path: string;
  text: string;
}

/** Every page: the README of the repository and of each package, CONTRIBUTING.md and everything in docs. */
export function documentationPages(): Page[] {
  return globSync(["*.md", "docs/**/*.md", "packages/*/README.md", "policy-pack/README.md"], { cwd: root })
    .sort()
    .map((name) => ({ name, path: join(root, name), text: readFileSync(join(root, name), "utf8") }));
}

/** The code of a page's fenced blocks in one of these languages. */
export function blocksOf({ text }: Page, ...languages: string[]): string[] {
  return [...text.matchAll(/^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm)]
    .filter(([, language = ""]) => languages.includes(language))
    .map(([, , code = ""]) => code);
}

/** What `#...` may say after a page's name: its headings as GitHub makes anchors of them, and anchors written as HTML. */
export function anchorsOf(path: string): Set<string> {
  const text = existsSync(path) ? readFileSync(path, "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "") : "";
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "")
      .trim()
      .replaceAll(/\s/g, "-"),
  );
  return new Set([...headings, ...[...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = ""]) => id)]);
}
