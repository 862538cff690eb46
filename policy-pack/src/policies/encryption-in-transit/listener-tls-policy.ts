import { mustMatch } from "../../model/expect.ts";
import { type Field, UNKNOWN } from "../../model/field.ts";
import { type Report, resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Without a policy AWS takes ELBSecurityPolicy-2016-08, which accepts TLS 1.0. Plain HTTP is no TLS at all, unless it only redirects. */
export const listenerTlsPolicy = resourceRule({
  id: "listener-tls-policy",
  family: "encryption-in-transit",
  severity: "high",
  what: "A TLS listener accepts TLS 1.2 or newer only.",
  why: "Older versions have known breaks, and PCI DSS refuses them.",
  mend: "Set sslPolicy to ELBSecurityPolicy-TLS13-1-2-2021-06 or newer.",
  frameworks: {
    fsbp: ["ELB.17"],
    nist: ["SC-8", "SC-13"],
    pci: ["4.2.1"],
    hipaa: ["164.312(e)(1)"],
    checkov: ["CKV_AWS_103", "CKV2_AWS_74"],
  },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.listener,
  check({ props }, report) {
    const protocol = props.at("protocol").text();
    if (protocol === UNKNOWN) {
      report.cannotTell("protocol");
    } else if (protocol !== undefined && ["HTTPS", "TLS"].includes(protocol.toUpperCase())) {
      mustMatch(report, props.at("sslPolicy"), (policy) => modern.test(policy), "accepts TLS older than 1.2");
    } else if (protocol?.toUpperCase() === "HTTP") {
      reportPlainHttp(props, report);
    }
  },
});

/** Policies whose oldest version is 1.2: names that say so, and the TLS 1.3 family but for its 1-0 and 1-1 members. */
const modern = /^ELBSecurityPolicy-(FS-1-2|TLS-1-2|TLS13-1-[23])/;

function reportPlainHttp(props: Field, report: Report): void {
  const actions = props.at("defaultActions").items();
  const redirects = actions.filter(
    (action) => action.at("type").text() === "redirect" && action.at("redirect", "protocol").text() === "HTTPS",
  );
  if (
    actions.some((action) => action.holdsUnknown() && action.at("type").text() !== "forward") &&
    redirects.length < actions.length
  ) {
    report.cannotTell("defaultActions");
  } else if (actions.length === 0 || redirects.length < actions.length) {
    report.broken("protocol", "is HTTP, which has no TLS");
  }
}
