import { describe, expect, it } from "vitest";
import { isBareSecretKey, secretsIn } from "./secrets.ts";

const accessKey = `${"AKIA"}IOSFODNN7EXAMPLE`;
const secretKey = `${"wJalrXUtnFEMI"}/K7MDENG/bPxRfiCYEXAMPLEKEY`;

describe("secretsIn", () => {
  it.each([
    [`export AWS_ACCESS_KEY_ID=${accessKey}`, "an AWS access key id"],
    [`aws_secret_access_key = ${secretKey}`, "an AWS secret access key"],
    [`"SecretAccessKey": "${secretKey}"`, "an AWS secret access key"],
    ["-----BEGIN EC PRIVATE KEY-----", "a private key"],
    ["-----BEGIN PRIVATE KEY-----", "a private key"],
    [`token: ${"ghp_"}${"a1B2".repeat(9)}`, "a GitHub token"],
    ["postgres://app:correcthorse@db.internal/app", "a password in a URL"],
    ["DB_PASSWORD=correct-horse-battery", "a password"],
    ["requirepass correct-horse", "a server's password"],
  ])("finds what is in %j", (text, kind) => {
    expect(secretsIn(text)).toContain(kind);
  });

  it.each([
    "password=$(aws secretsmanager get-secret-value --secret-id x)",
    'export PASSWORD="${password}"',
    "secret_arn=arn:aws:secretsmanager:us-east-1:111122223333:secret:gpu-certificate-AbCdEf",
    'VALKEYCLI_AUTH="$password" valkey-cli ping',
    "password_file: /run/secrets/password",
    "requirepass ${PASSWORD}",
    "https://example.com:8443/path@x",
    "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "secret: true",
  ])("finds nothing in %j", (text) => {
    expect(secretsIn(text)).toEqual([]);
  });

  it("tells a bare secret key from a hash and a word", () => {
    expect(isBareSecretKey(secretKey)).toBe(true);
    expect(isBareSecretKey("da39a3ee5e6b4b0d3255bfef95601890afd80709")).toBe(false);
    expect(isBareSecretKey("a".repeat(40))).toBe(false);
  });
});
