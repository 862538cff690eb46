import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** A message under a data key; the direction is authenticated, so that a request cannot be played back as an answer. */
export interface Sealed {
  iv: string;
  data: string;
  tag: string;
}

export function seal(key: Buffer, direction: "request" | "response", text: string): Sealed {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(direction));
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return { iv: iv.toString("base64"), data: data.toString("base64"), tag: cipher.getAuthTag().toString("base64") };
}

export function open(key: Buffer, direction: "request" | "response", { iv, data, tag }: Sealed): string {
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64")).setAAD(Buffer.from(direction));
  decipher.setAuthTag(Buffer.from(tag, "base64"));
  return decipher.update(data, "base64", "utf8") + decipher.final("utf8");
}
