import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { interfaceOpen, membersAt, type Declaration } from "./declarations.ts";

/**
 * The files of one installed SDK, read as text. Loading an SDK as a module takes seconds and hundreds of megabytes;
 * a type's declaration file takes under a millisecond.
 */
export interface SdkPackage {
  readonly name: string;
  readonly version: string;
  /** The text of a file of the package, or undefined where there is none. */
  text(path: string): string | undefined;
  /** The names of the files in a folder of the package. */
  list(path: string): readonly string[];
  /** The members of an input type such as `lb.TargetGroupHealthCheck`; undefined where the SDK has none of that name. */
  inputType(name: string): readonly Declaration[] | undefined;
  /** The values of an enumeration such as `rds.EngineMode`. */
  enumValues(name: string): ReadonlySet<unknown> | undefined;
}

/** Opens the SDK `@pulumi/<name>` that the sandbox depends on. */
export function openSdk(name: string): SdkPackage {
  const root = dirname(createRequire(import.meta.url).resolve(`@pulumi/${name}/package.json`));
  const read = (path: string): string | undefined => {
    const file = join(root, path);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  };
  const { version } = JSON.parse(read("package.json") ?? "{}") as { version: string };
  const inputTypes = new Map<string, readonly Declaration[] | undefined>();
  const enums = new Map<string, ReadonlySet<unknown> | undefined>();
  const listings = new Map<string, readonly string[]>();
  let inputs: { text: string; spaces: Map<string, number> } | undefined;

  return {
    name,
    version,
    text: read,
    list(path) {
      const known = listings.get(path);
      if (known) return known;
      const files = existsSync(join(root, path)) ? readdirSync(join(root, path)) : [];
      listings.set(path, files);
      return files;
    },
    inputType(type) {
      if (!inputTypes.has(type)) {
        inputs ??= indexNamespaces(read("types/input.d.ts") ?? "");
        const dot = type.lastIndexOf(".");
        const from = inputs.spaces.get(dot < 0 ? "" : type.slice(0, dot));
        const open = from === undefined ? -1 : interfaceOpen(inputs.text, type.slice(dot + 1), from);
        inputTypes.set(type, open < 0 ? undefined : membersAt(inputs.text, open));
      }
      return inputTypes.get(type);
    },
    enumValues(type) {
      if (!enums.has(type)) {
        const dot = type.lastIndexOf(".");
        const folder = dot < 0 ? "types/enums" : `types/enums/${type.slice(0, dot).replaceAll(".", "/")}`;
        enums.set(type, valuesOf(read(`${folder}/index.d.ts`) ?? "", type.slice(dot + 1)));
      }
      return enums.get(type);
    },
  };
}

/** Where each (nested) namespace of `types/input.d.ts` begins. The file has megabytes: one pass, no parsing. */
function indexNamespaces(text: string): { text: string; spaces: Map<string, number> } {
  const spaces = new Map<string, number>([["", 0]]);
  const path: string[] = [];
  for (let at = text.indexOf("namespace "); at >= 0; at = text.indexOf("namespace ", at + 1)) {
    const lineStart = text.lastIndexOf("\n", at) + 1;
    const match = /^( *)(?:export declare )?namespace (\w+) \{/.exec(text.slice(lineStart, lineStart + 120));
    if (!match) continue;
    path.length = (match[1] ?? "").length / 4;
    path.push(match[2] ?? "");
    spaces.set(path.join("."), at);
  }
  return { text, spaces };
}

function valuesOf(text: string, name: string): ReadonlySet<unknown> | undefined {
  const start = text.indexOf(`export declare const ${name}: {`);
  if (start < 0) return undefined;
  const members = membersAt(text, text.indexOf("{", start));
  return new Set(members.map((member): unknown => JSON.parse(member.type)));
}
