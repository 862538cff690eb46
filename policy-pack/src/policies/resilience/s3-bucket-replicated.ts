import { reportUnattended } from "../../graph/attended.ts";
import { stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** In no preset: regions of this platform share nothing on purpose. For stacks that need it, switch it on by name. */
export const s3BucketReplicated = stackRule({
  id: "s3-bucket-replicated",
  family: "resilience",
  severity: "low",
  what: "Every bucket is replicated to another region.",
  why: "Losing the region loses the data for as long.",
  mend: "Add an aws.s3.BucketReplicationConfig.",
  frameworks: { fsbp: ["S3.7"], nist: ["CP-6", "CP-9"], checkov: ["CKV_AWS_144"] },
  presets: [],
  check(graph, report) {
    reportUnattended(
      graph,
      report,
      T.bucket,
      ["aws:s3/bucketReplicationConfig:BucketReplicationConfig"],
      "bucket",
      "is not replicated",
      "replicationConfiguration",
    );
    for (const bucket of graph.ofType(...T.bucket)) {
      const rules = bucket.inputs.at("replicationConfiguration", "rules").items();
      if (rules.length > 0 && rules.every((rule) => rule.at("status").text() === "Disabled")) {
        report.broken("replicationConfiguration.rules", "are all disabled", bucket.urn);
      }
    }
  },
});
