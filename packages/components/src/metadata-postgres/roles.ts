import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { lambdaFunction } from "../building-blocks/lambda-function.ts";
import { egressRule, ingressRule, securityGroup } from "../building-blocks/security-group.ts";
import type { NetworkPlacement } from "../network/placement.ts";
import type { Tags } from "../shared/tags.ts";
import { type Database, postgresPort } from "./database.ts";
import { masterUser } from "./master-secret.ts";
import type { PostgresPlan } from "./postgres-plan.ts";
import { roleStatements } from "./roles-plan.ts";

/** What the function that makes the roles stands on. */
export interface RolesSpec {
  network: NetworkPlacement;
  database: Database;
  masterSecretArn: pulumi.Input<string>;
  databaseSecurityGroup: aws.ec2.SecurityGroup;
  kmsKeyArn: pulumi.Input<string>;
  logRetentionDays?: number;
  tags: Tags;
}

/**
 * Makes the database's schema, roles and rights by a function inside the VPC, because nothing outside reaches the
 * database. It runs again whenever the statements change.
 */
export function createRoles(name: string, plan: PostgresPlan, spec: RolesSpec, parent: pulumi.Resource): void {
  const { database, network, tags } = spec;
  const functionName = `${name}-roles`;
  const { accountId } = aws.getCallerIdentityOutput({}, { parent });
  const { partition } = aws.getPartitionOutput({}, { parent });
  const group = securityGroup(
    functionName,
    {
      description: `${name}: the function that makes the database's roles`,
      vpcId: network.vpcId,
      ingress: {},
      egress: {
        endpoints: { description: "Secrets Manager", fromPort: 443, peer: { cidrIpv4: network.vpcCidrBlock } },
      },
      tags,
    },
    parent,
  );
  const databasePeer = { securityGroupId: spec.databaseSecurityGroup.id };
  egressRule(
    `${functionName}-out-database`,
    group,
    { description: "PostgreSQL", fromPort: postgresPort, peer: databasePeer },
    tags,
  );
  const admitted = ingressRule(
    `${name}-in-roles`,
    spec.databaseSecurityGroup,
    { description: "The function that makes the roles", fromPort: postgresPort, peer: { securityGroupId: group.id } },
    tags,
  );
  const setup = lambdaFunction(
    functionName,
    {
      asset: "database-roles",
      description: `${name}: makes the database's schema, roles and rights`,
      // Node in Lambda trusts the certificate authority of RDS only when told where Amazon's certificates are.
      environment: { NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem" },
      statements: [
        {
          sid: "ReadMasterPassword",
          actions: ["secretsmanager:GetSecretValue"],
          resources: [spec.masterSecretArn],
        },
        {
          sid: "LogInAsMaster",
          actions: ["rds-db:connect"],
          resources: [
            pulumi.interpolate`arn:${partition}:rds-db:${network.region}:${accountId}:dbuser:${database.resourceId}/${masterUser}`,
          ],
        },
      ],
      kmsKeyArn: spec.kmsKeyArn,
      timeoutSeconds: 60,
      vpc: { subnetIds: network.privateSubnetIds, securityGroupIds: [group.id] },
      logRetentionDays: spec.logRetentionDays,
      tags,
    },
    parent,
  );
  new aws.lambda.Invocation(
    `${functionName}-applied`,
    {
      functionName: setup.function.name,
      input: pulumi.jsonStringify({
        host: database.writerEndpoint,
        port: postgresPort,
        database: plan.databaseName,
        secretArn: spec.masterSecretArn,
        statements: roleStatements(plan.databaseName, plan.roles),
      }),
    },
    { parent, dependsOn: [database.resource, admitted] },
  );
}
