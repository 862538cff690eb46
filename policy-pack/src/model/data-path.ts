import { T } from "../tokens.ts";

/** What tenants' traffic and data hang on: replacing one of these cuts somebody off or loses something. */
export const dataPathTypes: readonly string[] = [
  ...T.loadBalancer,
  ...T.endpointService,
  ...T.kmsKey,
  ...T.rdsInstance,
  ...T.rdsCluster,
  ...T.elasticacheReplicationGroup,
  ...T.autoScalingGroup,
  ...T.bucket,
  ...T.efsFileSystem,
  "aws:dynamodb/table:Table",
  ...T.vpc,
  ...T.eksCluster,
  "aws:globalaccelerator/accelerator:Accelerator",
];
