import { createHash, createHmac } from "node:crypto";

/** Who signs, and for which region. */
export interface AwsCredentials {
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/** Seconds that RDS takes a token for. */
const tokenSeconds = 900;
const service = "rds-db";

/**
 * A token that RDS takes in place of a password: the signed address of a request that is never sent (AWS Signature
 * Version 4). By hand, because the SDK's signer is not among what Lambda's runtime promises to have.
 */
export function loginToken(
  database: { host: string; port: number; user: string },
  { region, accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  now: Date,
): string {
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const host = `${database.host}:${database.port}`;
  // In the order of their names, as the signature wants them.
  const query = Object.entries({
    Action: "connect",
    DBUser: database.user,
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${accessKeyId}/${scope}`,
    "X-Amz-Date": time,
    "X-Amz-Expires": String(tokenSeconds),
    "X-Amz-Security-Token": sessionToken,
    "X-Amz-SignedHeaders": "host",
  })
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
  const request = ["GET", "/", query, `host:${host}`, "", "host", sha256("")].join("\n");
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(request)].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<Buffer | string>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  return `${host}/?${query}&X-Amz-Signature=${createHmac("sha256", key).update(text).digest("hex")}`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
