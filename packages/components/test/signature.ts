import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Credentials that a task would have. */
export const taskCredentials = {
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  AWS_SESSION_TOKEN: "token-of-the-task-role",
};

/**
 * Why AWS would refuse a request: Signature Version 4, checked as AWS' documentation has it, for a path without a query.
 *
 * @param service such as `xray`, which the signature has to be for
 */
export function signatureProblem(request: IncomingMessage, body: Buffer, service: string): string | undefined {
  if (request.headers["x-amz-security-token"] !== taskCredentials.AWS_SESSION_TOKEN) {
    return "the session's token is missing";
  }
  const [, keyId, scope, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(.+), ?SignedHeaders=(.+), ?Signature=(.+)$/.exec(
      request.headers.authorization ?? "",
    ) ?? [];
  if (keyId !== taskCredentials.AWS_ACCESS_KEY_ID || scope === undefined || names === undefined) {
    return `no credential: ${request.headers.authorization}`;
  }
  if (scope.split("/")[2] !== service) {
    return `signed for ${scope}, and not for ${service}`;
  }
  const headers = names.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [request.method, request.url, "", headers.join(""), names, sha256(body)].join("\n");
  const text = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, sha256(Buffer.from(canonical))].join("\n");
  const key = scope
    .split("/")
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${taskCredentials.AWS_SECRET_ACCESS_KEY}`);
  return hmac(key, text).toString("hex") === signature ? undefined : `the signature is wrong for:\n${canonical}`;
}

const sha256 = (value: Buffer) => createHash("sha256").update(value).digest("hex");
const hmac = (key: string | Buffer, value: string) => createHmac("sha256", key).update(value).digest();
