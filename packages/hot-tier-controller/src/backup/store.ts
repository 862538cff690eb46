import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { DeleteObjectsCommand, GetObjectCommand, paginateListObjectsV2, PutObjectCommand } from "@aws-sdk/client-s3";
import type { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { BackupRefusedError } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import type { BackupProgress } from "./progress.ts";

const partBytes = 64 * 1024 * 1024;

/** Names of generations, oldest first: with a manifest, and those that are still being taken or were given up. */
export interface StoredGenerations {
  readonly finished: readonly string[];
  readonly unfinished: readonly string[];
}

/** Backups of one cluster in the state bucket. */
export class BackupStore {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(s3: S3Client, bucket: string, cluster: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#prefix = `${cluster}/backups/`;
  }

  /** Stores a stream of any length, and gives its size and SHA-256. */
  async putFile(
    generation: string,
    name: string,
    data: AsyncIterable<Uint8Array>,
  ): Promise<{ bytes: number; sha256: string }> {
    const hash = createHash("sha256");
    let bytes = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of data) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    }
    const upload = new Upload({
      client: this.#s3,
      partSize: partBytes,
      queueSize: 2,
      params: { Bucket: this.#bucket, Key: this.#key(generation, name), Body: Readable.from(counted()) },
    });
    await upload.done();
    return { bytes, sha256: hash.digest("hex") };
  }

  async putManifest(manifest: Manifest): Promise<void> {
    await this.#putJson(manifest.generation, "manifest.json", manifest);
  }

  /** How far an unfinished generation is; undefined when no turn of it has begun. */
  async getProgress(generation: string): Promise<{ progress: BackupProgress; etag: string } | undefined> {
    try {
      const { Body, ETag = "" } = await this.#s3.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: this.#key(generation, "progress.json") }),
      );
      return { progress: JSON.parse((await Body?.transformToString()) ?? "") as BackupProgress, etag: ETag };
    } catch (error) {
      if (error instanceof Error && error.name === "NoSuchKey") {
        return undefined;
      }
      throw error;
    }
  }

  /**
   * Notes how far a generation is, if nobody did since.
   *
   * @param etag of the progress that this one follows; undefined for the first
   * @returns the new one's
   */
  async putProgress(progress: BackupProgress, etag: string | undefined): Promise<string> {
    try {
      return await this.#putJson(
        progress.generation,
        "progress.json",
        progress,
        etag === undefined ? { IfNoneMatch: "*" } : { IfMatch: etag },
      );
    } catch (error) {
      if (error instanceof Error && /PreconditionFailed|ConditionalRequestConflict/.test(error.name)) {
        throw new Error(`another controller goes on with the backup ${progress.generation}`, { cause: error });
      }
      throw error;
    }
  }

  /** @throws BackupRefusedError when there is none: the backup was never finished. */
  async getManifest(generation: string): Promise<Manifest> {
    const body = await this.#get(generation, "manifest.json");
    const pieces: Uint8Array[] = [];
    for await (const piece of body) {
      pieces.push(piece);
    }
    try {
      return JSON.parse(Buffer.concat(pieces).toString()) as Manifest;
    } catch (error) {
      throw new BackupRefusedError(`manifest.json of ${generation} is not JSON.`, { cause: error });
    }
  }

  /** @throws BackupRefusedError that names the file when it is missing. */
  getFile(generation: string, name: string): Promise<AsyncIterable<Uint8Array>> {
    return this.#get(generation, name);
  }

  /** Generations with a manifest, oldest first. */
  async generations(): Promise<readonly string[]> {
    return (await this.list()).finished;
  }

  /** All generations that something is stored of. */
  async list(): Promise<StoredGenerations> {
    const finished = new Set<string>();
    const all = new Set<string>();
    for await (const page of paginateListObjectsV2(
      { client: this.#s3 },
      { Bucket: this.#bucket, Prefix: this.#prefix },
    )) {
      for (const { Key = "" } of page.Contents ?? []) {
        const [generation = "", ...name] = Key.slice(this.#prefix.length).split("/");
        all.add(generation);
        if (name.join("/") === "manifest.json") {
          finished.add(generation);
        }
      }
    }
    return { finished: [...finished].sort(), unfinished: [...all].filter((name) => !finished.has(name)).sort() };
  }

  /** Deletes a generation, its manifest and its progress first: half of a backup must not look like one, nor be gone on with. */
  async remove(generation: string): Promise<void> {
    const keys: string[] = [];
    const list = { Bucket: this.#bucket, Prefix: this.#key(generation, "") };
    for await (const page of paginateListObjectsV2({ client: this.#s3 }, list)) {
      keys.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
    }
    const records = ["manifest.json", "progress.json"].map((name) => this.#key(generation, name));
    const rest = keys.filter((key) => !records.includes(key));
    for (const batch of [records, ...chunks(rest, 1_000)]) {
      const Objects = batch.map((Key) => ({ Key }));
      await this.#s3.send(new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects } }));
    }
  }

  async #get(generation: string, name: string): Promise<AsyncIterable<Uint8Array>> {
    try {
      const { Body } = await this.#s3.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: this.#key(generation, name) }),
      );
      return Body as AsyncIterable<Uint8Array>;
    } catch (error) {
      if (error instanceof Error && error.name === "NoSuchKey") {
        throw new BackupRefusedError(`${name} of ${generation} is missing.`, { cause: error });
      }
      throw error;
    }
  }

  async #putJson(
    generation: string,
    name: string,
    value: unknown,
    condition: { readonly IfMatch?: string; readonly IfNoneMatch?: string } = {},
  ): Promise<string> {
    const { ETag = "" } = await this.#s3.send(
      new PutObjectCommand({
        ...condition,
        Bucket: this.#bucket,
        Key: this.#key(generation, name),
        Body: JSON.stringify(value, null, 2),
        ContentType: "application/json",
      }),
    );
    return ETag;
  }

  #key(generation: string, name: string): string {
    return `${this.#prefix}${generation}/${name}`;
  }
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
