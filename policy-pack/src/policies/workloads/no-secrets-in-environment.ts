import { plainVariables, variableHolders } from "../../model/environment.ts";
import { reportSecretVariable } from "../../model/secrets.ts";
import { resourceRule } from "../../rule.ts";

/** By the shape of the value, and by the name of the variable. */
export const noSecretsInEnvironment = resourceRule({
  id: "no-secrets-in-environment",
  family: "workloads",
  severity: "critical",
  what: "No Lambda function, ECS container, Batch job, App Runner service or build gets a credential as a plain variable.",
  why: "Everybody who may describe the function, task or project reads it.",
  mend: "Use the container's secrets list, or fetch it at start with the role.",
  frameworks: {
    fsbp: ["ECS.8"],
    nist: ["IA-5", "SC-28"],
    pci: ["8.6.2"],
    hipaa: ["164.312(a)(2)(iv)"],
    checkov: ["CKV_AWS_45"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: variableHolders,
  check({ type, props }, report) {
    for (const { name, value } of plainVariables(type, props)) {
      reportSecretVariable(name, value, report);
    }
  },
});
