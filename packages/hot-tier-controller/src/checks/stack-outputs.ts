import type { Subnet } from "./places.ts";

/** What the checks take from the outputs of a region's stack. */
export interface StackOutputs {
  readonly region: string;
  readonly subnets: readonly Subnet[];
  /** Host that answers with nodes of the cluster. */
  readonly hotTierEndpoint?: string;
  /** Secret of the user that applications log in as. */
  readonly hotTierSecretArn?: string;
  readonly nlbDnsName?: string;
  readonly metadataEndpoint?: string;
}

/**
 * Reads what `pulumi stack output --json` prints for a region.
 *
 * @param region the region that is meant: another stack's outputs are refused
 * @throws Error that names the output that is missing or wrong, and what to do
 */
export function parseStackOutputs(text: string, region: string | undefined): StackOutputs {
  let given: Record<string, unknown>;
  try {
    given = JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new Error("The stack's outputs have to be JSON: pulumi stack output --json --stack <region>.", {
      cause: error,
    });
  }
  const subnets = (given.plan as { subnets?: unknown } | undefined)?.subnets;
  if (typeof given.region !== "string" || !Array.isArray(subnets) || !subnets.every(isSubnet)) {
    throw new Error(
      "The stack's outputs have no region and plan.subnets: they are not those of a region's stack. Take us-east-1, us-east-2 or us-west-2, not global.",
    );
  }
  if (region !== undefined && region !== given.region) {
    throw new Error(`The stack's outputs are those of ${given.region}, but --region says ${region}.`);
  }
  const named = (name: string, as: keyof StackOutputs): Partial<StackOutputs> =>
    typeof given[name] === "string" && given[name] !== "" ? { [as]: given[name] } : {};
  return {
    region: given.region,
    subnets: subnets.map(({ zoneId, cidrBlock }) => ({ zoneId, cidrBlock })),
    ...named("hotTierEndpoint", "hotTierEndpoint"),
    ...named("hotTierSecretArn", "hotTierSecretArn"),
    ...named("nlbDnsName", "nlbDnsName"),
    ...named("metadataEndpoint", "metadataEndpoint"),
  };
}

function isSubnet(value: unknown): value is Subnet {
  const { zoneId, cidrBlock } = (value ?? {}) as Partial<Subnet>;
  return (
    typeof zoneId === "string" && typeof cidrBlock === "string" && /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/.test(cidrBlock)
  );
}
