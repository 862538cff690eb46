/** Characters that AWS takes in the name of a load balancer or a target group. */
const longestName = 32;
/** What Pulumi adds to a logical name to make a physical one: a hyphen and seven characters. */
const addedCharacters = 8;
/** Characters of a prefix that the provider takes for either. */
const longestPrefix = 6;

/**
 * The name of a load balancer or a target group: Pulumi's own where it fits. Where it would be too long, which Pulumi
 * refuses, one that begins like it; the tag `Name` has it whole.
 */
export function balancerName(logicalName: string): { namePrefix?: string } {
  return logicalName.length + addedCharacters <= longestName ? {} : { namePrefix: logicalName.slice(0, longestPrefix) };
}
