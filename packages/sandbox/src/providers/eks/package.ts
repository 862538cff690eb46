import { sdkVersionOf } from "../construct/child.ts";
import type { ComponentPackage } from "../construct/component-provider.ts";
import { buildCluster, getKubeconfig } from "./cluster.ts";

/** What the sandbox builds of eks. */
export function eksPackage(): ComponentPackage {
  return {
    name: "eks",
    version: sdkVersionOf("eks"),
    components: { "eks:index:Cluster": buildCluster },
    methods: { "eks:index:Cluster/getKubeconfig": getKubeconfig },
  };
}
