/** Hashes of assets and archives, computed as the CLI does: they decide whether a file's change is a change of a resource. */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import {
  isObject,
  Signature,
  signatureKey,
  signatureOf,
  someValue,
  type PropertyMap,
  type PropertyValue,
} from "./values.ts";

const sha256 = (data: Buffer | string): string => createHash("sha256").update(data).digest("hex");
const archiveExtensions = [".tar", ".tgz", ".tar.gz", ".zip", ".jar"];
const block = 512;

/** What the CLI stores of an asset; SDKs send marks of their own beside it. */
const storedKeys = [signatureKey, "hash", "text", "path", "uri", "assets"];
const known = (value: PropertyMap): PropertyMap =>
  Object.fromEntries(storedKeys.filter((key) => key in value).map((key) => [key, value[key]!]));

interface Entry {
  name: string;
  data: Buffer;
}

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, "0")}\0`;

/** A tar header as Go writes it for a file with mode 0600 and no time. */
function tarHeader({ name, data }: Entry): Buffer {
  const header = Buffer.alloc(block);
  let [prefix, base] = ["", name];
  if (Buffer.byteLength(name) > 100) {
    const cut = name.lastIndexOf("/", 155);
    [prefix, base] = [name.slice(0, cut), name.slice(cut + 1)];
  }
  header.write(base, 0);
  header.write(octal(0o600, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(data.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  header.write(octal(0, 8), 329);
  header.write(octal(0, 8), 337);
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

function tar(entries: Entry[]): Buffer {
  const seen = new Set<string>();
  const parts: Buffer[] = [];
  for (const entry of entries) {
    if (seen.has(entry.name)) continue;
    seen.add(entry.name);
    parts.push(tarHeader(entry), entry.data, Buffer.alloc((block - (entry.data.length % block)) % block));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

/** Files below a folder in the order of Go's filepath.Walk. */
async function walk(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  const files: string[] = [];
  for (const name of names) {
    if (name === ".pulumi") continue;
    const path = join(directory, name);
    const info = await stat(path);
    if (info.isDirectory()) files.push(...(await walk(path)));
    else files.push(path);
  }
  return files;
}

export class AssetHasher {
  #directory: string;

  constructor(programDirectory: string) {
    this.#directory = programDirectory;
  }

  /** The properties with every asset and archive carrying its hash. */
  async hashed(properties: PropertyMap): Promise<PropertyMap> {
    const has = someValue(
      properties,
      (value) => signatureOf(value) === Signature.Asset || signatureOf(value) === Signature.Archive,
    );
    return has ? ((await this.#hash(properties)) as PropertyMap) : properties;
  }

  async #hash(value: PropertyValue): Promise<PropertyValue> {
    if (Array.isArray(value)) return Promise.all(value.map((item) => this.#hash(item)));
    if (!isObject(value)) return value;
    const signature = signatureOf(value);
    if (signature === Signature.Asset)
      return { ...known(value), hash: value.hash || sha256(await this.#readAsset(value)) };
    if (signature === Signature.Archive) return this.#hashArchive(known(value));
    const entries = await Promise.all(
      Object.entries(value).map(async ([key, inner]) => [key, await this.#hash(inner)] as const),
    );
    return Object.fromEntries(entries);
  }

  async #hashArchive(archive: PropertyMap): Promise<PropertyMap> {
    const assets = isObject(archive.assets) ? ((await this.#hash(archive.assets)) as PropertyMap) : undefined;
    const path = typeof archive.path === "string" ? resolve(this.#directory, archive.path) : undefined;
    const isFile = path !== undefined && archiveExtensions.some((extension) => path.endsWith(extension));
    const hash = archive.hash || sha256(isFile ? await readFile(path) : tar(await this.#entries(archive)));
    return { ...archive, ...(assets ? { assets } : {}), hash };
  }

  async #entries(archive: PropertyMap): Promise<Entry[]> {
    if (isObject(archive.assets)) {
      const entries: Entry[] = [];
      for (const [name, asset] of Object.entries(archive.assets).sort(([left], [right]) => (left < right ? -1 : 1))) {
        if (!isObject(asset)) continue;
        if (signatureOf(asset) === Signature.Asset) entries.push({ name, data: await this.#readAsset(asset) });
        else
          for (const inner of await this.#entries(asset))
            entries.push({ name: `${name}/${inner.name}`, data: inner.data });
      }
      return entries;
    }
    if (typeof archive.path !== "string" || archive.path === "") return [];
    const root = resolve(this.#directory, archive.path);
    const files = await walk(root);
    return Promise.all(
      files.map(async (file) => ({ name: relative(root, file).split(sep).join("/"), data: await readFile(file) })),
    );
  }

  async #readAsset(asset: PropertyMap): Promise<Buffer> {
    if (typeof asset.path === "string" && asset.path !== "") return readFile(resolve(this.#directory, asset.path));
    if (typeof asset.uri === "string" && asset.uri !== "") {
      if (!asset.uri.startsWith("file://"))
        throw new Error(`asset ${asset.uri}: the sandbox reads files only, nothing from the network`);
      return readFile(fileURLToPath(asset.uri));
    }
    return Buffer.from(typeof asset.text === "string" ? asset.text : "");
  }
}
