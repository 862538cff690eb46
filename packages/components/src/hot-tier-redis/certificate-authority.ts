import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { named, type Tags } from "../shared/tags.ts";
import type { HotTierPlan } from "./hot-tier-plan.ts";

/** Who signs the nodes' certificates, and what clients trust. */
export interface CertificateAuthority {
  arn: pulumi.Output<string>;
  /** The root certificate, PEM. */
  pem: pulumi.Output<string>;
}

/** Years that the root is good for; nodes get certificates of seven days from it. */
const rootYears = 10;

/**
 * A private CA that issues certificates of at most seven days: 50 USD a month, against 400 for the general kind. Nodes make
 * their keys themselves and have requests signed, so that no private key ever travels or rests in a secret.
 *
 * @param existing the caller's own CA, when there is one
 */
export function certificateAuthority(
  name: string,
  plan: HotTierPlan,
  existing: pulumi.Input<string> | undefined,
  tags: Tags,
  parent: pulumi.Resource,
): CertificateAuthority {
  if (existing !== undefined) {
    const arn = pulumi.output(existing);
    return { arn, pem: aws.acmpca.getCertificateAuthorityOutput({ arn }, { parent }).certificate };
  }
  const caName = `${name}-ca`;
  const authority = new aws.acmpca.CertificateAuthority(
    caName,
    {
      type: "ROOT",
      usageMode: "SHORT_LIVED_CERTIFICATE",
      permanentDeletionTimeInDays: 30,
      certificateAuthorityConfiguration: {
        keyAlgorithm: "EC_prime256v1",
        signingAlgorithm: "SHA256WITHECDSA",
        subject: { commonName: `${plan.clusterName}.${plan.region}`, organizationalUnit: "mrgc hot tier" },
      },
      tags: { ...named(caName, tags), "mrgc:cluster": plan.clusterName },
    },
    { parent },
  );
  const partition = aws.getPartitionOutput({}, { parent });
  const root = new aws.acmpca.Certificate(
    `${caName}-root`,
    {
      certificateAuthorityArn: authority.arn,
      certificateSigningRequest: authority.certificateSigningRequest,
      signingAlgorithm: "SHA256WITHECDSA",
      templateArn: pulumi.interpolate`arn:${partition.partition}:acm-pca:::template/RootCACertificate/V1`,
      validity: { type: "YEARS", value: String(rootYears) },
    },
    { parent: authority },
  );
  const installed = new aws.acmpca.CertificateAuthorityCertificate(
    `${caName}-installed`,
    { certificateAuthorityArn: authority.arn, certificate: root.certificate },
    { parent: authority },
  );
  // The ARN is given on only once the root is installed: before that the CA signs nothing.
  const arn = pulumi.all([authority.arn, installed.id]).apply(([value]) => value);
  return { arn, pem: root.certificate };
}
