/** Reads `Pulumi.<stack>.yaml`: config with namespaces, structured and secure values, and the project's own defaults. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Crypter } from "../checkpoint/crypter.ts";
import { UserError } from "../engine/model.ts";
import { readYaml, type Project, type ProjectConfigEntry } from "./project.ts";

/** A stack's configuration as a program receives it: every value is a text, structured ones are JSON. */
export interface StackConfig {
  values: Record<string, string>;
  secretKeys: string[];
  encryptionSalt?: string;
}

const stackFile = /^Pulumi\.(.+)\.ya?ml$/;

/** The stacks that have a config file, sorted. */
export function configuredStacks(project: Project): string[] {
  if (!existsSync(project.configDirectory)) return [];
  return readdirSync(project.configDirectory)
    .map((name) => stackFile.exec(name)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

function configPath(project: Project, stack: string): string | undefined {
  return [`Pulumi.${stack}.yaml`, `Pulumi.${stack}.yml`]
    .map((name) => join(project.configDirectory, name))
    .find(existsSync);
}

/** The passphrase from the environment, as the CLI reads it. */
export function readPassphrase(): string | undefined {
  const { PULUMI_CONFIG_PASSPHRASE: text, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  if (text !== undefined) return text;
  return file ? readFileSync(file, "utf8").trim() : undefined;
}

const isSecure = (value: unknown): value is { secure: string } =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as { secure?: unknown }).secure === "string" &&
  Object.keys(value).length === 1;

const holdsSecure = (value: unknown): boolean =>
  isSecure(value) || (typeof value === "object" && value !== null && Object.values(value).some(holdsSecure));

function decrypted(value: unknown, crypter: Crypter | undefined): unknown {
  if (isSecure(value)) return crypter!.decrypt(value.secure);
  if (Array.isArray(value)) return value.map((item) => decrypted(item, crypter));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, decrypted(inner, crypter)]));
}

/** A value as the program sees it: scalars as text, everything else as JSON. */
const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value ?? ""));

const typeChecks: Record<string, (value: string) => boolean> = {
  string: () => true,
  boolean: (value) => value === "true" || value === "false",
  integer: (value) => /^-?\d+$/.test(value),
  number: (value) => value.trim() !== "" && Number.isFinite(Number(value)),
  array: (value) => value.trimStart().startsWith("["),
  object: (value) => value.trimStart().startsWith("{"),
};

const asEntry = (value: unknown): ProjectConfigEntry =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  ["type", "default", "value", "secret", "description"].some((key) => key in value)
    ? (value as ProjectConfigEntry)
    : { value };

/** Fills in what the project file declares, and checks declared types. */
function applyProjectConfig(project: Project, stack: string, config: StackConfig): void {
  for (const [key, declared] of Object.entries(project.config)) {
    const fullKey = key.includes(":") ? key : `${project.name}:${key}`;
    const entry = asEntry(declared);
    const fallback = entry.value ?? entry.default;
    config.values[fullKey] ??= fallback === undefined ? "" : asText(fallback);
    const value = config.values[fullKey];
    if (fallback === undefined && value === "") {
      if (entry.type)
        throw new UserError(
          `config ${fullKey} is not set for stack ${stack}; expected a value of type ${entry.type} in Pulumi.${stack}.yaml`,
        );
      delete config.values[fullKey];
      continue;
    }
    const fits = entry.type === undefined || (typeChecks[entry.type]?.(value) ?? true);
    if (!fits) {
      const shown = config.secretKeys.includes(fullKey) ? "[secret]" : JSON.stringify(value);
      throw new UserError(`config ${fullKey} of stack ${stack} is ${shown}; Pulumi.yaml declares it as ${entry.type}`);
    }
  }
}

/** Reads a stack's file and merges the project's defaults. A stack without a file has only those. */
export async function readStackConfig(project: Project, stack: string): Promise<StackConfig> {
  const path = configPath(project, stack);
  const file = path ? readYaml(path) : {};
  const section = file.config ?? {};
  if (typeof section !== "object" || Array.isArray(section)) {
    throw new UserError(
      `${path}: "config" is ${JSON.stringify(section)}; expected a mapping such as \`config:\n  aws:region: us-east-1\``,
    );
  }
  const salt = typeof file.encryptionsalt === "string" ? file.encryptionsalt : undefined;
  const config: StackConfig = { values: {}, secretKeys: [], ...(salt ? { encryptionSalt: salt } : {}) };
  let crypter: Crypter | undefined;
  for (const [key, value] of Object.entries(section as Record<string, unknown>)) {
    const fullKey = key.includes(":") ? key : `${project.name}:${key}`;
    if (holdsSecure(value)) {
      if (!salt)
        throw new UserError(`${path}: ${key} is a secure value, but the file has no encryptionsalt to decrypt it with`);
      crypter ??= await Crypter.open(readPassphrase() ?? "", salt);
      config.secretKeys.push(fullKey);
    }
    config.values[fullKey] = asText(decrypted(value, crypter));
  }
  applyProjectConfig(project, stack, config);
  return config;
}
