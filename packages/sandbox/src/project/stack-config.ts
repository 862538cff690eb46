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
  /** The encrypted texts themselves, also those inside of structured values: what no screen may show. */
  secretTexts: string[];
  encryptionSalt?: string;
}

/** A stack without configuration. */
export const emptyConfig = (): StackConfig => ({ values: {}, secretKeys: [], secretTexts: [] });

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
  if (!file) return undefined;
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new UserError(
      `PULUMI_CONFIG_PASSPHRASE_FILE names ${file}, which cannot be read: ${(error as Error).message}`,
    );
  }
}

const isSecure = (value: unknown): value is { secure: string } =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as { secure?: unknown }).secure === "string" &&
  Object.keys(value).length === 1;

const holdsSecure = (value: unknown): boolean =>
  isSecure(value) || (typeof value === "object" && value !== null && Object.values(value).some(holdsSecure));

/** A value with what is secure in it decrypted, and collected in `texts`. */
function decrypted(value: unknown, crypter: Crypter, texts: string[]): unknown {
  if (isSecure(value)) {
    const text = crypter.decrypt(value.secure);
    texts.push(text);
    return text;
  }
  if (Array.isArray(value)) return value.map((item) => decrypted(item, crypter, texts));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, decrypted(inner, crypter, texts)]));
}

/** A value as the program sees it: scalars as text, everything else as JSON. */
const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));

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
    if (!(fullKey in config.values) && fallback !== undefined) config.values[fullKey] = asText(fallback);
    const value = config.values[fullKey];
    if (value === undefined) {
      // Another package's key may stay open: that package has a default of its own.
      if (!entry.type && !fullKey.startsWith(`${project.name}:`)) continue;
      throw new UserError(
        `config ${fullKey} is not set for stack ${stack}; expected a value${entry.type ? ` of type ${entry.type}` : ""} in Pulumi.${stack}.yaml`,
      );
    }
    if (entry.type && entry.secret && !config.secretKeys.includes(fullKey))
      throw new UserError(
        `config ${fullKey} of stack ${stack} is in plain text; Pulumi.yaml declares it as secret. Encrypt it: pulumi config set --stack ${stack} --secret ${fullKey}`,
      );
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
  const config: StackConfig = { ...emptyConfig(), ...(salt ? { encryptionSalt: salt } : {}) };
  let crypter: Crypter | undefined;
  for (const [key, value] of Object.entries(section as Record<string, unknown>)) {
    const fullKey = key.includes(":") ? key : `${project.name}:${key}`;
    if (!holdsSecure(value)) {
      config.values[fullKey] = asText(value);
      continue;
    }
    if (!salt)
      throw new UserError(`${path}: ${key} is a secure value, but the file has no encryptionsalt to decrypt it with`);
    crypter ??= await Crypter.open(readPassphrase() ?? "", salt);
    try {
      config.values[fullKey] = asText(decrypted(value, crypter, config.secretTexts));
    } catch (error) {
      throw error instanceof UserError ? new UserError(`${path}: ${key}: ${error.message}`) : error;
    }
    config.secretKeys.push(fullKey);
  }
  applyProjectConfig(project, stack, config);
  return config;
}
