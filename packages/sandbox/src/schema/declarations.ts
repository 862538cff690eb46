/** One member of an interface or class in an SDK's `.d.ts` file. */
export interface Declaration {
  readonly name: string;
  readonly optional: boolean;
  /** The TypeScript type as written, such as `pulumi.Input<string | undefined>`. */
  readonly type: string;
  /** The doc comment's text, without the stars. */
  readonly doc: string;
}

/**
 * Reads the members of the block that opens at `open`, the index of its `{`. The SDKs' declaration files are generated:
 * one member a line, four spaces a level, the block's closing brace alone on its line. No TypeScript parser is needed,
 * and none would be as quick.
 */
export function membersAt(text: string, open: number): Declaration[] {
  const lineStart = text.lastIndexOf("\n", open) + 1;
  const indent = /^ */.exec(text.slice(lineStart, lineStart + 40))?.[0] ?? "";
  const end = text.indexOf(`\n${indent}}`, open);
  const lines = text.slice(text.indexOf("\n", open) + 1, end + 1).split("\n");
  const inner = `${indent}    `;
  const members: Declaration[] = [];
  let doc: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] ?? "").slice(inner.length);
    if (line.startsWith("/**")) {
      doc = [];
    } else if (line.startsWith(" *")) {
      doc.push(line.slice(3));
    } else {
      const match = /^(?:readonly )?(\w+)(\?)?: (.*)$/.exec(line);
      if (match) {
        let type = match[3] ?? "";
        while (!type.endsWith(";") || depth(type) > 0) {
          at++;
          if (at >= lines.length) break;
          type += ` ${(lines[at] ?? "").trim()}`;
        }
        members.push({
          name: match[1] ?? "",
          optional: match[2] === "?",
          type: type.slice(0, -1),
          doc: doc.join(" ").trim(),
        });
      }
      doc = [];
    }
  }
  return members;
}

function depth(type: string): number {
  return type.split("{").length - type.split("}").length;
}

/** The index of the `{` of `export interface <name> {`, or -1. */
export function interfaceOpen(text: string, name: string, from = 0): number {
  const at = text.indexOf(`interface ${name} {`, from);
  return at < 0 ? -1 : at + `interface ${name} `.length;
}
