/** Under which URNs a resource may have been known before. */
import type { AliasSpec } from "./model.ts";
import { makeUrn, parseUrn, rootStackType } from "./urn.ts";

export interface AliasSubject {
  stack: string;
  project: string;
  name: string;
  type: string;
  parent: string;
  aliases: AliasSpec[];
}

/** The URN that one alias stands for; what it leaves out is as the resource has it now. */
function aliasUrn(subject: AliasSubject, alias: AliasSpec, parentAlias: (urn: string) => string | undefined): string {
  if (alias.urn) return alias.urn;
  const named = alias.parent ? (parentAlias(alias.parent) ?? alias.parent) : subject.parent;
  const atRoot = alias.noParent || named === "" || parseUrn(named).qualifiedType === rootStackType;
  const stack = alias.stack || subject.stack;
  const project = alias.project || subject.project;
  const type = alias.type || subject.type;
  const name = alias.name || subject.name;
  if (atRoot) return makeUrn(stack, project, "", type, name);
  // The parent's own stack and project stay: only its type is continued.
  const at = named.lastIndexOf("::");
  return `${named.slice(0, at)}$${type}::${name}`;
}

/** The URN a child had below its parent's old URN. A name that begins with the parent's name changed with it. */
function inheritedUrn(
  subject: AliasSubject,
  type: string,
  name: string,
  parentName: string,
  parentAlias: string,
): string {
  const parent = parseUrn(parentAlias);
  const oldName = name.startsWith(parentName) ? parent.name + name.slice(parentName.length) : name;
  return makeUrn(subject.stack, subject.project, parentAlias, type, oldName);
}

/** All URNs to look for, in the order the CLI looks. `parentAlias` tells the URN that a parent was found under. */
export function possibleAliases(subject: AliasSubject, parentAlias: (urn: string) => string | undefined): string[] {
  const found = new Set(subject.aliases.map((alias) => aliasUrn(subject, alias, parentAlias)));
  const inherited = subject.parent ? parentAlias(subject.parent) : undefined;
  if (inherited !== undefined) {
    const parentName = parseUrn(subject.parent).name;
    found.add(inheritedUrn(subject, subject.type, subject.name, parentName, inherited));
    for (const alias of subject.aliases) {
      const { type, name } = parseUrn(aliasUrn(subject, alias, parentAlias));
      found.add(inheritedUrn(subject, type, name, parentName, inherited));
    }
  }
  return [...found];
}
