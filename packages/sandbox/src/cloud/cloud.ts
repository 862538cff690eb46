import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { PropertyMap } from "../engine/values.ts";
import { restoreSecrets, sealSecrets } from "./sealed.ts";
import { hasWriter, markWriter } from "./writers.ts";

/** One thing that exists in the simulated cloud. */
export interface CloudObject {
  readonly id: string;
  readonly urn: string;
  readonly type: string;
  /** The AWS region, or the cluster; empty for global services. */
  readonly place: string;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
}

type Entry =
  | { readonly op: "put"; readonly object: CloudObject }
  | { readonly op: "delete"; readonly type: string; readonly id: string; readonly urn: string }
  /** How many objects were created for each URN, the deleted ones included. */
  | { readonly op: "created"; readonly counts: Readonly<Record<string, number>> };

/** Which of several objects with one ID is meant: that of the URN, else one in the place, else any. */
export interface Hint {
  readonly urn?: string;
  readonly place?: string;
}

/**
 * The simulated cloud of one provider and stack: objects in memory, and a journal that a record is appended to before the
 * caller hears of it, so that `kill -9` loses nothing that was promised. Secrets are sealed (see `sealed.ts`) before they are
 * kept.
 */
export class Cloud {
  readonly #file: string;
  readonly #objects = new Map<string, CloudObject>();
  /** Keys of objects by type and ID: a name is unique in a region or a group, not in the account. */
  readonly #byId = new Map<string, Set<string>>();
  readonly #byUrn = new Map<string, Set<string>>();
  readonly #created = new Map<string, number>();
  /** Objects that the engine has named since this process began: it has them in its state. */
  readonly #acknowledged = new Set<string>();
  #journal: number | undefined;
  #unmark: () => void = () => undefined;

  /** Opens the journal at `file`; a torn last record, as a kill leaves it, counts as not written. */
  constructor(file: string) {
    this.#file = file;
    if (!existsSync(file)) return;
    let records = 0;
    for (const line of readFileSync(file, "utf8").split("\n")) {
      const entry = parse(line);
      if (!entry) continue;
      records++;
      this.#apply(entry);
    }
    if (records > 64 && records > 4 * this.#objects.size && !hasWriter(file)) this.#compact();
  }

  /** The object that an ID means. */
  get(type: string, id: string, hint: Hint = {}): CloudObject | undefined {
    const found = [...(this.#byId.get(`${type} ${id}`) ?? [])].flatMap((each) => this.#objects.get(each) ?? []);
    return found.find(({ urn }) => urn === hint.urn) ?? found.find(({ place }) => place === hint.place) ?? found[0];
  }

  /** The object of a type in a place, by an ID that is a name. */
  named(type: string, name: string, place: string): CloudObject | undefined {
    const found = this.get(type, name, { place });
    return found?.place === place ? found : undefined;
  }

  /** Everything that exists. */
  all(): CloudObject[] {
    return [...this.#objects.values()];
  }

  /** The objects of a type in a place. */
  ofType(type: string, place?: string): CloudObject[] {
    return [...this.#objects.values()].filter(
      (object) => object.type === type && (place === undefined || object.place === place),
    );
  }

  /** How many objects were ever created for a URN: the seed of the next one's ID. */
  generation(urn: string): number {
    return this.#created.get(urn) ?? 0;
  }

  /** Notes that the engine knows an object, so that a create with the same inputs means another one. */
  acknowledge(type: string, id: string, hint: Hint): void {
    const object = this.get(type, id, hint);
    if (object) this.#acknowledged.add(keyOf(object));
  }

  /** The live objects of a URN that the engine is known to know. */
  acknowledgedOf(urn: string): CloudObject[] {
    return this.#of(urn).filter((object) => this.#acknowledged.has(keyOf(object)));
  }

  /**
   * The object that an earlier, interrupted run created for the same URN from the same inputs, whose reply the engine never
   * stored. Works like an AWS client token: asking twice creates once.
   */
  createdBefore(urn: string, inputs: PropertyMap): CloudObject | undefined {
    const sealed = sealSecrets(inputs);
    return this.#of(urn).find(
      (object) => !this.#acknowledged.has(keyOf(object)) && isDeepStrictEqual(object.inputs, sealed),
    );
  }

  /** Creates or updates an object. */
  put(object: CloudObject): void {
    this.#record({
      op: "put",
      object: { ...object, inputs: sealSecrets(object.inputs), outputs: sealSecrets(object.outputs) },
    });
  }

  /** Deletes an object; one that is not there counts as deleted. */
  remove(type: string, id: string, hint: Hint): void {
    const object = this.get(type, id, hint);
    if (object) this.#record({ op: "delete", type, id, urn: object.urn });
  }

  /** An object's inputs and outputs with the secrets that the caller's own state holds put back. */
  revealed(object: CloudObject, known: PropertyMap): { inputs: PropertyMap; outputs: PropertyMap } {
    return { inputs: restoreSecrets(object.inputs, known), outputs: restoreSecrets(object.outputs, known) };
  }

  close(): void {
    if (this.#journal !== undefined) closeSync(this.#journal);
    this.#journal = undefined;
    this.#unmark();
  }

  #of(urn: string): CloudObject[] {
    return [...(this.#byUrn.get(urn) ?? [])].flatMap((id) => this.#objects.get(id) ?? []);
  }

  #record(entry: Entry): void {
    this.#journal ??= this.#open();
    try {
      writeFileSync(this.#journal, `${JSON.stringify(entry)}\n`);
    } catch (error) {
      // A full disk tears a record, too: the next one begins as after a kill.
      this.close();
      throw Object.assign(error as Error, { path: this.#file });
    }
    this.#apply(entry);
  }

  #open(): number {
    mkdirSync(dirname(this.#file), { recursive: true });
    this.#unmark = markWriter(this.#file);
    const journal = openSync(this.#file, "a", 0o600);
    // Ends a record that a kill tore, so that the next one is readable.
    writeFileSync(journal, "\n");
    return journal;
  }

  #apply(entry: Entry): void {
    if (entry.op === "created") {
      for (const [urn, count] of Object.entries(entry.counts)) this.#created.set(urn, count);
      return;
    }
    if (entry.op === "delete") {
      const gone = keyOf(entry);
      this.#byUrn.get(entry.urn)?.delete(gone);
      this.#byId.get(`${entry.type} ${entry.id}`)?.delete(gone);
      this.#objects.delete(gone);
      return;
    }
    const { object } = entry;
    const id = keyOf(object);
    if (!this.#objects.has(id)) this.#created.set(object.urn, this.generation(object.urn) + 1);
    this.#objects.set(id, object);
    addTo(this.#byUrn, object.urn, id);
    addTo(this.#byId, `${object.type} ${object.id}`, id);
  }

  #compact(): void {
    const entries: Entry[] = [...this.#objects.values()].map((object) => ({ op: "put", object }));
    // Without the counts, the next object of a URN would get the ID of one that is or was there.
    entries.push({ op: "created", counts: Object.fromEntries(this.#created) });
    const lines = entries.map((entry) => JSON.stringify(entry));
    writeFileSync(`${this.#file}.new`, `${lines.join("\n")}\n`, { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

/** Hexadecimal digits that only depend on the seed: the same program gives the same IDs on every machine. */
export function digest(seed: string, length: number): string {
  return createHash("sha256").update(seed).digest("hex").slice(0, length);
}

function keyOf({ type, id, urn }: Pick<CloudObject, "type" | "id" | "urn">): string {
  return `${type} ${id} ${urn}`;
}

function addTo(index: Map<string, Set<string>>, name: string, value: string): void {
  const values = index.get(name) ?? new Set<string>();
  index.set(name, values.add(value));
}

function parse(line: string): Entry | undefined {
  if (line === "") return undefined;
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}
