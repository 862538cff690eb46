import { UNKNOWN } from "../../model/field.ts";
import { grants, type Statement, statementsOf } from "../../model/policy-document.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Keys without any attestation condition are ordinary keys and not meant. */
export const kmsNoDecryptWithoutAttestation = resourceRule({
  id: "kms-no-decrypt-without-attestation",
  family: "keys",
  severity: "critical",
  what: "A key that demands attestation demands it of every statement that decrypts.",
  why: "One statement without the condition hands the plaintext to whoever holds the role, enclave or not.",
  mend: "Put the kms:RecipientAttestation conditions on every allowing statement with kms:Decrypt or kms:GenerateDataKey, and leave kms:* out.",
  frameworks: { nist: ["AC-3", "SC-12"], pci: ["3.6.1"], hipaa: ["164.312(a)(2)(iv)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.kmsKey, ...T.kmsKeyPolicy],
  check({ props }, report) {
    const statements = statementsOf(props.at("policy"));
    if (statements === UNKNOWN) {
      report.cannotTell("policy");
      return;
    }
    const allowing = statements.filter(({ allows }) => allows !== false);
    if (!allowing.some(isAttested)) {
      return;
    }
    for (const statement of allowing.filter((candidate) => !isAttested(candidate))) {
      const grantsPlaintext = plaintextActions.map((action) => grants(statement, action));
      if (grantsPlaintext.includes(true) && statement.allows === true) {
        report.broken(statement.field, "decrypts without attestation");
      } else if (grantsPlaintext.includes(true) || grantsPlaintext.includes(UNKNOWN)) {
        report.cannotTell(statement.field, "has actions that are not known before `up`");
      }
    }
  },
});

/** The operations that answer with plaintext. */
const plaintextActions = [
  "kms:Decrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyPair",
  "kms:DeriveSharedSecret",
  "kms:ReEncryptFrom",
];

/** An optional test is dropped when a request carries no attestation document: that is no demand. */
function isAttested(statement: Statement): boolean {
  return statement.conditions.some(
    ({ key, optional, operator }) =>
      key.startsWith("kms:recipientattestation:") && !optional && operator.startsWith("stringequals"),
  );
}
