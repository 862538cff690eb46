import { mustBeOff } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Machines without enclaves are not meant. */
export const enclaveHostNoHibernation = resourceRule({
  id: "enclave-host-no-hibernation",
  family: "hosts",
  severity: "high",
  what: "A machine with Nitro Enclaves does not hibernate.",
  why: "Hibernation writes memory to disk, where the parent can read what the enclave received.",
  mend: "Remove hibernation or hibernationOptions.",
  frameworks: { nist: ["SC-2", "SC-28"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.instance, ...T.launchTemplate],
  check({ props }, report) {
    if (props.at("enclaveOptions", "enabled").flag() !== true) {
      return;
    }
    mustBeOff(report, props.at("hibernation"), "memory is written to disk");
    mustBeOff(report, props.at("hibernationOptions", "configured"), "memory is written to disk");
  },
});
