// Writes the tables of arguments and outputs in docs/components from the doc comments of packages/components/src.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { format, resolveConfig } from "prettier";
import ts from "typescript";

const root = join(import.meta.dirname, "..");
const sources = join(root, "packages", "components", "src");
const pages = join(root, "docs", "components");

/** An argument or an output, as its doc comment and its type say. */
export interface Documented {
  name: string;
  /** Type as written, without `pulumi.`. */
  type: string;
  required: boolean;
  /** What the comment says after `Default:`; left out when it says nothing. */
  default?: string;
  /** The rest of the comment, on one line. */
  meaning: string;
}

/** A component, by the page that describes it. */
export interface ComponentTables {
  /** Class, such as `HotTierRedis`. */
  component: string;
  /** Its page in docs/components. */
  page: string;
  /** Its arguments, under the name of their interface, then those of what they are made of. */
  interfaces: { name: string; comment: string; members: Documented[] }[];
  outputs: Documented[];
}

/** A folder's page where the two have different names. */
const pageOfFolder: Record<string, string> = { tenants: "private-link-service" };

/** Every component: a folder with `args.ts` and a class of its own. */
export function componentTables(): ComponentTables[] {
  const components = readdirSync(sources, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name: folder }) => ({
      folder,
      args: join(sources, folder, "args.ts"),
      file: join(sources, folder, `${folder}.ts`),
    }))
    .filter(({ args, file }) => existsSync(args) && existsSync(file))
    .map((entry) => ({ ...entry, declared: exportedClass(parse(entry.file)) }));
  const reached = new Map<string, Declared>();
  for (const { args, declared } of components) {
    reach(argsOf(declared), args, reached);
  }
  return components.map(({ folder, declared, file }) => ({
    component: declared.name.text,
    page: `${folder}.md`,
    interfaces: [...reached.values()]
      .filter(({ path }) => pageOf(path) === folder)
      .map(({ node, path }) => ({ name: node.name.text, comment: commentOf(node), members: membersOf(node, path) }))
      .sort((one, other) => Number(other.name === argsOf(declared)) - Number(one.name === argsOf(declared))),
    outputs: declared.members.filter(ts.isPropertyDeclaration).map((member) => documented(member, file)),
  }));
}

/** A page with its marked blocks as they should be. Markers: `<!-- arguments -->` and `<!-- outputs -->`, each ended by `<!-- end -->`. */
export async function withTables(text: string, tables: ComponentTables, path: string): Promise<string> {
  const blocks = { arguments: argumentTables(tables), outputs: outputTable(tables) };
  const filled = Object.entries(blocks).reduce(
    (page, [name, table]) =>
      page.replace(
        new RegExp(`<!-- ${name} -->[\\s\\S]*?<!-- end -->`),
        () => `<!-- ${name} -->\n\n${table}\n\n<!-- end -->`,
      ),
    text,
  );
  return format(filled, { ...(await resolveConfig(path)), filepath: path });
}

function argumentTables({ interfaces }: ComponentTables): string {
  return interfaces
    .map(({ name, comment, members }, index) => {
      const title = index === 0 ? "" : `### ${name}\n\n${comment}\n\n`;
      const rows = members.map(
        (member) =>
          `| \`${member.name}\` | ${cell(member.type)} | ${member.required ? "**required**" : cell(member.default ?? "none")} | ${cell(member.meaning)} |`,
      );
      return `${title}| argument | type | default | meaning |\n| --- | --- | --- | --- |\n${rows.join("\n")}`;
    })
    .join("\n\n");
}

function outputTable({ outputs }: ComponentTables): string {
  const rows = outputs.map(({ name, type, meaning }) => `| \`${name}\` | ${cell(type)} | ${cell(meaning)} |`);
  return `| output | type | meaning |\n| --- | --- | --- |\n${rows.join("\n")}`;
}

interface Declared<Node = ts.InterfaceDeclaration> {
  node: Node;
  path: string;
}

type NamedClass = ts.ClassDeclaration & { name: ts.Identifier };

const parsed = new Map<string, ts.SourceFile>();

function parse(path: string): ts.SourceFile {
  const known = parsed.get(path);
  const file = known ?? ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  parsed.set(path, file);
  return file;
}

/** Finds a type by name in a file or in the library's files that it imports from. */
function find(name: string, path: string): Declared<ts.InterfaceDeclaration | ts.TypeAliasDeclaration> | undefined {
  const file = parse(path);
  for (const statement of file.statements) {
    if (
      (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) &&
      statement.name.text === name
    ) {
      return { node: statement, path };
    }
    if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
      const bindings = statement.importClause?.namedBindings;
      const from = statement.moduleSpecifier.text;
      if (from.startsWith(".") && bindings && ts.isNamedImports(bindings)) {
        if (bindings.elements.some((element) => element.name.text === name)) {
          return find(name, join(dirname(path), from));
        }
      }
    }
  }
  return undefined;
}

/** Collects an interface and every interface that its members are made of. */
function reach(name: string, path: string, reached: Map<string, Declared>): void {
  const found = find(name, path);
  if (found === undefined || reached.has(name) || !ts.isInterfaceDeclaration(found.node)) {
    return;
  }
  reached.set(name, { node: found.node, path: found.path });
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName)) {
      reach(node.typeName.text, found.path, reached);
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(found.node, visit);
}

function membersOf(node: ts.InterfaceDeclaration, path: string): Documented[] {
  return node.members.filter(ts.isPropertySignature).map((member) => documented(member, path));
}

function documented(member: ts.PropertySignature | ts.PropertyDeclaration, path: string): Documented {
  const comment = commentOf(member);
  const stated = /(?:^|\s)Default: ([\s\S]*?)\.(?=\s|$)/.exec(comment);
  return {
    name: member.name.getText(),
    type: member.type === undefined ? "" : typeText(member.type, path),
    required: member.questionToken === undefined,
    ...(stated?.[1] === undefined ? {} : { default: stated[1] }),
    meaning: (stated === null ? comment : comment.replace(stated[0], "")).trim(),
  };
}

/** A type for a reader: `pulumi.` left out, enumerations as their values, types with a table of their own as links. */
function typeText(type: ts.TypeNode, path: string): string {
  const text = type.getText().replaceAll(/pulumi\.(Input|Output)\b/g, "$1");
  const name = /^(\w+)(\[\])?$/.exec(text)?.[1];
  const found = name === undefined ? undefined : find(name, path);
  if (name === undefined || found === undefined) {
    return code(text);
  }
  if (ts.isInterfaceDeclaration(found.node)) {
    const page = pageOf(found.path);
    const anchor = isOwnArgs(name, page) ? "arguments" : name.toLowerCase();
    return `[${code(text)}](${page === pageOf(path) ? "" : `${page}.md`}#${anchor})`;
  }
  const values = valuesOf(name, found.path);
  if (values.length > 0) {
    return `${values.map((value) => code(`"${value}"`)).join(", ")}${text.endsWith("[]") ? " (list)" : ""}`;
  }
  return code(found.node.type.getText());
}

/** Values of an enumeration that is written as `const Name = { Key: "value" } as const`. */
function valuesOf(name: string, path: string): string[] {
  return parse(path)
    .statements.filter(ts.isVariableStatement)
    .flatMap((statement) => [...statement.declarationList.declarations])
    .filter((declared) => declared.name.getText() === name)
    .flatMap(({ initializer }) => {
      const object = initializer && ts.isAsExpression(initializer) ? initializer.expression : initializer;
      return object && ts.isObjectLiteralExpression(object) ? [...object.properties] : [];
    })
    .flatMap((property) =>
      ts.isPropertyAssignment(property) && ts.isStringLiteral(property.initializer) ? [property.initializer.text] : [],
    );
}

function pageOf(path: string): string {
  const folder = basename(dirname(path));
  return pageOfFolder[folder] ?? folder;
}

/** The component's class. @throws when a file has none, because a page would lack its tables. */
function exportedClass(file: ts.SourceFile): NamedClass {
  const found = file.statements.find(
    (node): node is NamedClass =>
      ts.isClassDeclaration(node) &&
      node.name !== undefined &&
      (node.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword),
  );
  if (found === undefined) {
    throw new Error(`${file.fileName} exports no class`);
  }
  return found;
}

/** Whether an interface is a component's own: its table stands directly below the heading "Arguments". */
function isOwnArgs(name: string, folder: string): boolean {
  const file = join(sources, folder, `${folder}.ts`);
  return existsSync(file) && argsOf(exportedClass(parse(file))) === name;
}

const argsOf = (declared: NamedClass): string => `${declared.name.text}Args`;

function commentOf(node: ts.Node): string {
  const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return (ts.getTextOfJSDocComment(doc?.comment) ?? "").replaceAll(/\s+/g, " ").trim();
}

const code = (text: string): string => `\`${text}\``;
const cell = (text: string): string => text.replaceAll("|", "\\|");

if (import.meta.main) {
  for (const tables of componentTables()) {
    const path = join(pages, tables.page);
    writeFileSync(path, await withTables(readFileSync(path, "utf8"), tables, path));
  }
}
