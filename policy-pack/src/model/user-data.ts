import { gunzipSync } from "node:zlib";

/** More than any user data: EC2 takes 16 KiB, and gzip may hide up to a thousand times that. */
const mostBytes = 1 << 22;

/**
 * The readable parts of user data: as it is, or from base64, gzip and MIME multipart, in whatever order they were wrapped.
 * What is none of these comes back as it was.
 */
export function unpack(userData: string): string[] {
  return unpackBytes(Buffer.from(userData, "utf8"), 4);
}

function unpackBytes(bytes: Buffer, depth: number): string[] {
  if (depth === 0) {
    return [bytes.toString("utf8")];
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      return unpackBytes(gunzipSync(bytes, { maxOutputLength: mostBytes }), depth - 1);
    } catch {
      return [bytes.toString("latin1")];
    }
  }
  const text = bytes.toString("utf8");
  const boundary = /^content-type:\s*multipart\/[^\n]*?boundary="?([^"\s;]+)"?/im.exec(text)?.[1];
  if (boundary !== undefined) {
    return text.split(`--${boundary}`).flatMap((part) => unpackPart(part, depth - 1));
  }
  const compact = text.replace(/\s+/g, "");
  if (compact.length >= 16 && compact.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(compact)) {
    return [text, ...unpackBytes(Buffer.from(compact, "base64"), depth - 1)];
  }
  return [text, ...embeddedDocuments(text).flatMap((document) => unpackBytes(document, depth - 1))];
}

/** A part of a MIME message: headers, an empty line, the body. */
function unpackPart(part: string, depth: number): string[] {
  const separator = /\r?\n\r?\n/.exec(part);
  if (separator === null) {
    return [part];
  }
  const headers = part.slice(0, separator.index);
  const body = part.slice(separator.index + separator[0].length);
  return /^content-transfer-encoding:\s*base64/im.test(headers)
    ? unpackBytes(Buffer.from(body.replace(/\s+/g, ""), "base64"), depth)
    : unpackBytes(Buffer.from(body.trim(), "utf8"), depth);
}

/** Files that cloud-init or a script carries inside as base64: long runs that decode to text or gzip. */
function embeddedDocuments(text: string): Buffer[] {
  return [...text.matchAll(/(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{60,}={0,2}(?![A-Za-z0-9+/=])/g)]
    .map(([run]) => Buffer.from(run, "base64"))
    .filter((bytes) => (bytes[0] === 0x1f && bytes[1] === 0x8b) || isText(bytes));
}

function isText(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127));
}
