import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { applyAsFirstTaken, type RolesEvent } from "./apply-statements.ts";
import { type AwsCredentials, loginToken } from "./login-token.ts";

/**
 * Runs as the master: with a token of IAM, which is all that the database takes once the statements have run, or with the
 * first password before. Neither leaves this function.
 */
export async function handler(event: RolesEvent): Promise<{ applied: number }> {
  const secrets = new SecretsManagerClient({});
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: event.secretArn }));
  const { username: user, password } = JSON.parse(SecretString ?? "{}") as { username: string; password: string };
  const token = loginToken({ ...event, user }, ownCredentials(), new Date());
  const ssl = { rejectUnauthorized: true };
  return applyAsFirstTaken(
    event,
    [token, password].map((secret) => ({ user, password: secret, ssl })),
  );
}

/** As Lambda gives them to its functions. */
function ownCredentials(): AwsCredentials {
  const { AWS_REGION = "", AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "", AWS_SESSION_TOKEN = "" } = process.env;
  return {
    region: AWS_REGION,
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  };
}
