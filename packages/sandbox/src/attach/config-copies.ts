/** The CLI writes a stack's salt into its config file. It gets a copy, so that a run in the sandbox changes no file of the project. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../project/project.ts";

const saltLine = /^encryptionsalt:.*$/m;

/** Makes or renews the copy of a stack's config file, and returns its path. The salt of an earlier run is kept. */
export function copyConfig(project: Project, stack: string, stateDirectory: string): string {
  const directory = join(stateDirectory, "cli-config");
  mkdirSync(directory, { recursive: true });
  const copy = join(directory, `Pulumi.${stack}.yaml`);
  const source = join(project.configDirectory, `Pulumi.${stack}.yaml`);
  const text = existsSync(source) ? readFileSync(source, "utf8") : "";
  const salt = existsSync(copy) ? saltLine.exec(readFileSync(copy, "utf8"))?.[0] : undefined;
  writeFileSync(copy, salt && !saltLine.test(text) ? `${salt}\n${text}` : text);
  return copy;
}

/** Remembers config files, and returns a function that takes back a salt that was added since. */
export function guardConfigs(project: Project, stacks: string[]): () => void {
  const read = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, "utf8") : undefined);
  const paths = stacks.map((stack) => join(project.configDirectory, `Pulumi.${stack}.yaml`));
  const before = new Map(paths.map((path) => [path, read(path)]));
  const normal = (text: string): string => text.replace(saltLine, "").replace(/[\s"']+/g, "");
  return () => {
    for (const [path, text] of before) {
      const now = read(path);
      if (now === undefined || now === text || normal(now) !== normal(text ?? "")) continue;
      if (text === undefined) rmSync(path);
      else writeFileSync(path, text);
    }
  };
}
