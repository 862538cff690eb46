/** There are not enough bytes yet. */
export class ShortError extends Error {}

/** Walks over the encodings of an RDB file without decoding values: a restore passes them on as they are. */
export class RdbCursor {
  readonly data: Buffer;
  at: number;

  constructor(data: Buffer, at: number) {
    this.data = data;
    this.at = at;
  }

  byte(): number {
    this.#need(1);
    return this.data[this.at++] ?? 0;
  }

  bytes(count: number): Buffer {
    this.#need(count);
    const piece = this.data.subarray(this.at, this.at + count);
    this.at += count;
    return piece;
  }

  skip(count: number): void {
    this.#need(count);
    this.at += count;
  }

  /** A length; lengths above 2^53 cannot be. */
  length(): number {
    const [value, special] = this.#lengthOrSpecial();
    if (special) {
      throw new Error(`at byte ${this.at}: a length was expected`);
    }
    return value;
  }

  /** A plain string: keys and names are never compressed to less than 20 bytes, but may be integers or LZF. */
  string(): Buffer {
    const [value, special] = this.#lengthOrSpecial();
    if (!special) {
      return this.bytes(value);
    }
    if (value === 0) {
      return Buffer.from(String(this.bytes(1).readInt8(0)));
    }
    if (value === 1) {
      return Buffer.from(String(this.bytes(2).readInt16LE(0)));
    }
    if (value === 2) {
      return Buffer.from(String(this.bytes(4).readInt32LE(0)));
    }
    const compressed = this.length();
    const size = this.length();
    return inflateLzf(this.bytes(compressed), size);
  }

  skipString(): void {
    const [value, special] = this.#lengthOrSpecial();
    if (!special) {
      this.skip(value);
    } else if (value === 3) {
      const compressed = this.length();
      this.length();
      this.skip(compressed);
    } else {
      this.skip(1 << value);
    }
  }

  #lengthOrSpecial(): [value: number, special: boolean] {
    const first = this.byte();
    switch (first >> 6) {
      case 0:
        return [first & 0x3f, false];
      case 1:
        return [((first & 0x3f) << 8) | this.byte(), false];
      case 2:
        return [first === 0x81 ? Number(this.bytes(8).readBigUInt64BE(0)) : this.bytes(4).readUInt32BE(0), false];
      default:
        if ((first & 0x3f) > 3) {
          throw new Error(`at byte ${this.at}: unknown string encoding ${first & 0x3f}`);
        }
        return [first & 0x3f, true];
    }
  }

  #need(count: number): void {
    if (this.at + count > this.data.length) {
      throw new ShortError();
    }
  }
}

/** The servers' compression of long strings. */
export function inflateLzf(input: Buffer, size: number): Buffer {
  const output = Buffer.alloc(size);
  let from = 0;
  let to = 0;
  while (from < input.length) {
    const control = input[from++] ?? 0;
    if (control < 32) {
      input.copy(output, to, from, from + control + 1);
      from += control + 1;
      to += control + 1;
      continue;
    }
    let count = control >> 5;
    if (count === 7) {
      count += input[from++] ?? 0;
    }
    let back = to - ((control & 0x1f) << 8) - (input[from++] ?? 0) - 1;
    for (let left = count + 2; left > 0; left--) {
      output[to++] = output[back++] ?? 0;
    }
  }
  return output;
}
