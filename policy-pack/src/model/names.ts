/** Whether a logical name fits a pattern: itself, or with `*` at the start or end for anything. */
export function matchesName(pattern: string, name: string): boolean {
  const core = pattern.replace(/^\*|\*$/g, "");
  if (pattern.startsWith("*")) {
    return pattern.endsWith("*") ? name.includes(core) : name.endsWith(core);
  }
  return pattern.endsWith("*") ? name.startsWith(core) : name === pattern;
}
