import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rulesFor, verdictFor } from "./support/harness.ts";
import { readFixtures } from "./support/verdicts.ts";

const fixtures = readFixtures(join(import.meta.dirname, "fixtures", "checkov.jsonl"));

/** Checks of the set that no rule of ours answers, and why. */
const withoutCounterpart: Record<string, string> = {
  CKV2_AWS_1:
    "asks for a network ACL on subnets of other files; `no-internet-path` reads ACLs instead of counting them",
  CKV2_AWS_5: "asks whether a group is used: tidiness, not a risk",
  CKV2_AWS_6:
    "the verdict hangs on a public access block that the fixture does not hold; `s3-public-access-blocked` asks it of a stack",
  CKV2_AWS_11: "the verdict hangs on a flow log that the fixture does not hold; `vpc-flow-logs` asks it of a stack",
  CKV2_AWS_12:
    "the verdict hangs on a default group that the fixture does not hold; `vpc-default-group-managed` asks it of a stack",
  CKV2_AWS_15:
    "the verdict hangs on a group that the fixture does not hold; `asg-health-checks` asks it of groups that name targets",
  CKV2_AWS_19: "asks whether an address is used: cost, found by `monthly-budget`",
  CKV2_AWS_2: "the verdict hangs on an attachment; `ebs-encrypted` asks every volume, attached or not",
  CKV2_AWS_20: "the verdict hangs on listeners that the fixture does not hold; `listener-tls` asks the listeners",
  CKV2_AWS_30:
    "the verdict hangs on a parameter group that the fixture does not hold; `rds-log-exports` asks the instance",
  CKV2_AWS_35: "the verdict hangs on routes that the fixture does not hold; `no-internet-path` proves what it is for",
  CKV2_AWS_38: "public zones are signed or not by resources that the fixture does not hold, and this platform has none",
  CKV_AWS_379: "asks bucket ACLs about another resource's policy; `s3-tls-only` asks the policies",
};

/** Fixtures on which a rule of ours says something else, by name, and why. */
const deviations: Record<string, string> = {
  "CKV_AWS_32 pass_conditional aws:ecr/repositoryPolicy:RepositoryPolicy":
    "stricter: ForAllValues is true where the key is absent, so an anonymous caller passes",
  "CKV_AWS_118 default aws:rds/instance:Instance":
    "the set has one instance with an interval of 5 seconds twice, once as pass and once as fail (there a text); ours passes both",
  "CKV_AWS_20 public_read aws:s3/bucket:Bucket":
    "stricter: a public ACL is refused even where a public access block, in another resource, makes it void today",
  "CKV_AWS_20 authenticated_read_v4 aws:s3/bucket:Bucket":
    "the ACL is a resource of its own, which the fixture does not hold",
  "CKV_AWS_20 public_read_write_v4 aws:s3/bucket:Bucket":
    "the ACL is a resource of its own, which the fixture does not hold",
  "CKV_AWS_20 website_v4 aws:s3/bucket:Bucket": "the ACL is a resource of its own, which the fixture does not hold",
  "CKV2_AWS_61 pass aws:s3/bucket:Bucket": "the life cycle is a resource of its own, which the fixture does not hold",
  "CKV_AWS_145 bucket_good_1 aws:s3/bucket:Bucket":
    "the encryption is a resource of its own, which the fixture does not hold",
  "CKV_AWS_145 bucket_good_6 aws:s3/bucket:Bucket":
    "the encryption is a resource of its own, which the fixture does not hold",
  "CKV_AWS_19 bucket_good_6 aws:s3/bucket:Bucket":
    "the encryption is a resource of its own, which the fixture does not hold",
  "CKV_AWS_21 enabled_v4 aws:s3/bucket:Bucket": "versioning is a resource of its own, which the fixture does not hold",
  "CKV_AWS_21 ref_by_name aws:s3/bucket:Bucket": "versioning is a resource of its own, which the fixture does not hold",
  "CKV_AWS_21 ref_by_name_local aws:s3/bucket:Bucket":
    "versioning is a resource of its own, which the fixture does not hold",
};

const nameOf = (fixture: { check_id: string; name: string; type: string }) =>
  `${fixture.check_id} ${fixture.name} ${fixture.type}`;

describe("verdicts decided elsewhere", () => {
  it("has a counterpart for every check, or says why not", () => {
    const checks = [...new Set(fixtures.map(({ check_id }) => check_id))];
    const unanswered = checks.filter((check) => rulesFor(check).length === 0).sort();
    expect(unanswered).toEqual(Object.keys(withoutCounterpart).sort());
  });

  it("speaks of every type that a counterpart's fixtures have", () => {
    const answered = fixtures.filter(({ check_id }) => withoutCounterpart[check_id] === undefined);
    expect(answered.filter((fixture) => verdictFor(fixture.check_id, fixture) === undefined).map(nameOf)).toEqual([]);
  });

  it.each(
    fixtures.filter(
      (fixture) => withoutCounterpart[fixture.check_id] === undefined && deviations[nameOf(fixture)] === undefined,
    ),
  )("$check_id $expected: $name ($type)", (fixture) => {
    expect(verdictFor(fixture.check_id, fixture)).toBe(fixture.expected);
  });

  it("lists no deviation that is none", () => {
    const differing = fixtures.filter(
      (fixture) =>
        withoutCounterpart[fixture.check_id] === undefined &&
        verdictFor(fixture.check_id, fixture) !== fixture.expected,
    );
    expect([...new Set(differing.map(nameOf))].sort()).toEqual(Object.keys(deviations).sort());
  });
});
