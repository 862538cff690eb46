/** Secrets as the CLI's passphrase manager keeps them: AES-256-GCM under a PBKDF2 key, `v1:<nonce>:<ciphertext and tag>`. */
import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { UserError } from "../engine/model.ts";

const iterations = 1_000_000;
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const check = "pulumi";
const keys = new Map<string, Promise<Buffer>>();

function deriveKey(passphrase: string, salt: Buffer): Promise<Buffer> {
  const id = JSON.stringify([passphrase, salt.toString("base64")]);
  const known = keys.get(id) ?? promisify(pbkdf2)(passphrase, salt, iterations, keyBytes, "sha256");
  keys.set(id, known);
  return known;
}

/** Encrypts and decrypts one stack's secrets. */
export class Crypter {
  #key: Buffer;
  /** What the config file calls `encryptionsalt` and the checkpoint `secrets_providers.state.salt`. */
  readonly salt: string;
  /** A text that was seen encrypted keeps its ciphertext, so that an unchanged checkpoint stays unchanged. */
  #seen = new Map<string, string>();

  private constructor(key: Buffer, salt: string) {
    this.#key = key;
    this.salt = salt;
  }

  /** For a stack that has no salt yet. */
  static async create(passphrase: string): Promise<Crypter> {
    const salt = randomBytes(8);
    const crypter = new Crypter(await deriveKey(passphrase, salt), "");
    return new Crypter(crypter.#key, `v1:${salt.toString("base64")}:${crypter.encrypt(check)}`);
  }

  /** For a stack that has one. Throws when the passphrase is not the one that the salt was made with. */
  static async open(passphrase: string, salt: string): Promise<Crypter> {
    const [version, encodedSalt, ...sealed] = salt.split(":");
    if (version !== "v1" || !encodedSalt || sealed.length !== 3)
      throw new UserError(`encryptionsalt "${salt}" is malformed: expected v1:<salt>:v1:<nonce>:<text>`);
    const crypter = new Crypter(await deriveKey(passphrase, Buffer.from(encodedSalt, "base64")), salt);
    let opened = "";
    try {
      opened = crypter.decrypt(sealed.join(":"));
    } catch {
      // The tag does not fit: handled below with the case where it fits by chance.
    }
    if (opened !== check)
      throw new UserError("wrong passphrase: set PULUMI_CONFIG_PASSPHRASE to the one this stack was encrypted with");
    return crypter;
  }

  encrypt(text: string): string {
    const seen = this.#seen.get(text);
    if (seen) return seen;
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    const result = `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
    this.#seen.set(text, result);
    return result;
  }

  decrypt(sealed: string): string {
    const [version, nonce, body] = sealed.split(":");
    if (version !== "v1" || !nonce || !body)
      throw new UserError("a secure value is malformed: expected v1:<nonce>:<text>");
    const text = this.#opened(Buffer.from(nonce, "base64"), Buffer.from(body, "base64"));
    this.#seen.set(text, sealed);
    return text;
  }

  #opened(nonce: Buffer, bytes: Buffer): string {
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.#key, nonce);
      decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
      const body = bytes.subarray(0, bytes.length - tagBytes);
      return decipher.update(body, undefined, "utf8") + decipher.final("utf8");
    } catch (error) {
      throw new UserError("a secure value cannot be decrypted: it was encrypted for another stack, or changed since", {
        cause: error,
      });
    }
  }
}
