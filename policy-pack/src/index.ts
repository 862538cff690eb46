import { PolicyPack } from "@pulumi/policy";
import { policiesOf, presetConfig } from "./pack.ts";
import { allRules } from "./policies/index.ts";

// The one place that starts a server: a process can hold a single pack. To use the rules elsewhere, import
// `@mrgc/policy-pack/rules`.
new PolicyPack(
  "mrgc",
  {
    displayName: "mrgc: private, encrypted, tagged",
    description: "Proves that a stack is private, encrypted and tagged, before anything is created.",
    policies: policiesOf(allRules),
    enforcementLevel: "mandatory",
  },
  presetConfig("baseline", allRules),
);
