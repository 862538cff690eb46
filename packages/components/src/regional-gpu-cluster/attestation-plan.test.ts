import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policyDocument } from "../shared/iam-policy.ts";
import { instanceType } from "../shared/instance-types.ts";
import type { PlanRefusedError } from "../shared/refusal.ts";
import { evaluate } from "../testing/iam-evaluator.ts";
import { type AttestationArgs, AttestationMode } from "./attestation-args.ts";
import { attestationPlan, attestedKeyStatements } from "./attestation-plan.ts";
import { measurement } from "./fixtures.ts";

const account = "123456789012";
const host = `arn:aws:iam::${account}:role/gpu-host`;
const administrator = `arn:aws:iam::${account}:role/admin`;
const tenant = "arn:aws:iam::111122223333:role/app";
const otherTenant = "arn:aws:iam::444455556666:role/app";
const key = "arn:aws:kms:us-east-1:123456789012:key/1";
const g6e = instanceType("g6e.2xlarge");
/** IAM of an account's administrators, and of anybody who was given too much. */
const everythingByIam = { Statement: { Effect: "Allow", Action: "*", Resource: "*" } };

const enclave: AttestationArgs = {
  mode: AttestationMode.Enclave,
  measurements: { current: measurement("a") },
  enclaveImageUri: "s3://images/keyholder.eif",
};
const tpm: AttestationArgs = {
  mode: AttestationMode.NitroTpm,
  measurements: { current: measurement("a", "PCR4", "PCR7") },
};

/** The verdict of the key's policy, with everything allowed by IAM beside it where the caller is of the key's account. */
function verdict(args: AttestationArgs, principal: string, action: string, context: Record<string, string> = {}) {
  const policy = policyDocument(
    attestedKeyStatements<string>(attestationPlan(args, [g6e]), {
      administrators: [administrator],
      hostRoleArn: host,
      tenants: [
        { name: "acme", principals: ["arn:aws:iam::111122223333:root"] },
        { name: "other", principals: ["arn:aws:iam::444455556666:root"] },
      ],
    }),
  );
  return evaluate([policy], { principal, action: `kms:${action}`, resource: key, context });
}

const image = (digit: string) => ({ "kms:RecipientAttestation:ImageSha384": digit.repeat(96) });

describe("the attested key over a rotation of measurements", () => {
  const steps: [name: string, measurements: AttestationArgs["measurements"], old: string, fresh: string][] = [
    ["before", { current: measurement("a") }, "allowed", "denied explicitly"],
    ["during", { current: measurement("a"), next: measurement("b") }, "allowed", "allowed"],
    ["after", { current: measurement("b") }, "denied explicitly", "allowed"],
  ];

  it.each(steps)("%s the roll lets exactly the admitted images decrypt", (_, measurements, old, fresh) => {
    const args = { ...enclave, measurements };
    for (const action of ["Decrypt", "GenerateDataKey"]) {
      expect(verdict(args, host, action, image("a"))).toBe(old);
      expect(verdict(args, host, action, image("b"))).toBe(fresh);
      expect(verdict(args, host, action, image("c"))).toBe("denied explicitly");
      expect(verdict(args, host, action)).toBe("denied explicitly");
    }
  });

  it.each(steps)("%s the roll lets nobody else decrypt, whatever IAM says", (_, measurements) => {
    const policy = policyDocument(
      attestedKeyStatements<string>(attestationPlan({ ...enclave, measurements }, [g6e]), {
        administrators: [`arn:aws:iam::${account}:root`],
        hostRoleArn: host,
        tenants: [],
      }),
    );
    for (const principal of [administrator, host, `arn:aws:iam::${account}:root`]) {
      for (const action of [
        "Decrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
        "ReEncryptFrom",
        "CreateGrant",
      ]) {
        expect(evaluate([policy, everythingByIam], { principal, action: `kms:${action}`, resource: key })).toBe(
          "denied explicitly",
        );
      }
    }
  });

  it("takes registers together: one of the old image and one of the new admit nothing", () => {
    const args = {
      ...enclave,
      measurements: { current: measurement("a", "PCR0", "PCR8"), next: measurement("b", "PCR0", "PCR8") },
    };
    const pcr8 = (digit: string) => ({ "kms:RecipientAttestation:PCR8": digit.repeat(96) });
    expect(verdict(args, host, "Decrypt", { ...image("a"), ...pcr8("a") })).toBe("allowed");
    expect(verdict(args, host, "Decrypt", { ...image("b"), ...pcr8("b") })).toBe("allowed");
    expect(verdict(args, host, "Decrypt", { ...image("a"), ...pcr8("b") })).toBe("denied by default");
    expect(verdict(args, host, "Decrypt", image("a"))).toBe("denied by default");
  });

  it("knows a host by its NitroTPM", () => {
    const registers = (pcr4: string, pcr7: string) => ({
      "kms:RecipientAttestation:NitroTPMPCR4": pcr4.repeat(96),
      "kms:RecipientAttestation:NitroTPMPCR7": pcr7.repeat(96),
    });
    expect(verdict(tpm, host, "Decrypt", registers("a", "a"))).toBe("allowed");
    expect(verdict(tpm, host, "Decrypt", registers("b", "a"))).toBe("denied explicitly");
    expect(verdict(tpm, host, "Decrypt", registers("a", "b"))).toBe("denied by default");
    expect(verdict(tpm, host, "Decrypt", image("a"))).toBe("denied explicitly");
  });

  it("ignores the case of measurements", () => {
    expect(verdict(enclave, host, "Decrypt", image("A"))).toBe("allowed");
  });
});

describe("everybody else and the attested key", () => {
  it("lets administrators manage it and not use it", () => {
    for (const action of [
      "PutKeyPolicy",
      "ScheduleKeyDeletion",
      "EnableKeyRotation",
      "TagResource",
      "CreateAlias",
      "DescribeKey",
    ]) {
      expect(verdict(enclave, administrator, action)).toBe("allowed");
    }
    for (const action of ["Encrypt", "Sign", "GenerateMac"]) {
      expect(verdict(enclave, administrator, action)).toBe("denied by default");
    }
    for (const action of ["Decrypt", "GenerateDataKey", "CreateGrant", "ReEncryptFrom"]) {
      expect(verdict(enclave, administrator, action)).toBe("denied explicitly");
    }
  });

  it("lets a tenant encrypt in its own name and do nothing else", () => {
    const named = (name: string) => ({ "kms:EncryptionContext:tenant": name });
    expect(verdict(enclave, tenant, "Encrypt", named("acme"))).toBe("allowed");
    expect(verdict(enclave, tenant, "DescribeKey")).toBe("allowed");
    expect(verdict(enclave, tenant, "Encrypt", named("other"))).toBe("denied by default");
    expect(verdict(enclave, tenant, "Encrypt")).toBe("denied by default");
    expect(verdict(enclave, otherTenant, "Encrypt", named("other"))).toBe("allowed");
    expect(verdict(enclave, tenant, "Decrypt", { ...named("acme"), ...image("a") })).toBe("denied by default");
    expect(verdict(enclave, tenant, "PutKeyPolicy")).toBe("denied by default");
  });
});

describe("attestationPlan", () => {
  const refused = (args: AttestationArgs, type = g6e): string[] => {
    try {
      attestationPlan(args, [type]);
      return [];
    } catch (error) {
      return (error as PlanRefusedError).problems.map((problem) => problem.path);
    }
  };
  const sized = (size: Partial<AttestationArgs>) => ({ ...enclave, ...size });

  it("sizes the enclave from the type, and from the smallest of several", () => {
    // 8 vCPUs and 64 GiB: a quarter and an eighth. 16 and 128 GiB: the same shares.
    expect(attestationPlan(enclave, [g6e]).enclave).toMatchObject({ vcpus: 2, memoryMib: 8192 });
    const g6e4x = instanceType("g6e.4xlarge");
    expect(attestationPlan(enclave, [g6e4x]).enclave).toMatchObject({ vcpus: 4, memoryMib: 16_384 });
    expect(attestationPlan(enclave, [g6e4x, g6e]).enclave).toMatchObject({ vcpus: 2, memoryMib: 8192 });
  });

  it.each([
    // g6e.2xlarge: 8 vCPUs, of which 2 stay; 65,536 MiB, of which a quarter stays: 49,152.
    [{ enclaveVcpus: 6 }, []],
    [{ enclaveVcpus: 8 }, ["attestation.enclaveVcpus"]],
    [{ enclaveVcpus: 3 }, ["attestation.enclaveVcpus"]],
    [{ enclaveVcpus: 0 }, ["attestation.enclaveVcpus"]],
    [{ enclaveMemoryMib: 49_152 }, []],
    [{ enclaveMemoryMib: 49_153 }, ["attestation.enclaveMemoryMib"]],
    [{ enclaveMemoryMib: 63 }, ["attestation.enclaveMemoryMib"]],
    [{ enclaveImageUri: undefined }, ["attestation.enclaveImageUri"]],
    [{ enclaveImageUri: "https://images/keyholder.eif" }, ["attestation.enclaveImageUri"]],
  ])("judges %j", (size, paths) => {
    expect(refused(sized(size))).toEqual(paths);
  });

  it.each([
    ["the zeros of debug mode", { PCR0: "0".repeat(96) }, ["attestation.measurements.current.PCR0"]],
    ["a measurement cut short", { PCR0: "a".repeat(95) }, ["attestation.measurements.current.PCR0"]],
    [
      "a register that KMS does not check",
      { PCR0: "a".repeat(96), PCR9: "a".repeat(96) },
      ["attestation.measurements.current.PCR9"],
    ],
    ["no image at all", { PCR8: "a".repeat(96) }, ["attestation.measurements.current"]],
  ])("refuses %s", (_, current, paths) => {
    expect(refused(sized({ measurements: { current } }))).toEqual(paths);
    expect(refused(sized({ measurements: { current: measurement("a"), next: current } }))).toEqual(
      paths.map((path) => path.replace("current", "next")),
    );
  });

  it("refuses types without the support, and an enclave's size where there is no enclave", () => {
    // p6-b200 has no enclaves and p4d no NitroTPM.
    expect(refused(enclave, instanceType("p6-b200.48xlarge"))).toEqual(["instanceTypes"]);
    expect(refused(tpm, instanceType("p4d.24xlarge"))).toEqual(["instanceTypes"]);
    expect(refused({ ...tpm, enclaveVcpus: 2 })).toEqual(["attestation.enclaveVcpus"]);
  });

  it("always leaves two vCPUs and a quarter of the memory to the parent", () => {
    const types = ["g6e.xlarge", "g6e.2xlarge", "g6e.12xlarge", "g7e.2xlarge", "g5.xlarge"].map((name) =>
      instanceType(name),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.option(fc.integer({ min: -2, max: 64 }), { nil: undefined }),
        fc.option(fc.integer({ min: -1, max: 600_000 }), { nil: undefined }),
        (type, enclaveVcpus, enclaveMemoryMib) => {
          const args = sized({ enclaveVcpus, enclaveMemoryMib });
          const fits =
            (enclaveVcpus === undefined ||
              (enclaveVcpus >= 2 && enclaveVcpus % 2 === 0 && type.vcpu - enclaveVcpus >= 2)) &&
            (enclaveMemoryMib === undefined ||
              (enclaveMemoryMib >= 64 && type.memoryMib - enclaveMemoryMib >= type.memoryMib / 4));
          expect(refused(args, type).length === 0).toBe(fits);
        },
      ),
    );
  });
});
