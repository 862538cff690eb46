/** Takes secrets out of texts that others wrote: programs, providers and policies may print what they were given. */
import type { EngineEvents } from "./events.ts";
import { isObject, isSecret, type PropertyMap, type PropertyValue } from "./values.ts";

const mask = "[secret]";
/** As the CLI has it: hiding every "ab" or "true" would hide what the text says, and which of them was meant. */
const isTellable = (secret: string): boolean => secret.length < 3 || /^(true|false)$/i.test(secret);

/** Hides texts wherever they occur, also as they stand in JSON. */
export function secretFilter(secrets: Iterable<string>): (text: string) => string {
  const hidden = new Set<string>();
  for (const secret of secrets) {
    if (isTellable(secret)) continue;
    hidden.add(secret);
    hidden.add(JSON.stringify(secret).slice(1, -1));
  }
  if (hidden.size === 0) return (text) => text;
  // The longest first: a secret may begin with another one.
  const texts = [...hidden].sort((left, right) => right.length - left.length);
  return (text) => texts.reduce((shown, secret) => shown.replaceAll(secret, mask), text);
}

/** The texts and numbers that are secret in a property bag. */
export function secretTexts(value: PropertyValue | undefined, secret = false): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => secretTexts(item, secret));
  if (isSecret(value)) return secretTexts(value.value, true);
  if (isObject(value)) return Object.values(value).flatMap((item) => secretTexts(item, secret));
  return secret ? [String(value)] : [];
}

/** A text about resources without what is secret in them. */
export const withoutSecrets = (text: string, ...maps: (PropertyMap | undefined)[]): string =>
  secretFilter(maps.flatMap((map) => secretTexts(map)))(text);

/** A value with every text in it filtered. */
function filteredValue(value: PropertyValue, filter: (text: string) => string): PropertyValue {
  if (typeof value === "string") return filter(value);
  if (Array.isArray(value)) return value.map((item) => filteredValue(item, filter));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filteredValue(inner, filter)]));
}

/** Passes events on with every text filtered. */
export function filteredEvents(events: EngineEvents, filter: (text: string) => string): EngineEvents {
  return {
    stepBegan: (step) => events.stepBegan(step),
    stepEnded: (step, error) => events.stepEnded(step, error === undefined ? undefined : filter(error)),
    diagnostic: (diagnostic) => events.diagnostic({ ...diagnostic, message: filter(diagnostic.message) }),
    policyFinding: (finding) => events.policyFinding({ ...finding, message: filter(finding.message) }),
    policyRemediation: (remediation) => events.policyRemediation(remediation),
    programOutput: (text) => events.programOutput(filter(text)),
    stackOutputs: (outputs) => events.stackOutputs(filteredValue(outputs, filter) as PropertyMap),
  };
}
