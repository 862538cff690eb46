/** What AWS tells a stack's resources by. A policy is shown the new state only: with the ledger of the old one it sees what would be lost. */
import type { DeploymentFile, ResourceV3 } from "./deployment-format.ts";

/** ARN, or else id, by URN. */
export type Ledger = Record<string, string>;

/** The ledger of a stored state: every resource that the stack owns. Which of them are precious is the policy's to say. */
export function ledgerOf(file: DeploymentFile | undefined): Ledger {
  const owned = (file?.deployment.resources ?? []).filter(
    (resource) => resource.custom && !resource.type.startsWith("pulumi:") && !resource.delete && !resource.external,
  );
  return Object.fromEntries(
    owned.flatMap((resource): [string, string][] => {
      const identity = identityOf(resource);
      return identity === undefined ? [] : [[resource.urn, identity]];
    }),
  );
}

function identityOf({ outputs, id }: ResourceV3): string | undefined {
  const arn = (outputs as { arn?: unknown } | undefined)?.arn;
  return [arn, id].find((value): value is string => typeof value === "string" && value !== "");
}
