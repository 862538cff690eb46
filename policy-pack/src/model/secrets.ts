import type { GraphNode } from "../graph/graph.ts";
import type { Report } from "../rule.ts";
import { type Field, type Unknown, UNKNOWN } from "./field.ts";
import { unpack } from "./user-data.ts";

/** What credentials look like, by the shapes that their issuers publish. */
const shapes: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: "an AWS access key id", pattern: /(?<![A-Z0-9])(A3T[A-Z0-9]|AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/ },
  {
    name: "an AWS secret access key",
    pattern: /secret_?(access_?)?key["']?\s*(=>|[:=])\s*["']?[A-Za-z0-9/+=]{40}(?![A-Za-z0-9/+=])/i,
  },
  { name: "a private key", pattern: /-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----/ },
  { name: "a GitHub token", pattern: /(?<![A-Za-z0-9])(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22,})/ },
  { name: "a GitLab token", pattern: /(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{20}/ },
  { name: "a Slack token", pattern: /xox[abposr]-[A-Za-z0-9-]{10,}/ },
  { name: "a Stripe key", pattern: /(?<![A-Za-z0-9])[rs]k_live_[A-Za-z0-9]{16,}/ },
  { name: "a Google API key", pattern: /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}/ },
  { name: "a password in a URL", pattern: /[a-z][a-z0-9+.-]*:\/\/[^\s:/@$]+:[^\s:/@${}<>]{3,}@[^\s/]+/i },
  {
    name: "a password",
    // A literal after = or :, and no variable, path, ARN (`...:secret:name`) or command that fetches one.
    pattern:
      /(?<!:)\b\w*(password|passwd|secret|auth_?token|api_?key)["']?\s*(=>|[:=])\s*["']?(?!(\$|<|\{|%|null|true|false|none|file:|arn:|\/|aws\b|\())[A-Za-z0-9+/=_!@#%^&*-]{12,}(?=["'\s;,]|$)/i,
  },
  {
    name: "a server's password",
    pattern: /^\s*(requirepass|masterauth)\s+["']?(?![$<{%])[^\s"']{6,}/im,
  },
];

/** The kinds of credentials in a text, unpacked first. Never the credentials themselves. */
export function secretsIn(text: string): string[] {
  const parts = unpack(text);
  return shapes.filter(({ pattern }) => parts.some((part) => pattern.test(part))).map(({ name }) => name);
}

/** Whether a text as it stands is a bare secret access key: 40 characters of base64 and nothing else, with upper, lower and digits. */
export function isBareSecretKey(text: string): boolean {
  return (
    /^[A-Za-z0-9/+=]{40}$/.test(text) &&
    /[a-z]/.test(text) &&
    /[A-Z]/.test(text) &&
    /\d/.test(text) &&
    !/^[0-9a-f]{40}$/i.test(text)
  );
}

/** Names of variables that hold a credential, and no path, name or id of one. */
const secretName =
  /(password|passwd|secret_?(access_?)?key|api_?key|auth_?token|access_?token|private_?key|client_?secret)$/i;

/** Types whose outputs are credentials. A variable that comes from any other resource of the stack is an id, ARN or address. */
const secretSources = /^(random|tls):|:(SecretVersion|AccessKey|ServiceSpecificCredential|SigningKey)$/i;

/** The properties that variables are written in, by any type. */
const variableProperties = [
  "environment",
  "containerDefinitions",
  "spec",
  "primaryContainer",
  "containerProperties",
  "ecsProperties",
  "sourceConfiguration",
];

function comesFromNoSecret(node: GraphNode): boolean {
  const sources = variableProperties.flatMap((property) => node.sources(property));
  return sources.length > 0 && !sources.some(({ type }) => secretSources.test(type));
}

/** Reports a variable that holds a credential: by its value's shape, or by its name and a literal value. */
export function reportSecretVariable(name: string | Unknown | undefined, value: Field, report: Report): void {
  const text = value.text();
  if (text === UNKNOWN) {
    report.cannotTell(value, undefined, comesFromNoSecret);
    return;
  }
  if (text === undefined || text === "") {
    return;
  }
  const kinds = [...secretsIn(text), ...(isBareSecretKey(text) ? ["an AWS secret access key"] : [])];
  if (kinds.length === 0 && typeof name === "string" && secretName.test(name) && !/^(arn:|https?:|\/|\$)/.test(text)) {
    kinds.push("a credential, by the variable's name");
  }
  for (const kind of kinds) {
    report.broken(value, `holds ${kind}`);
  }
}

/** Reports a property that holds credentials. */
export function reportSecrets(field: Field, report: Report): void {
  const text = field.text();
  if (text === UNKNOWN) {
    report.cannotTell(field);
  } else if (text !== undefined) {
    for (const kind of secretsIn(text)) {
      report.broken(field, `holds ${kind}`);
    }
  }
}
