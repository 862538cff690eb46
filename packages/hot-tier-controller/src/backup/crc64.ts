/** Reflected polynomial of the CRC-64 ("Jones") that RDB files and DUMP payloads end with. */
const polynomial = 0x95ac9329ac4bc9b5n;
const low = new Uint32Array(256);
const high = new Uint32Array(256);

for (let byte = 0; byte < 256; byte++) {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) {
    value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
  }
  low[byte] = Number(value & 0xffff_ffffn);
  high[byte] = Number(value >> 32n);
}

/** A CRC-64 over pieces. Two 32-bit halves, because big integers would be a hundred times slower. */
export class Crc64 {
  #low = 0;
  #high = 0;

  update(data: Uint8Array): this {
    let lo = this.#low;
    let hi = this.#high;
    for (const byte of data) {
      const index = (lo ^ byte) & 0xff;
      lo = ((lo >>> 8) | (hi << 24)) ^ (low[index] ?? 0);
      hi = (hi >>> 8) ^ (high[index] ?? 0);
    }
    this.#low = lo >>> 0;
    this.#high = hi >>> 0;
    return this;
  }

  /** Eight bytes, least significant first, as the servers write it. */
  digest(): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(this.#low, 0);
    bytes.writeUInt32LE(this.#high, 4);
    return bytes;
  }
}
