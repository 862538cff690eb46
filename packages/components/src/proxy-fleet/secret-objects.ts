import { secretFiles } from "./envoy-config.ts";

/** A secret and the files that its fields become, as the Secrets Store provider for AWS takes it. */
export interface SecretObject {
  objectName: string;
  objectType: "secretsmanager";
  jmesPath: { path: string; objectAlias: string }[];
}

/** The files of the proxies' secrets volume. Only names are here: the pod's identity reads the values on its node. */
export function secretObjects(hotTierSecretArn: string, certificateSecretArn: string): SecretObject[] {
  const fields = (objectName: string, files: Record<string, string>): SecretObject => ({
    objectName,
    objectType: "secretsmanager",
    jmesPath: Object.entries(files).map(([path, objectAlias]) => ({ path, objectAlias })),
  });
  const { username, password, certificate, privateKey, authority } = secretFiles;
  return [
    fields(hotTierSecretArn, { username, password }),
    fields(certificateSecretArn, { certificate, privateKey, authority }),
  ];
}
