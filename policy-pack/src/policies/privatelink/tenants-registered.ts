import { UNKNOWN } from "../../model/field.ts";
import { stackRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Without a registry in the configuration the rule asks nothing; `endpoint-service-principals` still refuses everybody. */
export const tenantsRegistered = stackRule({
  id: "tenants-registered",
  family: "privatelink",
  severity: "critical",
  what: "Only registered tenants may connect to an endpoint service.",
  why: "A principal that is not in the registry has no quota, no owner and no end.",
  mend: "Add the account to the tenant registry, and to the rule's setting `tenants`, or remove the principal.",
  frameworks: { nist: ["AC-2", "AC-3"], pci: ["7.2.1"], hipaa: ["164.308(a)(4)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  config: {
    properties: {
      tenants: {
        type: "array",
        items: { type: "string", pattern: "^\\d{12}$" },
        default: [],
        description: "Account ids of the registered tenants; empty asks nothing.",
      },
    },
  },
  check(graph, report, config) {
    const tenants = config["tenants"] as string[];
    if (tenants.length === 0) {
      return;
    }
    for (const node of graph.ofType(...T.endpointService, ...T.endpointServiceAllowedPrincipal)) {
      for (const principal of [
        ...node.inputs.at("allowedPrincipals").items(),
        ...node.inputs.at("principalArn").items(),
      ]) {
        const text = principal.text();
        const account = typeof text === "string" ? /^(?:arn:[^:]*:iam::)?(\d{12})/.exec(text)?.[1] : undefined;
        if (text === UNKNOWN) {
          report.cannotTell(principal, undefined, undefined, node.urn);
        } else if (account === undefined || !tenants.includes(account)) {
          report.broken(principal, "is no registered tenant", node.urn);
        }
      }
    }
  },
});
