import { both, eachAllowed, hasStar, identityPolicyTypes } from "../../model/identity-policy.ts";
import { type Unknown, UNKNOWN } from "../../model/field.ts";
import { actionIncludes } from "../../model/policy-document.ts";
import { resourceRule } from "../../rule.ts";

/** By the actions that AWS documents as knowing no resource. */
export const iamResourcesNamed = resourceRule({
  id: "iam-resources-named",
  family: "iam",
  severity: "medium",
  what: "IAM policies name resources wherever the action can be limited to one.",
  why: "A star is wider than anybody meant, and grows with the account.",
  mend: "Name the ARNs; leave * to actions that know no resource.",
  frameworks: { cis: ["1.16"], fsbp: ["IAM.21"], nist: ["AC-6"], pci: ["7.2.2"], checkov: ["CKV_AWS_355"] },
  presets: ["strict", "pci", "hipaa"],
  types: identityPolicyTypes,
  check({ props }, report) {
    eachAllowed(
      props,
      report,
      (statement) => both(hasStar(statement.resources), hasRestrictable(statement.actions)),
      "allows * for actions that can be limited to a resource",
    );
  },
});

/** Actions without resource-level permissions, as patterns. */
const withoutResource = [
  "*:Describe*",
  "autoscaling:Describe*",
  "cloudwatch:Get*",
  "cloudwatch:List*",
  "cloudwatch:PutMetricData",
  "ec2:CreateTags",
  "ec2:GetConsole*",
  "ecr:GetAuthorizationToken",
  "ecs:List*",
  "eks:ListClusters",
  "elasticloadbalancing:Describe*",
  "iam:List*",
  "kms:ListAliases",
  "kms:ListKeys",
  "kms:CreateKey",
  "kms:GenerateRandom",
  "lambda:ListFunctions",
  "logs:DescribeLogGroups",
  "pricing:*",
  "route53:List*",
  "s3:GetAccountPublicAccessBlock",
  "s3:ListAllMyBuckets",
  // By servicediscovery:ServiceArn, a condition key, and by no resource.
  "servicediscovery:*Instance",
  "servicediscovery:*Instances",
  "servicequotas:*",
  "ssm:DescribeParameters",
  "ssmmessages:*",
  "ec2messages:*",
  "sts:GetCallerIdentity",
  "tag:Get*",
  "xray:*",
];

function hasRestrictable(actions: readonly (string | Unknown)[]): boolean | Unknown {
  const restrictable = actions.some(
    (action) => action !== UNKNOWN && !withoutResource.some((pattern) => actionIncludes(pattern, action)),
  );
  return restrictable ? true : actions.includes(UNKNOWN) ? UNKNOWN : false;
}
