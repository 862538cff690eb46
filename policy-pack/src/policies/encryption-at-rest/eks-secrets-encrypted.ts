import { mustBeCustomerKey } from "../../model/keys.ts";
import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Envelope encryption of Kubernetes secrets in etcd. */
export const eksSecretsEncrypted = resourceRule({
  id: "eks-secrets-encrypted",
  family: "encryption-at-rest",
  severity: "high",
  what: "An EKS cluster encrypts Kubernetes secrets with a customer managed KMS key.",
  why: "Secrets in etcd are otherwise readable to whoever reads a backup of it.",
  mend: 'Set encryptionConfig to {resources: ["secrets"], provider: {keyArn}}.',
  frameworks: {
    cis: ["EKS 5.3.1"],
    fsbp: ["EKS.3"],
    nist: ["SC-28"],
    pci: ["3.5.1"],
    hipaa: ["164.312(a)(2)(iv)"],
    checkov: ["CKV_AWS_58"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.eksCluster,
  check({ props }, report) {
    const configurations = props.at("encryptionConfig").items();
    if (configurations.some((configuration) => configuration.isUnknown)) {
      report.cannotTell("encryptionConfig");
      return;
    }
    const forSecrets = configurations.filter((configuration) =>
      configuration
        .at("resources")
        .texts()
        .some((resource) => resource === UNKNOWN || resource.toLowerCase() === "secrets"),
    );
    if (forSecrets.length === 0) {
      report.broken("encryptionConfig", "does not cover secrets");
    }
    for (const configuration of forSecrets) {
      if (configuration.at("resources").texts().includes(UNKNOWN)) {
        report.cannotTell(configuration.at("resources"));
      }
      mustBeCustomerKey(report, configuration.at("provider", "keyArn"));
    }
  },
});
