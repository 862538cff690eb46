import type { Constructor } from "../construct/service.ts";
import { constructCluster } from "./cluster.ts";

/** The components of eks that the sandbox builds, by token. */
export const eksConstructors: Readonly<Record<string, Constructor>> = {
  "eks:index:Cluster": constructCluster,
};
