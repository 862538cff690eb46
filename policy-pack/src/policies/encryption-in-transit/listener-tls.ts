import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Application Load Balancer listeners: HTTPS, or HTTP that does nothing but redirect to it. */
export const listenerTls = resourceRule({
  id: "listener-tls",
  family: "encryption-in-transit",
  severity: "high",
  what: "A listener that speaks HTTP only redirects to HTTPS.",
  why: "Passwords, tokens and prompts cross the network in the clear, and anybody on the way may change them.",
  mend: "Use protocol HTTPS (or TLS) with a certificate, or a single default action of type redirect to HTTPS.",
  frameworks: { fsbp: ["ELB.1"], nist: ["SC-8"], pci: ["4.2.1"], hipaa: ["164.312(e)(1)"], checkov: ["CKV_AWS_2"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.listener,
  check({ props }, report) {
    const protocol = props.at("protocol").text();
    const port = props.at("port").number();
    if (protocol === UNKNOWN) {
      report.cannotTell("protocol");
      return;
    }
    const speaksHttp = protocol === undefined ? port === 80 || port === UNKNOWN : protocol.toUpperCase() === "HTTP";
    if (!speaksHttp) {
      return;
    }
    const actions = props.at("defaultActions").items();
    const redirects = actions.map((action) => {
      const target = action.at("redirect", "protocol").text();
      return action.isUnknown || target === UNKNOWN || action.at("type").isUnknown
        ? UNKNOWN
        : action.at("type").text() === "redirect" && target?.toUpperCase() === "HTTPS";
    });
    if (redirects.includes(false) || redirects.length === 0) {
      report.broken("protocol", "is HTTP and the default action is no redirect to HTTPS");
    } else if (redirects.includes(UNKNOWN)) {
      report.cannotTell("defaultActions");
    }
  },
});
