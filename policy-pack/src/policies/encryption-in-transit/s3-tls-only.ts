import { type Field, type Unknown, UNKNOWN } from "../../model/field.ts";
import { statementsOf } from "../../model/policy-document.ts";
import { stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** The policy may be on the bucket or a resource of its own. */
export const s3TlsOnly = stackRule({
  id: "s3-tls-only",
  family: "encryption-in-transit",
  severity: "high",
  what: "Every bucket policy denies requests without TLS, and every bucket has one.",
  why: "A client that is set up wrong sends data in the clear, and S3 takes it.",
  mend: "Add a statement that denies s3:* where aws:SecureTransport is false.",
  frameworks: { cis: ["2.1.1"], fsbp: ["S3.5"], nist: ["SC-8"], pci: ["4.2.1"], hipaa: ["164.312(e)(1)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  check(graph, report) {
    const { references } = graph;
    const policies = graph.ofType(...T.bucketPolicy);
    const secured = new Set<string>();
    const open = new Set<string>();
    for (const policy of policies) {
      const verdict = deniesPlain(policy.inputs.at("policy"));
      const buckets = references.resolve(policy, T.bucket, "bucket");
      for (const bucket of [...buckets.nodes, ...buckets.perhaps]) {
        (verdict === true ? secured : verdict === UNKNOWN ? open : new Set<string>()).add(bucket.urn);
      }
    }
    for (const bucket of graph.ofType(...T.bucket)) {
      const own = bucket.inputs.at("policy");
      const verdict = secured.has(bucket.urn)
        ? true
        : open.has(bucket.urn)
          ? UNKNOWN
          : own.isUnset
            ? false
            : deniesPlain(own);
      if (verdict === UNKNOWN) {
        report.cannotTell("", "has a policy that is not known before `up`", undefined, bucket.urn);
      } else if (!verdict) {
        report.broken("", "takes requests without TLS", bucket.urn);
      }
    }
  },
});

/** Whether a policy denies requests for which aws:SecureTransport is false. */
function deniesPlain(policy: Field): boolean | Unknown {
  const statements = statementsOf(policy);
  if (statements === UNKNOWN) {
    return UNKNOWN;
  }
  return statements.some(
    ({ allows, conditions, principals }) =>
      allows === false &&
      principals.some(({ value }) => value === "*") &&
      conditions.some(
        ({ key, operator, values }) =>
          key === "aws:securetransport" && operator === "bool" && values.some((value) => value === "false"),
      ),
  );
}
