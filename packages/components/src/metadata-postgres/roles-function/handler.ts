import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { applyStatements, type RolesEvent } from "./apply-statements.ts";

/** Runs with the master's credentials, which RDS keeps and rotates in Secrets Manager and which never leave this function. */
export async function handler(event: RolesEvent): Promise<{ applied: number }> {
  const secrets = new SecretsManagerClient({});
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: event.secretArn }));
  const { username, password } = JSON.parse(SecretString ?? "{}") as { username: string; password: string };
  return applyStatements(event, { user: username, password, ssl: { rejectUnauthorized: true } });
}
