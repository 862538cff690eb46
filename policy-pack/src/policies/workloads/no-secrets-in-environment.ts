import { containerDefinitions } from "../../model/ecs.ts";
import { reportSecretVariable } from "../../model/secrets.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** By the shape of the value, and by the name of the variable. */
export const noSecretsInEnvironment = resourceRule({
  id: "no-secrets-in-environment",
  family: "workloads",
  severity: "critical",
  what: "No Lambda function or ECS container gets a credential as a plain variable.",
  why: "Everybody who may describe the function or task reads it.",
  mend: "Use the container's secrets list, or fetch it at start with the role.",
  frameworks: {
    fsbp: ["ECS.8"],
    nist: ["IA-5", "SC-28"],
    pci: ["8.6.2"],
    hipaa: ["164.312(a)(2)(iv)"],
    checkov: ["CKV_AWS_45"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.lambdaFunction, ...T.ecsTaskDefinition],
  check({ type, props }, report) {
    if ((T.ecsTaskDefinition as readonly string[]).includes(type)) {
      for (const container of containerDefinitions(props)) {
        for (const variable of container.at("environment").items()) {
          reportSecretVariable(variable.at("name").text(), variable.at("value"), report);
        }
      }
    } else {
      const variables = props.at("environment", "variables");
      if (variables.isUnknown) {
        report.cannotTell(variables);
      }
      for (const name of variables.keys()) {
        reportSecretVariable(name, variables.at(name), report);
      }
    }
  },
});
