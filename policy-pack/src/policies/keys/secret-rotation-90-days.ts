import { UNKNOWN } from "../../model/field.ts";
import { resourceRule } from "../../rule.ts";

/** Cron schedules are at most yearly, and read by people. */
export const secretRotation90Days = resourceRule({
  id: "secret-rotation-90-days",
  family: "keys",
  severity: "low",
  what: "A secret that rotates does so within 90 days.",
  why: "An old leak stays open.",
  mend: "Set rotationRules.automaticallyAfterDays to 90 or less.",
  frameworks: { fsbp: ["SecretsManager.4"], nist: ["IA-5"], pci: ["8.3.9"], checkov: ["CKV_AWS_304"] },
  presets: ["baseline", "strict", "pci", "hipaa"],
  types: ["aws:secretsmanager/secretRotation:SecretRotation"],
  check({ props }, report) {
    const rules = props.at("rotationRules");
    const days = rules.at("automaticallyAfterDays").number();
    const schedule = rules.at("scheduleExpression").text();
    if (days === UNKNOWN || schedule === UNKNOWN) {
      report.cannotTell(rules);
      return;
    }
    const rate = /^rate\((\d+) (day|hour|minute)s?\)$/.exec(schedule ?? "");
    const inDays =
      days ??
      (rate === null
        ? undefined
        : Number(rate[1]) / { day: 1, hour: 24, minute: 1440 }[rate[2] as "day" | "hour" | "minute"]);
    const isCron = schedule?.startsWith("cron(") === true;
    if (!(inDays !== undefined && inDays <= 90) && !isCron) {
      report.broken(rules, inDays === undefined ? "has no schedule" : "waits longer than 90 days");
    }
  },
});
