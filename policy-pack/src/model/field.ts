import { UnknownValueError } from "@pulumi/policy";

/** Stands for a value that is not known before `up`, such as the id of a resource that does not exist yet. */
export const UNKNOWN: unique symbol = Symbol("unknown until up");
export type Unknown = typeof UNKNOWN;

/**
 * One place in a resource's properties, read without ever throwing: what is unknown at preview is `UNKNOWN`, and so is
 * everything below it.
 *
 * Programs write the same thing in many shapes, and a policy has to read all of them alike: a block as an object or as
 * an array of one, a number or a boolean as text, a policy document as an object or as JSON text.
 */
export class Field {
  /** Property path from the resource, such as `ebsBlockDevices[0].encrypted`; empty for the resource itself. */
  readonly path: string;
  readonly #raw: unknown;

  constructor(raw: unknown, path = "") {
    this.path = path;
    this.#raw = isPlaceholder(raw) ? UNKNOWN : raw;
  }

  /** Whether the value comes from something that does not exist yet. */
  get isUnknown(): boolean {
    return this.#raw === UNKNOWN;
  }

  /** Absent, null, or an empty string: what AWS takes as "not given". */
  get isUnset(): boolean {
    return this.#raw === undefined || this.#raw === null || this.#raw === "";
  }

  /** The value as it is, `UNKNOWN`, or undefined. Objects may hold unknowns inside: read those through `at`. */
  get value(): unknown {
    return this.#raw ?? undefined;
  }

  /**
   * The property below this one. `at("a", "b")` reads a block inside a block, through arrays of one as well; of a
   * longer array it reads the first, so use `items` where a list may hold several.
   */
  at(...keys: (string | number)[]): Field {
    return keys.reduce<Field>((field, key) => field.#child(key), this);
  }

  #child(key: string | number): Field {
    let raw = this.#raw;
    let path = this.path;
    if (Array.isArray(raw) && typeof key === "string") {
      path = `${path}[0]`;
      raw = readKey(raw, 0);
      if (isPlaceholder(raw)) {
        raw = UNKNOWN;
      }
    }
    const childPath = typeof key === "number" ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    if (raw === UNKNOWN) {
      return new Field(UNKNOWN, childPath);
    }
    return new Field(raw instanceof Object ? readKey(raw, key) : undefined, childPath);
  }

  /** The elements of a list. A single object counts as a list of one, an unset list is empty, an unknown one has one unknown element. */
  items(): Field[] {
    if (this.isUnset) {
      return [];
    }
    if (!Array.isArray(this.#raw)) {
      return [this];
    }
    return Array.from({ length: this.#raw.length }, (_, index) => this.#child(index));
  }

  /** Names of the properties below. Empty for anything but an object; the values may be unknown. */
  keys(): string[] {
    return this.#raw instanceof Object && !Array.isArray(this.#raw) ? Object.keys(this.#raw) : [];
  }

  /** The text here, or of the only element of a list. Numbers and booleans are written out; anything else is undefined. */
  text(): string | undefined | Unknown {
    const raw = this.#raw;
    if (raw === UNKNOWN) {
      return UNKNOWN;
    }
    if (Array.isArray(raw) && raw.length === 1) {
      return this.#child(0).text();
    }
    return typeof raw === "string"
      ? raw
      : typeof raw === "number" || typeof raw === "boolean"
        ? String(raw)
        : undefined;
  }

  /** The number here, also when it was written as text. */
  number(): number | undefined | Unknown {
    const text = this.text();
    if (text === UNKNOWN || text === undefined || text.trim() === "") {
      return text === UNKNOWN ? UNKNOWN : undefined;
    }
    const value = Number(text);
    return Number.isNaN(value) ? undefined : value;
  }

  /** The boolean here, also when it was written as text in any case. */
  flag(): boolean | undefined | Unknown {
    const text = this.text();
    if (text === UNKNOWN || text === undefined) {
      return text;
    }
    const lower = text.toLowerCase();
    return lower === "true" ? true : lower === "false" ? false : undefined;
  }

  /** The texts of a list; an unknown element is `UNKNOWN`. */
  texts(): (string | Unknown)[] {
    return this.items()
      .map((item) => item.text())
      .filter((text) => text !== undefined);
  }

  /** The document here, parsed when it is JSON text. Text that is no JSON reads as unset. */
  document(): Field {
    const raw = this.#raw;
    if (typeof raw !== "string") {
      return this;
    }
    try {
      return new Field(JSON.parse(raw), this.path);
    } catch {
      return new Field(undefined, this.path);
    }
  }

  /** Whether anything at or below this place is unknown. */
  holdsUnknown(): boolean {
    if (this.isUnknown) {
      return true;
    }
    if (Array.isArray(this.#raw)) {
      return this.items().some((item) => item.holdsUnknown());
    }
    return this.keys().some((key) => this.at(key).holdsUnknown());
  }
}

function readKey(container: object, key: string | number): unknown {
  try {
    return Object.hasOwn(container, key) ? (container as Record<string | number, unknown>)[key] : undefined;
  } catch (error) {
    if (error instanceof UnknownValueError) {
      return UNKNOWN;
    }
    throw error;
  }
}

/** `{"$ref": "..."}`, the way converted programs and schemas write "the value of something else". */
function isPlaceholder(raw: unknown): boolean {
  if (!(raw instanceof Object) || Array.isArray(raw)) {
    return false;
  }
  const keys = Object.keys(raw);
  return keys.length === 1 && keys[0] === "$ref";
}
