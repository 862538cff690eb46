import { UNKNOWN } from "../../model/field.ts";
import { type Statement, statementsOf } from "../../model/policy-document.ts";
import { type Report, resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** The audience is the same for everybody: it limits nothing. */
export const trustGithubRepository = resourceRule({
  id: "trust-github-repository",
  family: "iam",
  severity: "high",
  what: "A role for GitHub Actions trusts a named repository.",
  why: "Anybody can run a workflow on GitHub; the claim `sub` says whose it is.",
  mend: "Test token.actions.githubusercontent.com:sub against repo:ORG/REPO:... with StringEquals or StringLike.",
  frameworks: { nist: ["AC-3", "IA-8"], checkov: ["CKV_AWS_393"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.iamRole,
  check({ props }, report) {
    const statements = statementsOf(props.at("assumeRolePolicy"));
    if (statements === UNKNOWN) {
      report.cannotTell("assumeRolePolicy");
      return;
    }
    for (const statement of statements.filter(({ allows }) => allows !== false)) {
      if (
        statement.principals.some(
          ({ kind, value }) => kind === "Federated" && value !== UNKNOWN && value.includes(provider),
        )
      ) {
        reportSubject(statement, report);
      }
    }
  },
});

const provider = "oidc-provider/token.actions.githubusercontent.com";

function reportSubject(statement: Statement, report: Report): void {
  const tests = statement.conditions.filter(
    ({ key, optional }) => /^token\.actions\.githubusercontent\.com(\/[^:]+)?:sub$/.test(key) && !optional,
  );
  const values = tests
    .filter(({ operator }) => operator.startsWith("stringequals") || operator === "stringlike")
    .flatMap((test) => test.values);
  if (values.length === 0) {
    report.broken(statement.field, "tests no repository");
  }
  for (const value of values) {
    if (value === UNKNOWN) {
      report.cannotTell(statement.field, "has a subject that is not known before `up`");
    } else if (!isRepository(value)) {
      report.broken(statement.field, "trusts more than one organization's repository");
    }
  }
}

/** `repo:ORG/REPO:...`, where the organization is spelt out; the repository may be a pattern of it. */
function isRepository(subject: string): boolean {
  return /^repo:[^*?/:]+\/[^/:]+(:.*)?$/.test(subject);
}
