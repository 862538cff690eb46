import { mustMatch } from "../../model/expect.ts";
import { resourceRule } from "../../rule.ts";
import { T } from "../../tokens.ts";

/** Attachments from accounts that the gateway is shared with. */
export const transitGatewayNoAutoAccept = resourceRule({
  id: "transit-gateway-no-auto-accept",
  family: "exposure",
  severity: "high",
  what: "A transit gateway does not accept shared attachments by itself.",
  why: "Any account that the gateway is shared with joins the network unseen.",
  mend: 'Set autoAcceptSharedAttachments to "disable" and accept attachments one at a time.',
  frameworks: { fsbp: ["EC2.23"], nist: ["AC-4", "CM-2"], checkov: ["CKV_AWS_331"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: T.transitGateway,
  check({ props }, report) {
    mustMatch(
      report,
      props.at("autoAcceptSharedAttachments"),
      (mode) => mode.toLowerCase() !== "enable",
      "accepts every attachment",
      "fine",
    );
  },
});
