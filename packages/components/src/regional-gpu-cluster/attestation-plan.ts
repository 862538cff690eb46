import type { Statement } from "../shared/iam-policy.ts";
import type { InstanceType } from "../shared/instance-types.ts";
import { refuseAll, type Problem } from "../shared/refusal.ts";
import { type AttestationArgs, AttestationMode, type Measurement } from "./attestation-args.ts";

/** Condition keys of KMS by register (correction E15). */
const conditionKeys: Record<AttestationMode, Record<string, string>> = {
  enclave: {
    PCR0: "kms:RecipientAttestation:ImageSha384",
    ...Object.fromEntries(
      ["PCR1", "PCR2", "PCR3", "PCR4", "PCR8"].map((pcr) => [pcr, `kms:RecipientAttestation:${pcr}`]),
    ),
  },
  nitrotpm: Object.fromEntries(
    ["PCR4", "PCR7", "PCR12"].map((pcr) => [pcr, `kms:RecipientAttestation:NitroTPM${pcr}`]),
  ),
};

/** The register that says which image runs; without it a measurement says too little. */
const imageRegister: Record<AttestationMode, string> = { enclave: "PCR0", nitrotpm: "PCR4" };

/** vCPUs that stay with the parent (correction E14). */
export const parentVcpus = 2;
/** Share of the memory that stays with the parent, which runs the model and its driver: our judgement, not AWS'. */
export const parentMemoryShare = 0.25;
/** The least memory that an enclave starts with, MiB (Nitro CLI). */
const leastEnclaveMemoryMib = 64;
const mibPerGib = 1024;

/** The enclave of each host, as its allocator and its start need it. */
export interface EnclavePlan {
  readonly imageBucket: string;
  readonly imageKey: string;
  readonly memoryMib: number;
  readonly vcpus: number;
}

/** The condition of one admitted measurement: condition key to value. */
export type AdmittedMeasurement = Readonly<Record<string, string>>;

export interface AttestationPlan {
  readonly mode: AttestationMode;
  /** What the key admits: the current measurement, and the next one during a roll. */
  readonly admitted: readonly AdmittedMeasurement[];
  /** Only in mode `enclave`. */
  readonly enclave?: EnclavePlan;
}

/**
 * Checks measurements and the enclave's size against every type of the fleet.
 *
 * @param types the fleet's types: the enclave has to fit on the smallest
 * @throws PlanRefusedError naming each wrong register, size and type
 */
export function attestationPlan(args: AttestationArgs, types: readonly InstanceType[]): AttestationPlan {
  const problems: Problem[] = [
    ...measurementProblems(args.mode, args.measurements.current, "attestation.measurements.current"),
    ...(args.measurements.next === undefined
      ? []
      : measurementProblems(args.mode, args.measurements.next, "attestation.measurements.next")),
    ...supportProblems(args.mode, types),
  ];
  const enclave = args.mode === AttestationMode.Enclave ? enclavePlan(args, types, problems) : undefined;
  if (args.mode === AttestationMode.NitroTpm) {
    for (const field of ["enclaveImageUri", "enclaveMemoryMib", "enclaveVcpus"] as const) {
      if (args[field] !== undefined) {
        problems.push({
          path: `attestation.${field}`,
          value: args[field],
          reason: "is of an enclave, and with `nitrotpm` the host itself is attested",
          mend: "Leave it out, or choose the mode `enclave`.",
        });
      }
    }
  }
  refuseAll(problems);
  const { current, next } = args.measurements;
  return {
    mode: args.mode,
    admitted: [current, ...(next === undefined ? [] : [next])].map((measurement) =>
      Object.fromEntries(
        Object.entries(measurement)
          .sort(([one], [other]) => one.localeCompare(other))
          .map(([register, value]) => [conditionKeys[args.mode][register] ?? register, value.toLowerCase()]),
      ),
    ),
    ...(enclave === undefined ? {} : { enclave }),
  };
}

function measurementProblems(mode: AttestationMode, measurement: Measurement, path: string): Problem[] {
  const known = Object.keys(conditionKeys[mode]);
  const problems: Problem[] = [];
  const wanted = imageRegister[mode];
  if (measurement[wanted] === undefined) {
    problems.push({
      path,
      value: Object.keys(measurement),
      reason: `lacks ${wanted}, the register that says which image runs`,
      mend:
        mode === AttestationMode.Enclave
          ? "Take it from `nitro-cli build-enclave`."
          : "Take it from the AMI's reference measurements.",
    });
  }
  for (const [register, value] of Object.entries(measurement)) {
    if (!known.includes(register)) {
      problems.push({
        path: `${path}.${register}`,
        value: register,
        reason: `is no register that KMS can check in mode \`${mode}\`: those are ${known.join(", ")}`,
        mend: "Leave it out.",
      });
    } else if (!/^[0-9a-f]{96}$/i.test(value)) {
      problems.push({
        path: `${path}.${register}`,
        value,
        reason: "is not a SHA-384 measurement of 96 hexadecimal digits",
        mend: "Copy it whole.",
      });
    } else if (/^0+$/.test(value)) {
      problems.push({
        path: `${path}.${register}`,
        value,
        reason: "is all zeros, which every enclave in debug mode shows: it would admit any image",
        mend: "Measure the image that runs without debug mode.",
      });
    }
  }
  return problems;
}

function supportProblems(mode: AttestationMode, types: readonly InstanceType[]): Problem[] {
  const supported = (type: InstanceType) => (mode === AttestationMode.Enclave ? type.nitroEnclaves : type.nitroTpm);
  return types
    .filter((type) => !supported(type))
    .map((type) => ({
      path: "instanceTypes",
      value: type.type,
      reason: `has no ${mode === AttestationMode.Enclave ? "Nitro Enclaves" : "NitroTPM"}, and its hosts could never decrypt`,
      mend: `Choose another type, or the other attestation mode.`,
    }));
}

function enclavePlan(
  args: AttestationArgs,
  types: readonly InstanceType[],
  problems: Problem[],
): EnclavePlan | undefined {
  const leastVcpus = Math.min(...types.map((type) => type.vcpu));
  const leastMemoryMib = Math.min(...types.map((type) => type.memoryMib));
  const vcpus = args.enclaveVcpus ?? Math.max(2, 2 * Math.floor(leastVcpus / 8));
  const memoryMib = args.enclaveMemoryMib ?? Math.floor(leastMemoryMib / 8 / mibPerGib) * mibPerGib;
  const mostVcpus = leastVcpus - parentVcpus;
  const mostMemoryMib = Math.floor(leastMemoryMib * (1 - parentMemoryShare));
  if (!Number.isInteger(vcpus) || vcpus % 2 !== 0 || vcpus < 2 || vcpus > mostVcpus) {
    problems.push({
      path: "attestation.enclaveVcpus",
      value: vcpus,
      reason: `has to be even (whole cores) and from 2 to ${mostVcpus}: the smallest type has ${leastVcpus} vCPUs and ${parentVcpus} stay with the parent`,
      mend: "Choose fewer, or a larger type.",
    });
  }
  if (!Number.isInteger(memoryMib) || memoryMib < leastEnclaveMemoryMib || memoryMib > mostMemoryMib) {
    problems.push({
      path: "attestation.enclaveMemoryMib",
      value: memoryMib,
      reason: `has to be from ${leastEnclaveMemoryMib} to ${mostMemoryMib} MiB: the smallest type has ${leastMemoryMib} MiB, of which the parent keeps a quarter for the model server`,
      mend: "Choose less, or a larger type.",
    });
  }
  const image = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(\S+)$/.exec(args.enclaveImageUri ?? "");
  if (image === null) {
    problems.push({
      path: "attestation.enclaveImageUri",
      value: args.enclaveImageUri,
      reason: "has to say where the enclave's image file lies, as `s3://bucket/key`",
      mend: "Upload the file that `nitro-cli build-enclave` made and give its address.",
    });
    return undefined;
  }
  return { imageBucket: image[1] ?? "", imageKey: image[2] ?? "", memoryMib, vcpus };
}

/** Who the statements of the attested key speak of. */
export interface KeyPolicyParties<Value> {
  administrators: Value[];
  /** Role of the GPU hosts. */
  hostRoleArn: Value;
  /** ARN patterns and names of the tenants that encrypt. */
  tenants: { name: string; principals: Value[] }[];
}

const administration = [
  "kms:CreateAlias",
  "kms:Describe*",
  "kms:Enable*",
  "kms:List*",
  "kms:Put*",
  "kms:Update*",
  "kms:Revoke*",
  "kms:Disable*",
  "kms:Get*",
  "kms:Delete*",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:ScheduleKeyDeletion",
  "kms:CancelKeyDeletion",
  "kms:ReplicateKey",
];

/** Encryption context key that ties a tenant's data to the tenant. */
export const tenantContextKey = "tenant";

/**
 * The policy of the attested key: administrators manage it, tenants encrypt in their own name, and only an attested
 * recipient decrypts. What nobody may ever do is denied outright, so that no IAM policy and no grant can give it back.
 */
export function attestedKeyStatements<Value>(
  plan: AttestationPlan,
  parties: KeyPolicyParties<Value>,
): Statement<Value | string>[] {
  return [
    {
      sid: "AdministratorsManageButDoNotUse",
      principals: { AWS: parties.administrators },
      actions: administration,
      resources: ["*"],
    },
    ...plan.admitted.map((measurement, index): Statement<Value | string> => ({
      sid: `AttestedRecipientDecrypts${index === 0 ? "Current" : "Next"}`,
      principals: { AWS: parties.hostRoleArn },
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: ["*"],
      conditions: { StringEqualsIgnoreCase: { ...measurement } },
    })),
    ...parties.tenants.flatMap((tenant, index): Statement<Value | string>[] => [
      {
        sid: `Tenant${index}EncryptsInItsOwnName`,
        principals: { AWS: tenant.principals },
        actions: ["kms:Encrypt"],
        resources: ["*"],
        conditions: { StringEquals: { [`kms:EncryptionContext:${tenantContextKey}`]: tenant.name } },
      },
      {
        sid: `Tenant${index}SeesTheKey`,
        principals: { AWS: tenant.principals },
        actions: ["kms:DescribeKey"],
        resources: ["*"],
      },
    ]),
    {
      sid: "NobodyDecryptsWithoutAttestation",
      effect: "Deny",
      principals: "*",
      actions: ["kms:Decrypt", "kms:DeriveSharedSecret", "kms:GenerateDataKey", "kms:GenerateDataKeyPair"],
      resources: ["*"],
      // A negated operator also matches where the key is absent: a request without an attestation document is denied.
      conditions: { StringNotEqualsIgnoreCase: imageCondition(plan) },
    },
    {
      sid: "NobodyGetsAroundAttestation",
      effect: "Deny",
      principals: "*",
      actions: [
        "kms:CreateGrant",
        "kms:ReEncryptFrom",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:GenerateDataKeyPairWithoutPlaintext",
      ],
      resources: ["*"],
    },
  ];
}

function imageCondition(plan: AttestationPlan): Record<string, string[]> {
  const key = conditionKeys[plan.mode][imageRegister[plan.mode]] ?? "";
  return { [key]: plan.admitted.map((measurement) => measurement[key] ?? "") };
}
