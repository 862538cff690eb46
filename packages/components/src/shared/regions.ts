/**
 * The short code that AWS uses for a region in Availability Zone IDs: `us-east-1` is `use1`, `us-west-2` is `usw2`.
 * Resource names carry it where AWS limits their length.
 */
export function regionCode(region: string): string {
  const [area = "", direction = "", number = ""] = region.split("-");
  const compass: Record<string, string> = {
    north: "n",
    northeast: "ne",
    northwest: "nw",
    south: "s",
    southeast: "se",
    southwest: "sw",
    east: "e",
    west: "w",
    central: "c",
  };
  return `${area}${compass[direction] ?? direction}${number}`;
}
