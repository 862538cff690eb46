import { machinesOf } from "../../model/machines.ts";
import { reportSecrets } from "../../model/secrets.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Base64, gzip and multipart are unpacked first. */
export const noSecretsInUserData = resourceRule({
  id: "no-secrets-in-user-data",
  family: "hosts",
  severity: "critical",
  what: "User data holds no credentials, in the clear or encoded.",
  why: "Everybody who may describe the machine or template reads it, and it stays in every version.",
  mend: "Fetch secrets at boot from Secrets Manager with the machine's role.",
  frameworks: { nist: ["IA-5", "SC-28"], pci: ["8.6.2"], hipaa: ["164.312(a)(2)(iv)"], checkov: ["CKV_AWS_46"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.instance, ...T.launchTemplate, ...T.launchConfiguration, ...T.spotFleet, ...T.eksNodeGroup],
  check({ type, props }, report) {
    for (const machine of machinesOf(type, props)) {
      for (const property of ["userData", "userDataBase64"]) {
        reportSecrets(machine.at(property), report);
      }
    }
  },
});
