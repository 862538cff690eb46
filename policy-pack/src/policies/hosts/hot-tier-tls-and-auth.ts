import { unpack } from "../../model/user-data.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Recognised by directives that only a server configuration has. */
export const hotTierTlsAndAuth = resourceRule({
  id: "hot-tier-tls-and-auth",
  family: "hosts",
  severity: "high",
  what: "User data that starts Redis or Valkey turns on TLS and a password or ACL file.",
  why: "Without, everybody who reaches the port reads and writes the cache.",
  mend: "Write tls-port with port 0, and requirepass, aclfile or user lines.",
  frameworks: { nist: ["AC-3", "SC-8"], pci: ["4.2.1", "8.3.1"], hipaa: ["164.312(e)(1)"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: [...T.launchTemplate, ...T.instance, ...T.launchConfiguration],
  check({ props }, report) {
    for (const property of ["userData", "userDataBase64"]) {
      const field = props.at(property);
      if (field.isUnknown) {
        report.cannotTell(field);
        continue;
      }
      const text = field.text();
      const parts = typeof text === "string" ? unpack(text) : [];
      const configuration = parts.find((part) => /^\s*(cluster-enabled|appendonly|maxmemory-policy)\s/m.test(part));
      if (configuration !== undefined && !/^\s*tls-port\s+[1-9]/m.test(configuration)) {
        report.broken(field, "starts a cache without TLS");
      }
      if (configuration !== undefined && !/^\s*(requirepass|aclfile|user)\s+\S/m.test(configuration)) {
        report.broken(field, "starts a cache without a password or users");
      }
    }
  },
});
