import type { SdkPackage } from "./sdk-package.ts";

/** The file of an AWS token, without its ending: `aws:lb/targetGroup:TargetGroup` is in `lb/targetGroup`, `aws:index/getRegion:getRegion` in `getRegion`. */
export function awsPath(token: string): string {
  const module = token.split(":")[1] ?? "";
  return module.startsWith("index/") ? module.slice("index/".length) : module;
}

/** The file of a Kubernetes token: `kubernetes:networking.k8s.io/v1:Ingress` is in `networking/v1/ingress`. Undefined where the SDK has none, as for custom resources. */
export function kubernetesPath(sdk: SdkPackage, token: string): string | undefined {
  const [, group = "", kind = ""] = token.split(":");
  const [api = "", version = ""] = group.split("/");
  const folder = `${api.split(".")[0] ?? ""}/${version}`;
  const file = sdk.list(folder).find((name) => name.toLowerCase() === `${kind.toLowerCase()}.d.ts`);
  return file && `${folder}/${file.slice(0, -".d.ts".length)}`;
}
