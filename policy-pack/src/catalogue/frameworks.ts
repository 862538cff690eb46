import type { PolicyComplianceFramework } from "@pulumi/policy";
import type { Frameworks, Rule } from "../rule.ts";

/** The frameworks' full names, in the order in which pages list them. */
export const frameworkNames: Record<keyof Frameworks, string> = {
  cis: "CIS Benchmarks",
  fsbp: "AWS Foundational Security Best Practices",
  nist: "NIST SP 800-53 Rev. 5",
  pci: "PCI DSS 4.0",
  hipaa: "HIPAA Security Rule",
  checkov: "checkov",
};

/** A rule's references as text, such as `CIS Benchmarks 5.6; PCI DSS 4.0 2.2.1`. */
export function describeFrameworks(frameworks: Frameworks): string {
  return Object.entries(frameworkNames)
    .map(([key, name]) => ({ name, ids: frameworks[key as keyof Frameworks] ?? [] }))
    .filter(({ ids }) => ids.length > 0)
    .map(({ name, ids }) => `${name} ${ids.join(", ")}`)
    .join("; ");
}

/** The SDK has room for one framework a policy: the first, with all of them in its specification. */
export function frameworkReference(rule: Rule): PolicyComplianceFramework | undefined {
  const keys = Object.keys(frameworkNames) as (keyof Frameworks)[];
  const first = keys.find((key) => (rule.frameworks[key] ?? []).length > 0);
  return first === undefined
    ? undefined
    : {
        name: frameworkNames[first],
        version: "",
        reference: (rule.frameworks[first] ?? []).join(", "),
        specification: describeFrameworks(rule.frameworks),
      };
}
