/**
 * The end of an alarm's description: where the person on call reads what to do.
 *
 * @param component the page's name in docs/runbooks, such as `hot-tier-redis`
 * @param alarm the section's heading, such as `server-down`
 */
export function runbook(component: string, alarm: string): string {
  return `Runbook: docs/runbooks/${component}.md#${alarm}`;
}
