import type { Rule } from "../rule.ts";
import { customerKey } from "./encryption-at-rest/customer-key.ts";
import { ebsEncrypted } from "./encryption-at-rest/ebs-encrypted.ts";
import { eksSecretsEncrypted } from "./encryption-at-rest/eks-secrets-encrypted.ts";
import { rdsEncrypted } from "./encryption-at-rest/rds-encrypted.ts";
import { listenerTls } from "./encryption-in-transit/listener-tls.ts";
import { imdsv2 } from "./hosts/imdsv2.ts";
import { databaseNotPublic } from "./private-placement/database-not-public.ts";
import { ecsServiceNoPublicIp } from "./private-placement/ecs-service-no-public-ip.ts";
import { eksEndpointPrivate } from "./private-placement/eks-endpoint-private.ts";
import { instanceNoPublicIp } from "./private-placement/instance-no-public-ip.ts";
import { subnetNoPublicIp } from "./private-placement/subnet-no-public-ip.ts";
import { endpointServiceAcceptance } from "./privatelink/endpoint-service-acceptance.ts";
import { endpointServicePrincipals } from "./privatelink/endpoint-service-principals.ts";
import { requiredTags } from "./tagging/required-tags.ts";

/** Every rule of the pack, in the order of the catalogue. */
export const allRules: readonly Rule[] = [
  subnetNoPublicIp,
  instanceNoPublicIp,
  ecsServiceNoPublicIp,
  eksEndpointPrivate,
  databaseNotPublic,
  endpointServiceAcceptance,
  endpointServicePrincipals,
  ebsEncrypted,
  rdsEncrypted,
  customerKey,
  eksSecretsEncrypted,
  listenerTls,
  imdsv2,
  requiredTags,
];
