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

const pagePatterns = [
  "*.md",
  "docs/**/*.md",
  "packages/*/README.md",
  "packages/components/examples/*/README.md",
  "policy-pack/README.md",
];

/** Every page: the README of the repository, of each package and each example, CONTRIBUTING.md and everything in docs. */
export function documentationPages(): Page[] {
  return globSync(pagePatterns, { cwd: root })
    .sort()
    .map((name) => ({ name, path: join(root, name), text: readFileSync(join(root, name), "utf8") }));
}

/** A fence, within a list too, up to the one that ends it. */
const fenced = /^( *)```(\w*)[^\n]*\n([\s\S]*?)^\1```$/gm;

/** A page's fenced blocks: language, which may be empty, and code. */
export function allBlocksOf({ text }: Page): { language: string; code: string }[] {
  return [...text.matchAll(fenced)].map(([, indent = "", language = "", code = ""]) => ({
    language,
    code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
}

/** The code of a page's fenced blocks in one of these languages. */
export function blocksOf(page: Page, ...languages: string[]): string[] {
  return allBlocksOf(page).flatMap(({ language, code }) => (languages.includes(language) ? [code] : []));
}

/** A page's text without its fenced blocks. */
export const proseOf = (text: string): string => text.replaceAll(fenced, "");

/** What `#...` may say after a page's name: its headings as GitHub makes anchors of them, and anchors written as HTML. */
export function anchorsOf(path: string): Set<string> {
  const text = existsSync(path) ? proseOf(readFileSync(path, "utf8")) : "";
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
