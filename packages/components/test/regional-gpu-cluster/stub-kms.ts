import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { evaluate } from "../../src/testing/iam-evaluator.ts";

/** Who asks the key, and what KMS knows about it. */
export interface Caller {
  principal: string;
  /** Condition keys that KMS takes from the attestation document. */
  attestation?: Record<string, string>;
}

/** A key that does what KMS does: it asks its policy first. Nothing else of it is like KMS. */
export class StubKms {
  readonly #key = randomBytes(32);
  readonly #policy: object;

  constructor(policy: object) {
    this.#policy = policy;
  }

  encrypt(caller: Caller, plaintext: Buffer, tenant: string): Buffer {
    this.#ask("kms:Encrypt", caller, tenant);
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#key, iv).setAAD(Buffer.from(tenant));
    return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  decrypt(caller: Caller, ciphertext: Buffer, tenant: string): Buffer {
    this.#ask("kms:Decrypt", caller, tenant);
    const decipher = createDecipheriv("aes-256-gcm", this.#key, ciphertext.subarray(0, 12)).setAAD(Buffer.from(tenant));
    decipher.setAuthTag(ciphertext.subarray(-16));
    return Buffer.concat([decipher.update(ciphertext.subarray(12, -16)), decipher.final()]);
  }

  #ask(action: string, { principal, attestation }: Caller, tenant: string): void {
    const context = { "kms:EncryptionContext:tenant": tenant, ...attestation };
    const verdict = evaluate([this.#policy as Record<string, unknown>], {
      principal,
      action,
      resource: "key",
      context,
    });
    if (verdict !== "allowed") {
      throw new Error(`AccessDeniedException: ${action} is ${verdict}`);
    }
  }
}
