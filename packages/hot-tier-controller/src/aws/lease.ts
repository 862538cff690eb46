import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { S3Client } from "@aws-sdk/client-s3";
import { leaseCallMs, leaseTakeover } from "../timing.ts";

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
  /** When that was first noted. */
  readonly formedAt?: string;
}

/**
 * At most one controller acts at a time. The record is an S3 object that is replaced only if nobody has replaced it
 * meanwhile (`If-Match`). No wall clock is compared: an owner counts its own lease from before it asked, on a clock that
 * does not jump, and another one takes over only after it has watched the same record unchanged for longer than that.
 */
export class Lease {
  /** Whether the cluster has ever held all slots: noted with the next renewal. */
  formed = false;
  /** When that was first noted. */
  formedAt: Date | undefined;
  readonly #s3: S3Client;
  readonly #place: { readonly Bucket: string; readonly Key: string };
  readonly #owner: string;
  readonly #times: LeaseTimes;
  #heldUntil = -Infinity;
  #watched: { readonly etag: string; readonly since: number } | undefined;
  /** The call that is under way: a second one beside it would lose the race against it, and with it the lease. */
  #acquiring: Promise<boolean> | undefined;

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
   * Takes or renews it. Whoever calls while a call is under way gets its answer.
   *
   * @returns whether it is ours
   * @throws the error of S3, other than a lost race; the lease then runs out by itself
   */
  acquire(): Promise<boolean> {
    this.#acquiring ??= this.#acquire().finally(() => (this.#acquiring = undefined));
    return this.#acquiring;
  }

  async #acquire(): Promise<boolean> {
    const started = this.#times.now();
    const current = await this.#read();
    if (current === undefined) {
      return this.#write(1, { IfNoneMatch: "*" }, started);
    }
    this.formed ||= current.record.formed;
    if (current.record.formedAt !== undefined) {
      this.formedAt = new Date(current.record.formedAt);
    }
    if (current.record.owner !== this.#owner) {
      if (this.#watched?.etag !== current.etag) {
        this.#watched = { etag: current.etag, since: started };
      }
      if (started - this.#watched.since < this.#times.lengthMs * leaseTakeover) {
        this.#heldUntil = -Infinity;
        return false;
      }
    }
    return this.#write(current.record.term + 1, { IfMatch: current.etag }, started);
  }

  async #write(
    term: number,
    condition: { IfMatch: string } | { IfNoneMatch: string },
    started: number,
  ): Promise<boolean> {
    if (this.formed) {
      this.formedAt ??= new Date();
    }
    const record: LeaseRecord = {
      owner: this.#owner,
      term,
      formed: this.formed,
      ...(this.formedAt === undefined ? {} : { formedAt: this.formedAt.toISOString() }),
    };
    try {
      const body = JSON.stringify(record);
      await this.#s3.send(
        new PutObjectCommand({ ...this.#place, ...condition, Body: body, ContentType: "application/json" }),
        this.#patience(),
      );
    } catch (error) {
      if (!isLostRace(error)) {
        throw error;
      }
      // Or it was written, the answer was lost on its way, and the client's second attempt met the first.
      const current = (await this.#read())?.record;
      if (current?.owner !== record.owner || current.term !== record.term) {
        this.#heldUntil = -Infinity;
        return false;
      }
    }
    this.#heldUntil = started + this.#times.lengthMs;
    return true;
  }

  /** A call that hangs must not keep the next one from renewing in time. */
  #patience(): { readonly abortSignal: AbortSignal } {
    return { abortSignal: AbortSignal.timeout(leaseCallMs) };
  }

  async #read(): Promise<{ record: LeaseRecord; etag: string } | undefined> {
    try {
      const { Body, ETag } = await this.#s3.send(new GetObjectCommand(this.#place), this.#patience());
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
