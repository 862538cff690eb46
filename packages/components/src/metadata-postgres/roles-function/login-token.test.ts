import { expect, it } from "vitest";
import { loginToken } from "./login-token.ts";

it("is the token that AWS' own tools make", () => {
  const token = loginToken(
    { host: "metadata.abc.us-west-2.rds.amazonaws.com", port: 5432, user: "dbadmin" },
    {
      region: "us-west-2",
      accessKeyId: "AKIDEXAMPLE",
      secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      sessionToken: "session+token/with=signs",
    },
    new Date("2026-11-30T06:00:00Z"),
  );
  const { host, pathname, searchParams } = new URL(`https://${token}`);
  expect([host, pathname]).toEqual(["metadata.abc.us-west-2.rds.amazonaws.com:5432", "/"]);
  // As botocore 1.44.8's generate_db_auth_token has it at that second.
  expect(Object.fromEntries(searchParams)).toEqual({
    Action: "connect",
    DBUser: "dbadmin",
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "AKIDEXAMPLE/20261130/us-west-2/rds-db/aws4_request",
    "X-Amz-Date": "20261130T060000Z",
    "X-Amz-Expires": "900",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Security-Token": "session+token/with=signs",
    "X-Amz-Signature": "60cf1000dd66e1ff788aa1eb2dd7103f4f676039ca24d9b52a1b41e3fc272203",
  });
});
