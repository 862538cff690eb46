import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { allRules, appliesTo, judgeStack, type ResourceRule, type Verdict } from "../src/rules.ts";
import { judgeOne, stackOf, unknownString } from "./support/harness.ts";
import { readFixtures } from "./support/verdicts.ts";

const fixtures = readFixtures(join(import.meta.dirname, "fixtures", "checkov.jsonl"));
const resourceRules = allRules.filter((rule) => rule.scope === "resource");

type Path = readonly (string | number)[];

/** Every place in the properties: objects, lists and values alike. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  const below = Array.isArray(value)
    ? value.flatMap((item, index) => pathsOf(item, [...path, index]))
    : value instanceof Object
      ? Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))
      : [];
  return path.length === 0 ? below : [path, ...below];
}

function withValue(value: unknown, [key, ...rest]: Path, put: unknown): unknown {
  if (key === undefined) {
    return put;
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => (index === key ? withValue(item, rest, put) : (item as unknown)));
  }
  return { ...(value as object), [key]: withValue((value as Record<string, unknown>)[key], rest, put) };
}

/** Values that are dangerous somewhere: what an unknown may turn out to be. */
const dangerous: unknown[] = [
  true, false, "true", "false", 0, 1, -1, 3, 80, 443, 65535, "", "*", [], {}, ["*"], "0.0.0.0/0", "::/0", ["0.0.0.0/0"], "0.0.0.0/1", "-1", "tcp",
  "HTTP", "HTTPS", "host", "NONE", "none", "public-read", "allow", "deny", "disabled", "enabled", "optional", "alias/aws/s3", "aws:kms", "AES256",
  "ENABLED", "latest", "nginx:latest", "default", "network", "application", "SecureString", "postgres", "neptune", "off", "enable", "MUTABLE", "monitor",
  "igw-1", "LoadBalancer", "1.21", "python3.6", "REJECT", "Disabled", "arn:aws:iam::aws:policy/AdministratorAccess", "user", ["user"],
  '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
  '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}',
  "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
  [{ cidrBlocks: ["0.0.0.0/0"], fromPort: 0, toPort: 0, protocol: "-1" }],
  [{ action: "allow", cidrBlock: "0.0.0.0/0", protocol: "-1", ruleNo: 1 }],
  [{ associatePublicIpAddress: true }],
  [{ encrypted: false }],
  [{ targetGroupArn: "x", type: "forward" }],
  "ingress", "egress", "FARGATE", "1.4.0",
]; // prettier-ignore

const broken = ({ result }: Verdict) => result === "broken";
const nameOf = (rule: ResourceRule, fixture: { check_id: string; name: string }, path: Path) =>
  `${rule.id} on ${fixture.check_id} ${fixture.name} at ${path.join(".")}`;
const crashed = (verdict: Verdict) =>
  verdict.findings.some(({ detail }) => detail.startsWith("the rule itself failed"));

describe("each input of each fixture replaced by an unknown", () => {
  it("never passes silently: where a rule still holds, no value could break it", () => {
    const silent: string[] = [];
    for (const fixture of fixtures) {
      for (const rule of resourceRules.filter((candidate) => appliesTo(candidate, fixture.type))) {
        for (const path of pathsOf(fixture.props)) {
          const replaced = withValue(fixture.props, path, unknownString) as Record<string, unknown>;
          if (judgeOne(rule, { ...fixture, props: replaced }).result !== "holds") {
            continue;
          }
          const original = judgeOne(rule, fixture);
          const worst = dangerous.find((value) =>
            broken(
              judgeOne(rule, { ...fixture, props: withValue(fixture.props, path, value) as Record<string, unknown> }),
            ),
          );
          if (broken(original) || worst !== undefined) {
            silent.push(`${nameOf(rule, fixture, path)}: ${broken(original) ? "the original" : JSON.stringify(worst)}`);
          }
        }
      }
    }
    expect(silent).toEqual([]);
  });

  it("never crashes a rule", () => {
    const crashes: string[] = [];
    for (const fixture of fixtures) {
      for (const path of pathsOf(fixture.props)) {
        const props = withValue(fixture.props, path, unknownString) as Record<string, unknown>;
        for (const rule of allRules) {
          const verdict =
            rule.scope === "stack"
              ? judgeStack(rule, stackOf([{ ...fixture, props }]))
              : appliesTo(rule, fixture.type)
                ? judgeOne(rule, { ...fixture, props })
                : undefined;
          if (verdict !== undefined && crashed(verdict)) {
            crashes.push(`${rule.id} on ${fixture.name} at ${path.join(".")}`);
          }
        }
      }
    }
    expect(crashes).toEqual([]);
  });

  it("never hides another resource: a stack rule says the same of the others", () => {
    const open = fixtures
      .filter(({ type }) => type === "aws:s3/bucket:Bucket")
      .slice(0, 8)
      .map((fixture, index) => ({ ...fixture, name: `${fixture.name}-${index}` }));
    const hidden: string[] = [];
    for (const rule of allRules.filter((candidate) => candidate.scope === "stack")) {
      const before = judgeStack(rule, stackOf(open)).findings.map(({ urn }) => urn);
      for (const fixture of open) {
        for (const path of pathsOf(fixture.props)) {
          const replaced = open.map((other) =>
            other === fixture
              ? { ...other, props: withValue(other.props, path, unknownString) as Record<string, unknown> }
              : other,
          );
          const after = judgeStack(rule, stackOf(replaced)).findings.map(({ urn }) => urn);
          const lost = before.filter((urn) => !after.includes(urn) && !(urn ?? "").endsWith(`::${fixture.name}`));
          hidden.push(...lost.map((urn) => `${rule.id}: ${urn} behind ${fixture.name}`));
        }
      }
    }
    expect(hidden).toEqual([]);
  });
});
