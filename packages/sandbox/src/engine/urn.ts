/** Uniform resource names: `urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>`. */

const delimiter = "::";
export const rootStackType = "pulumi:pulumi:Stack";

export interface UrnParts {
  stack: string;
  project: string;
  /** Type with the types of its parents, joined by `$`. */
  qualifiedType: string;
  type: string;
  name: string;
}

/** Whether a text has the form of a URN. */
export const isUrn = (text: string): boolean => /^urn:pulumi:.*?::.*?::.*?::/s.test(text);

/** Takes a URN apart; a name may hold `::` itself. */
export function parseUrn(urn: string): UrnParts {
  const [prefixed = "", project = "", qualifiedType = "", ...name] = urn.split(delimiter);
  if (!prefixed.startsWith("urn:pulumi:") || name.length === 0) throw new Error(`"${urn}" is not a URN`);
  return {
    stack: prefixed.slice("urn:pulumi:".length),
    project,
    qualifiedType,
    type: qualifiedType.slice(qualifiedType.lastIndexOf("$") + 1),
    name: name.join(delimiter),
  };
}

/** The URN of a resource below `parent`; the root stack is no part of a child's type. */
export function makeUrn(stack: string, project: string, parent: string, type: string, name: string): string {
  const parentType = parent ? parseUrn(parent).qualifiedType : "";
  const qualified = parentType && parentType !== rootStackType ? `${parentType}$${type}` : type;
  return `urn:pulumi:${stack}${delimiter}${project}${delimiter}${qualified}${delimiter}${name}`;
}

export const rootUrn = (stack: string, project: string): string =>
  makeUrn(stack, project, "", rootStackType, `${project}-${stack}`);

/** The package of a type token: `aws` of `aws:ec2/vpc:Vpc`. */
export const packageOf = (token: string): string => token.slice(0, token.indexOf(":"));

const providerPrefix = "pulumi:providers:";
export const isProviderType = (type: string): boolean => type.startsWith(providerPrefix);
export const providerType = (packageName: string): string => providerPrefix + packageName;
/** The package that a provider resource's type serves. */
export const providerPackage = (type: string): string => type.slice(providerPrefix.length);

export interface ProviderReference {
  urn: string;
  id: string;
}

/** A provider reference is `<urn>::<id>`. */
export function parseReference(reference: string): ProviderReference {
  const at = reference.lastIndexOf(delimiter);
  if (at < 0 || !reference.startsWith("urn:")) throw new Error(`"${reference}" is not a reference to a provider`);
  return { urn: reference.slice(0, at), id: reference.slice(at + delimiter.length) };
}

export const makeReference = (urn: string, id: string): string => `${urn}${delimiter}${id}`;
