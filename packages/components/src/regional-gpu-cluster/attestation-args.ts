/** What AWS KMS has to see before it gives a plaintext key. */
export const AttestationMode = {
  /** A Nitro Enclave: the parent host never sees the data key, but it runs the model, because an enclave has no GPU (correction E14). */
  Enclave: "enclave",
  /** The host itself, measured at boot by its NitroTPM: nothing but the measured image sees keys or plaintext. */
  NitroTpm: "nitrotpm",
} as const;
export type AttestationMode = (typeof AttestationMode)[keyof typeof AttestationMode];

/**
 * Platform configuration registers by name, as 96 hexadecimal digits (SHA-384). `enclave`: `PCR0` (the image), and
 * `PCR1`, `PCR2`, `PCR3`, `PCR4`, `PCR8`; `nitrotpm`: `PCR4` (boot loader and kernel), `PCR7` (secure boot), `PCR12`.
 */
export type Measurement = Record<string, string>;

/** The measurements that are admitted: two while a new image is rolled out, one before and after. */
export interface Measurements {
  /** The image that runs now. */
  current: Measurement;
  /** The image that is being rolled out. Default: none. */
  next?: Measurement;
}

/** How the key knows its enclaves or hosts, and the enclave itself. */
export interface AttestationArgs {
  /** Who is measured: a Nitro Enclave or the whole host. */
  mode: AttestationMode;
  /** What the key admits: decryption is refused for any other image. */
  measurements: Measurements;
  /** `s3://bucket/key` of the enclave image file; only with `enclave`, and required there. Default: none. */
  enclaveImageUri?: string;
  /** Memory of the enclave, MiB. Default: an eighth of the smallest type's, in whole GiB. */
  enclaveMemoryMib?: number;
  /** vCPUs of the enclave: even, because it gets whole cores; two stay with the parent. Default: a quarter of the smallest type's, at least 2. */
  enclaveVcpus?: number;
}
