import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { S3Client } from "@aws-sdk/client-s3";
import { leaseTakeover } from "../timing.ts";

/** How long a lease counts without being renewed, in milliseconds, and how often it is renewed. */
export interface LeaseTimes {
  readonly lengthMs: number;
  readonly now: () => number;
}

interface LeaseRecord {
  readonly owner: string;
  /** Grows with every renewal, so that another controller sees it alive without comparing clocks. */
  readonly term: number;
  /** Whether the cluster has ever held all slots. */
  readonly formed: boolean;
}

/**
 * At most one controller acts at a time. The record is an S3 object that is replaced only if nobody has replaced it
 * meanwhile (`If-Match`). No wall clock is compared: an owner counts its own lease from before it asked, on a clock that
 * does not jump, and another one takes over only after it has watched the same record unchanged for longer than that.
 */
export class Lease {
  formed = false;
  readonly #s3: S3Client;
  readonly #place: { readonly Bucket: string; readonly Key: string };
  readonly #owner: string;
  readonly #times: LeaseTimes;
  #heldUntil = -Infinity;
  #watched: { readonly etag: string; readonly since: number } | undefined;

  constructor(s3: S3Client, bucket: string, cluster: string, owner: string, times: LeaseTimes) {
    this.#s3 = s3;
    this.#place = { Bucket: bucket, Key: `${cluster}/controller/lease.json` };
    this.#owner = owner;
    this.#times = times;
  }

  /** Whether it is surely ours now. */
  isHeld(): boolean {
    return this.#times.now() < this.#heldUntil;
  }

  /**
   * Takes or renews it.
   *
   * @returns whether it is ours
   * @throws the error of S3, other than a lost race; the lease then runs out by itself
   */
  async acquire(): Promise<boolean> {
    const started = this.#times.now();
    const current = await this.#read();
    if (current === undefined) {
      return this.#write({ owner: this.#owner, term: 1, formed: this.formed }, { IfNoneMatch: "*" }, started);
    }
    this.formed ||= current.record.formed;
    if (current.record.owner !== this.#owner) {
      if (this.#watched?.etag !== current.etag) {
        this.#watched = { etag: current.etag, since: started };
      }
      if (started - this.#watched.since < this.#times.lengthMs * leaseTakeover) {
        this.#heldUntil = -Infinity;
        return false;
      }
    }
    const next = { owner: this.#owner, term: current.record.term + 1, formed: this.formed };
    return this.#write(next, { IfMatch: current.etag }, started);
  }

  async #write(
    record: LeaseRecord,
    condition: { IfMatch: string } | { IfNoneMatch: string },
    started: number,
  ): Promise<boolean> {
    try {
      const body = JSON.stringify(record);
      await this.#s3.send(
        new PutObjectCommand({ ...this.#place, ...condition, Body: body, ContentType: "application/json" }),
      );
    } catch (error) {
      if (isLostRace(error)) {
        this.#heldUntil = -Infinity;
        return false;
      }
      throw error;
    }
    this.#heldUntil = started + this.#times.lengthMs;
    return true;
  }

  async #read(): Promise<{ record: LeaseRecord; etag: string } | undefined> {
    try {
      const { Body, ETag } = await this.#s3.send(new GetObjectCommand(this.#place));
      return { record: JSON.parse((await Body?.transformToString()) ?? "") as LeaseRecord, etag: ETag ?? "" };
    } catch (error) {
      if (error instanceof Error && error.name === "NoSuchKey") {
        return undefined;
      }
      throw error;
    }
  }
}

function isLostRace(error: unknown): boolean {
  return error instanceof Error && /PreconditionFailed|ConditionalRequestConflict/.test(error.name);
}
